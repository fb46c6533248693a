// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/web_page.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "downloader/resolve/web_html.hpp"

namespace mtfetch::web {
namespace {

using step = html_node::step;
constexpr std::size_t most_posts = 100;
constexpr std::size_t most_media = 100;
constexpr std::size_t short_text = 1024;  // bytes of names and labels

template <class T>
std::optional<T> number(std::string_view digits) {
  T out{};
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// The value of one property of a style attribute.
std::string_view property(std::string_view style, std::string_view name) {
  while (!style.empty()) {
    // Semicolons stand in addresses too, but only within quotes or brackets.
    std::size_t end = 0;
    char quote = 0;
    for (; end < style.size() && (quote != 0 || style[end] != ';'); ++end) {
      const char c = style[end];
      if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    const std::string_view one = style.substr(0, end);
    style.remove_prefix(std::min(end + 1, style.size()));
    const std::size_t colon = one.find(':');
    if (colon != std::string_view::npos && trimmed(one.substr(0, colon)) == name) {
      return trimmed(one.substr(colon + 1));
    }
  }
  return {};
}

// "66.6%" with '%', "800px" with "px"; 0 where it is not.
double measure(std::string_view value, std::string_view unit) {
  if (!value.ends_with(unit)) return 0;
  value.remove_suffix(unit.size());
  const auto read = number<double>(value);
  return read && std::isfinite(*read) && *read > 0 && *read < 100'000 ? *read : 0;
}

std::string text_in(html_node of, std::string_view class_name, std::size_t most = short_text) {
  const html_node found = of.first(class_name);
  return found ? found.text(most) : std::string();
}

std::string allowed(const site& from, std::string_view link) {
  const auto read = from.allowed(link);
  return read ? read->to_string() : std::string();
}

std::string picture_in(html_node of, std::string_view class_name, const site& from) {
  const html_node found = of.first(class_name);
  return found ? allowed(from, background_of(found.attribute("style"))) : std::string();
}

std::string source_in(html_node of, std::string_view tag, const site& from) {
  const html_node found = of.first_tag(tag);
  if (!found) return {};
  const bool is_set = found.has_attribute("srcset");
  return allowed(from, found.attribute(is_set ? "srcset" : "src"));
}

// Width from the style, height by the padding that keeps the shape.
void set_size(web_media& of, html_node outer, html_node shape) {
  const double width = measure(property(outer.attribute("style"), "width"), "px");
  const double share = measure(property(shape.attribute("style"), "padding-top"), "%");
  if (width <= 0 || share <= 0 || share > 10'000) return;
  of.width = static_cast<std::int32_t>(std::lround(width));
  of.height = static_cast<std::int32_t>(std::lround(width * share / 100));
}

// The number behind the last slash of https://t.me/name/12?single.
std::int32_t message_of(std::string_view link) {
  link = link.substr(0, link.find_first_of("?#"));
  const std::size_t slash = link.rfind('/');
  if (slash == std::string_view::npos) return 0;
  return std::max(number<std::int32_t>(link.substr(slash + 1)).value_or(0), 0);
}

web_media photo_of(html_node node, const site& from) {
  web_media out;
  out.url = allowed(from, background_of(node.attribute("style")));
  out.thumb_url = out.url;
  if (const html_node shape = node.first("tgme_widget_message_photo")) set_size(out, node, shape);
  return out;
}

web_media video_of(html_node node, const site& from, bool is_round) {
  web_media out;
  out.kind = is_round ? media_kind::round_video : media_kind::video;
  const html_node player = node.first_tag("video");
  if (player && !node.first("message_media_not_supported")) {
    out.url = allowed(from, player.attribute("src"));
    // What plays again and again, and has no length shown, is an animation.
    const bool has_length = static_cast<bool>(node.first("message_video_duration"));
    if (!is_round && !has_length && player.has_attribute("loop")) out.kind = media_kind::animation;
  }
  out.thumb_url = picture_in(
      node, is_round ? "tgme_widget_message_roundvideo_thumb" : "tgme_widget_message_video_thumb",
      from);
  out.duration = seconds_of(text_in(
      node, is_round ? "tgme_widget_message_roundvideo_duration" : "message_video_duration"));
  if (const html_node shape = node.first("tgme_widget_message_video_wrap")) {
    set_size(out, shape, shape);
  }
  return out;
}

web_media voice_of(html_node node, const site& from) {
  web_media out;
  out.kind = media_kind::voice;
  out.url = source_in(node, "audio", from);
  out.duration = seconds_of(text_in(node, "tgme_widget_message_voice_duration"));
  return out;
}

// Pages name documents and never offer them.
web_media document_of(html_node node) {
  web_media out;
  const html_node icon = node.first("tgme_widget_message_document_icon");
  const bool is_audio = icon && icon.has_class("audio");
  out.kind = is_audio ? media_kind::audio : media_kind::document;
  out.file_name = text_in(node, "tgme_widget_message_document_title");
  out.size_text = text_in(node, "tgme_widget_message_document_extra");
  return out;
}

web_media sticker_of(html_node node, const site& from) {
  web_media out;
  out.kind = media_kind::sticker;
  if (const html_node still = node.first("tgme_widget_message_sticker")) {
    out.url = allowed(from, still.attribute("data-webp"));
  }
  if (out.url.empty()) out.url = source_in(node, "video", from);
  if (out.url.empty()) out.url = source_in(node, "source", from);
  return out;
}

std::optional<web_media> media_of(html_node node, const site& from) {
  if (node.has_class("tgme_widget_message_photo_wrap")) return photo_of(node, from);
  if (node.has_class("tgme_widget_message_video_player")) return video_of(node, from, false);
  if (node.has_class("tgme_widget_message_roundvideo_player")) return video_of(node, from, true);
  if (node.has_class("tgme_widget_message_voice_player")) return voice_of(node, from);
  if (node.has_class("tgme_widget_message_document_wrap")) return document_of(node);
  if (node.has_class("tgme_widget_message_sticker_wrap")) return sticker_of(node, from);
  return std::nullopt;
}

// Of what is told once, the first counts: the page's own comes before what messages quote.
void tell(std::string& once, std::string text) {
  if (once.empty()) once = std::move(text);
}

web_post post_of(html_node message, const site& from) {
  web_post out;
  const std::string_view name = message.attribute("data-post");
  const std::size_t slash = std::min(name.find('/'), name.size());
  out.chat = name.substr(0, std::min(slash, short_text));
  out.message_id = message_of(name);
  message.walk([&](html_node node) {
    if (auto found = media_of(node, from)) {
      const std::int32_t id = message_of(node.attribute("href"));
      if (id != out.message_id) found->message_id = id;
      out.hides_media |= found->signed_in_only();
      if (out.media.size() < most_media) out.media.push_back(std::move(*found));
      return step::over;
    }
    if (node.has_class("message_media_not_supported")) {
      out.hides_media = true;
      return step::over;
    }
    // A quoted message and a linked page have an author, a text and a picture of their own.
    if (node.has_class("tgme_widget_message_reply") ||
        node.has_class("tgme_widget_message_link_preview") ||
        node.has_class("tgme_widget_message")) {
      return step::over;
    }
    if (node.has_class("tgme_widget_message_text")) {
      tell(out.text, node.text());
      return step::over;
    }
    if (node.has_class("tgme_widget_message_from_author")) {
      tell(out.author, node.text(short_text));
    } else if (node.has_class("tgme_widget_message_forwarded_from_name")) {
      tell(out.forwarded_from, node.text(short_text));
    } else if (node.has_class("tgme_widget_message_views")) {
      tell(out.views, node.text(short_text));
    } else if (node.has_class("tgme_widget_message_owner_name")) {
      tell(out.title, node.text(short_text));
    } else if (node.has_class("tgme_widget_message_author")) {
      tell(out.title, node.text(short_text));
    } else if (node.has_class("tgme_widget_message_date") && out.date == 0) {
      if (const html_node time = node.first_tag("time")) {
        out.date = unixtime_of(time.attribute("datetime"));
      }
    }
    return step::into;
  });
  return out;
}

void read_open_graph(html_node meta, web_page& into, const site& from) {
  const std::string_view what = meta.attribute("property");
  std::string value(meta.attribute("content").substr(0, 64 * 1024));
  if (what == "og:title") tell(into.title, std::move(value));
  if (what == "og:description") tell(into.description, std::move(value));
  if (what == "og:image") tell(into.picture, allowed(from, value));
}

}  // namespace

result<web_page> read_page(std::string_view html, const site& from) {
  auto tree = html_tree::parse(html);
  if (!tree) return tree.error();
  web_page said;   // by its own elements
  web_page graph;  // by OpenGraph
  tree->root().walk([&](html_node node) {
    if (node.has_tag("meta")) {
      read_open_graph(node, graph, from);
    } else if (node.has_class("tgme_widget_message_error")) {
      said.says_missing = true;
    } else if (node.has_class("tgme_widget_message") && node.has_attribute("data-post")) {
      if (said.posts.size() < most_posts) said.posts.push_back(post_of(node, from));
      return step::over;
    } else if (node.has_class("tgme_page_title") ||
               node.has_class("tgme_channel_info_header_title")) {
      tell(said.title, node.text(short_text));
      said.has_chat |= !said.title.empty();
    } else if (node.has_class("tgme_page_extra") || node.has_class("tgme_channel_info_counter")) {
      tell(said.audience, node.text(short_text));
    } else if (node.has_class("tgme_page_description") ||
               node.has_class("tgme_channel_info_description")) {
      tell(said.description, node.text());
    }
    return step::into;
  });
  tell(said.title, std::move(graph.title));
  tell(said.description, std::move(graph.description));
  said.picture = std::move(graph.picture);
  return said;
}

std::int64_t unixtime_of(std::string_view iso) {
  // YYYY-MM-DDThh:mm:ss, then Z or an offset.
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (iso.size() < shape.size()) return 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool fits = shape[i] == 'd' ? iso[i] >= '0' && iso[i] <= '9' : iso[i] == shape[i];
    if (!fits) return 0;
  }
  const auto part = [&](std::size_t at, std::size_t size) {
    return number<int>(iso.substr(at, size)).value_or(0);
  };
  const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2))));
  const int hour = part(11, 2);
  const int minute = part(14, 2);
  const int second = part(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return 0;
  std::int64_t out = std::int64_t{std::chrono::sys_days(day).time_since_epoch().count()} * 86'400 +
                     hour * 3600 + minute * 60 + second;
  const std::string_view zone = iso.substr(shape.size());
  if (zone.empty() || zone == "Z") return out;
  if (zone.size() != 6 || zone[3] != ':' || (zone[0] != '+' && zone[0] != '-')) return 0;
  const auto hours = number<int>(zone.substr(1, 2));
  const auto minutes = number<int>(zone.substr(4, 2));
  if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) return 0;
  const int offset = *hours * 3600 + *minutes * 60;
  return zone[0] == '+' ? out - offset : out + offset;
}

std::int32_t seconds_of(std::string_view clock) {
  clock = trimmed(clock);
  std::int64_t out = 0;
  for (int parts = 0; parts < 3; ++parts) {
    const std::size_t colon = clock.find(':');
    const auto read = number<std::int32_t>(clock.substr(0, colon));
    if (!read || *read < 0 || *read > 100'000) return 0;
    out = out * 60 + *read;
    if (colon == std::string_view::npos) {
      return parts == 0 || out > std::numeric_limits<std::int32_t>::max()
                 ? 0
                 : static_cast<std::int32_t>(out);
    }
    clock.remove_prefix(colon + 1);
  }
  return 0;
}

std::string_view background_of(std::string_view style) {
  std::string_view value = property(style, "background-image");
  if (!value.starts_with("url(") || !value.ends_with(")")) return {};
  value = trimmed(value.substr(4, value.size() - 5));
  if (value.size() >= 2 && (value[0] == '\'' || value[0] == '"') && value.back() == value[0]) {
    value = value.substr(1, value.size() - 2);
  }
  return value;
}

}  // namespace mtfetch::web
