// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/link_in_chat.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "downloader/resolve/link_words.hpp"

namespace mtfetch::links {
namespace {

using elements = std::span<const std::string>;

constexpr std::int64_t most_messages = 1'000'000;  // of a range

// A message's number. Letters behind it are ignored, as Telegram does; a sign behind it is not:
// "12,13" may mean two.
std::optional<std::int32_t> message_number(std::string_view text) {
  const std::size_t digits =
      std::min(static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin()),
               text.size());
  if (digits < text.size() &&
      std::string_view(",;:.-+~*/").find(text[digits]) != std::string_view::npos) {
    return std::nullopt;
  }
  return leading_number<std::int32_t>(text);
}

class chat_reader {
 public:
  chat_reader(std::string_view text, const link_url& url) : text_(text), url_(url) {}

  // What is behind the chat: nothing, a message, messages, a story.
  parsed_link read(link_chat chat, elements rest) const {
    if (rest.empty()) return whole_chat(std::move(chat));
    const std::string& first = rest[0];
    const std::string behind = rest.size() > 1 ? rest[1] : std::string();
    const bool by_name = !chat.username.empty();
    const bool may_have_stories = by_name || url_.written == link_url::form::id;
    if (first == "s" && may_have_stories) return story(std::move(chat), behind);
    if (by_name && (first == "c" || first == "a")) {
      if (behind.empty()) return whole_chat(std::move(chat));
      const auto number = leading_number<std::int32_t>(behind);
      if (!number)
        return malformed("names no " + std::string(first == "c" ? "collection" : "album"));
      return other(first == "c" ? other_kind::gift_collection : other_kind::story_album,
                   "https://t.me/" + chat.username + "/" + first + "/" + std::to_string(*number));
    }
    if (like_number(first)) return messages(std::move(chat), first, behind);
    if (by_name && url_.written != link_url::form::name) {
      if (auto app = web_app(chat, first)) return std::move(*app);
    }
    return no_message(first);
  }

 private:
  refused_link malformed(const std::string& what) const {
    return refuse(text_, link_errc::malformed, what);
  }
  refused_link no_message(std::string_view text) const {
    return malformed("names no message: " + quoted(text) + " is not a message number");
  }

  static std::optional<other_link> web_app(const link_chat& chat, const std::string& name) {
    constexpr std::size_t shortest = 3;
    if (name.size() < shortest || !is_username(name)) return std::nullopt;
    return other(other_kind::web_app, "https://t.me/" + chat.username + "/" + name);
  }

  std::optional<other_link> by_query(const link_chat& chat) const {
    if (url_.query.empty()) return std::nullopt;
    if (url_.has("boost")) {
      return other(other_kind::boost, chat.username.empty()
                                          ? "tg://boost?channel=" + std::to_string(chat.id)
                                          : "tg://boost?domain=" + chat.username);
    }
    chat_link plain;
    plain.chat = chat;
    return link_of_query(url_, to_string(plain));
  }

  parsed_link whole_chat(link_chat chat) const {
    if (!chat.username.empty() || chat.type == peer_kind::channel) {
      const std::string app = url_.argument("appname");
      if (!app.empty() && url_.written == link_url::form::app) {
        auto named = web_app(chat, app);
        return named ? parsed_link(std::move(*named)) : malformed("names no web app");
      }
      if (auto asked = by_query(chat)) return std::move(*asked);
    }
    chat_link link;
    link.chat = std::move(chat);
    if (!read_argument("thread", link.thread_id)) return malformed("names no topic after thread=");
    return link;
  }

  parsed_link story(link_chat chat, const std::string& number) const {
    if (lowered(number) == "live" && !chat.username.empty()) {
      return other(other_kind::live_story, "https://t.me/" + chat.username + "/s/live");
    }
    const auto id = message_number(number);
    if (!id) return malformed("names no story after /s/");
    story_link link;
    link.chat = std::move(chat);
    link.story_id = *id;
    return link;
  }

  // <id>, <thread>/<id>, and the same with <first>-<last>.
  parsed_link messages(link_chat chat, std::string_view first, std::string_view second) const {
    std::int32_t thread = 0;
    std::string_view wanted = first;
    if (like_number(second)) {
      wanted = second;
      const auto number = message_number(first);
      if (!number) return malformed("names no topic: " + quoted(first) + " is not its number");
      thread = *number;
    } else if (!read_argument("thread", thread)) {
      return malformed("names no topic after thread=");
    }
    const std::size_t dash = wanted.find('-');
    if (are_digits(wanted.substr(0, dash)) && dash != std::string_view::npos &&
        are_digits(wanted.substr(dash + 1))) {
      return range(std::move(chat), thread, wanted.substr(0, dash), wanted.substr(dash + 1));
    }
    const auto number = message_number(wanted);
    if (!number) return no_message(wanted);
    message_link link;
    link.chat = std::move(chat);
    link.message_id = *number;
    link.thread_id = thread;
    if (!read_argument("comment", link.comment_id)) {
      return malformed("names no comment after comment=");
    }
    link.single = url_.has("single");
    link.at = seconds_of(url_.argument("t"));
    return link;
  }

  parsed_link range(link_chat chat, std::int32_t thread, std::string_view from,
                    std::string_view to) const {
    const auto first = leading_number<std::int32_t>(from);
    const auto last = leading_number<std::int32_t>(to);
    if (!first || !last) return malformed("has a range with a number that no message has");
    if (*first > *last) {
      return malformed("has its range the wrong way round: write " + std::to_string(*last) + "-" +
                       std::to_string(*first));
    }
    if (std::int64_t{*last} - *first >= most_messages) {
      return malformed("has a range of more than a million messages: name the chat alone for all");
    }
    range_link link;
    link.chat = std::move(chat);
    link.first = *first;
    link.last = *last;
    link.thread_id = thread;
    return link;
  }

  // Whether the argument is not there or is a number.
  bool read_argument(std::string_view name, std::int32_t& number) const {
    const std::string value = url_.argument(name);
    if (value.empty()) return true;
    const auto read = leading_number<std::int32_t>(value);
    number = read.value_or(0);
    return read.has_value();
  }

  std::string_view text_;
  const link_url& url_;
};

}  // namespace

bool like_number(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  if (has_sign) text.remove_prefix(1);
  return !text.empty() && is_digit(text[0]);
}

parsed_link link_in_chat(std::string_view text, const link_url& url, link_chat chat,
                         std::span<const std::string> rest) {
  return chat_reader(text, url).read(std::move(chat), rest);
}

}  // namespace mtfetch::links
