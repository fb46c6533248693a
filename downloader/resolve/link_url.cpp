// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/link_url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "downloader/resolve/link_words.hpp"

namespace mtfetch::links {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::ranges::equal(text.substr(0, lower_case.size()), lower_case, {}, lower);
}

int digit_value(char c) {
  const char low = lower(c);
  return is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  if (text.find('%') == std::string_view::npos) return std::string(text);
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit_value(text[i + 1]) >= 0 &&
        digit_value(text[i + 2]) >= 0) {
      made += static_cast<char>(digit_value(text[i + 1]) * 16 + digit_value(text[i + 2]));
      i += 2;
    } else {
      made += text[i];
    }
  }
  return made;
}

// What is in front of the first `end`; that and the sign are taken off the text.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

// "12345", off "12345:6" and "12345/6".
std::string_view take_id(std::string_view& text) {
  return take_until(text, text.find(':') < text.find('/') ? ':' : '/');
}

void read_path(std::string_view text, std::vector<std::string>& path) {
  constexpr std::size_t longest = 64;  // nothing behind the fifth element means anything
  while (!text.empty() && path.size() < longest) {
    path.push_back(percent_decoded(take_until(text, '/')));
  }
  while (!path.empty() && path.back().empty()) path.pop_back();
}

// The name in front of ".t.me"; nothing for one that cannot be a chat's.
std::optional<std::string> chat_of_host(std::string_view host) {
  constexpr std::string_view under = ".t.me";
  if (!host.ends_with(under)) return std::nullopt;
  host.remove_suffix(under.size());
  if (host.size() < 4 || !is_username(host) || is_reserved(host)) return std::nullopt;
  return std::string(host);
}

// Whether the host is Telegram's; a chat in it becomes the first element of the path.
bool read_host(std::string_view written, std::vector<std::string>& path) {
  std::string host = lowered(percent_decoded(written));
  for (const std::string_view port : {":80", ":443"}) {
    if (host.ends_with(port)) host.resize(host.size() - port.size());
  }
  if (host.starts_with("www.")) host.erase(0, 4);
  if (host == "t.me" || host == "telegram.me" || host == "telegram.dog") return true;
  std::optional<std::string> chat = chat_of_host(host);
  if (chat) path.push_back(std::move(*chat));
  return chat.has_value();
}

// "12345:6", "-1001234567890", "-100123/5": digits to the end or to a sign that parts them from
// what follows.
bool is_id(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::string_view id = take_id(text);
  return are_digits(id);
}

}  // namespace

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string lowered(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), lower);
  return made;
}

bool is_username(std::string_view text) {
  if (text.empty() || text.size() > 32 || !is_letter(text[0]) || text.ends_with('_')) return false;
  if (text.find("__") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string made;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (is_letter(c) || is_digit(c) || std::string_view("-_.~").find(c) != std::string_view::npos) {
      made += c;
    } else {
      made += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return made;
}

std::int32_t seconds_of(std::string_view text) {
  constexpr std::int64_t most = 10'000'000;
  const bool by_colons = text.find(':') != std::string_view::npos;
  std::int64_t sum = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!is_digit(text[0]) || read.ec != std::errc() || number > most) return 0;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    const char unit = text.empty() ? '\0' : lower(text[0]);
    if (by_colons) {
      if (text == ":" || (unit != ':' && unit != '\0')) return 0;
      sum = sum * 60 + number;
    } else if (unit == '\0' || unit == 's') {
      sum += number;
    } else if (unit == 'm' || unit == 'h') {
      sum += number * (unit == 'm' ? 60 : 3600);
    } else {
      return 0;
    }
    if (sum > most) return 0;
    text.remove_prefix(text.empty() ? 0 : 1);
  }
  return static_cast<std::int32_t>(sum);
}

std::optional<std::string_view> link_url::find(std::string_view name) const {
  for (std::string_view rest = query; !rest.empty();) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    if (rest.starts_with(name)) {
      std::string_view argument = rest.substr(0, end);
      if (take_until(argument, '=') == name) return argument;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::string link_url::argument(std::string_view name) const {
  return percent_decoded(find(name).value_or(std::string_view()));
}

std::optional<link_url> take_apart(std::string_view text) {
  link_url url;
  url.path.reserve(4);
  std::string_view rest = take_until(text, '#');
  std::string_view path = take_until(rest, '?');
  url.query = rest;
  if (begins_with(path, "tg:")) {
    url.written = link_url::form::app;
    path.remove_prefix(3);
    if (path.starts_with("//")) path.remove_prefix(2);
    read_path(path, url.path);
    return url;
  }
  bool has_scheme = false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (has_scheme || !begins_with(path, scheme)) continue;
    path.remove_prefix(scheme.size());
    has_scheme = true;
  }
  if (!has_scheme && is_id(path)) {
    url.written = link_url::form::id;
    url.path.emplace_back(take_id(path));
    read_path(path, url.path);
    return url;
  }
  std::string_view behind = path;
  const std::string_view first = take_until(behind, '/');
  if (!has_scheme && !first.empty() && first.find_first_of(".:%") == std::string_view::npos) {
    url.written = link_url::form::name;
    if (path.starts_with('@')) {
      path.remove_prefix(1);
      const std::string name = lowered(first.substr(1));
      if (!is_username(name) || is_reserved(name)) return std::nullopt;
    }
    read_path(path, url.path);
    return url;
  }
  if (!read_host(first, url.path)) return std::nullopt;
  read_path(behind, url.path);
  while (url.path.size() > 1 && url.path.front() == "s") url.path.erase(url.path.begin());
  return url;
}

}  // namespace mtfetch::links
