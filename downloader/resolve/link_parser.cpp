// SPDX-License-Identifier: BSL-1.0
// What a link says, without network. https://core.telegram.org/api/links
#include <mtfetch/resolve.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace mtfetch {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), lower);
  return made;
}

std::string percent_decoded(std::string_view text) {
  const auto value = [](char c) {
    const char low = lower(c);
    return is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
  };
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && value(text[i + 1]) >= 0 &&
        value(text[i + 2]) >= 0) {
      made += static_cast<char>(value(text[i + 1]) * 16 + value(text[i + 2]));
      i += 2;
    } else {
      made += text[i];
    }
  }
  return made;
}

// The number that the text begins with; "12abc" is 12, as Telegram's own clients read it. Nothing
// for no digits, for zero, and for more than `most`.
template <class Number>
std::optional<Number> leading_number(std::string_view text,
                                     Number most = std::numeric_limits<Number>::max()) {
  Number number = 0;
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || number <= 0 || number > most) return std::nullopt;
  return number;
}

bool is_username(std::string_view text) {
  if (text.empty() || text.size() > 32 || !is_letter(text[0]) || text.ends_with('_')) return false;
  if (text.find("__") != std::string_view::npos) return false;
  return std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// First path elements that are no chat's name, and what they lead to.
constexpr std::array<std::pair<std::string_view, std::string_view>, 27> reserved = {{
    {"addemoji", "a set of custom emoji"},
    {"addlist", "a folder of chats"},
    {"addstickers", "a set of stickers"},
    {"addstyle", "a style"},
    {"addtheme", "a theme"},
    {"auction", "an auction"},
    {"auth", "a sign-in"},
    {"bg", "a background"},
    {"boost", "a boost"},
    {"call", "a call"},
    {"confirmphone", "a phone number to confirm"},
    {"contact", "a contact"},
    {"game", "a game"},
    {"giftcode", "a gift code"},
    {"i", "an instant view"},
    {"invoice", "an invoice"},
    {"iv", "an instant view"},
    {"joinchat", "an invitation to a chat"},
    {"login", "a login code"},
    {"m", "a business chat"},
    {"nft", "a collectible"},
    {"proxy", "a proxy"},
    {"setlanguage", "a language"},
    {"share", "something to share"},
    {"socks", "a proxy"},
    {"web", "the web version"},
    {"a", "the web version"},
}};

std::string_view reserved_meaning(std::string_view word) {
  const auto found =
      std::ranges::find(reserved, word, [](const auto& entry) { return entry.first; });
  return found == reserved.end() ? std::string_view() : found->second;
}

struct link_parts {
  std::vector<std::string> path;
  std::string query;

  bool has(std::string_view name) const { return value(name).has_value(); }
  std::optional<std::string> value(std::string_view name) const {
    std::string_view rest = query;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('&'), rest.size());
      const std::string_view argument = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = std::min(argument.find('='), argument.size());
      if (argument.substr(0, equals) != name) continue;
      return percent_decoded(argument.substr(std::min(equals + 1, argument.size())));
    }
    return std::nullopt;
  }
};

// Host and path of a link to Telegram; nothing for any other text.
std::optional<link_parts> take_apart(std::string_view text) {
  const std::string low = lowered(text.substr(0, 8));
  if (low.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (low.starts_with("http://")) {
    text.remove_prefix(7);
  }
  text = text.substr(0, text.find('#'));
  link_parts parts;
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos) parts.query = text.substr(question + 1);
  text = text.substr(0, question);
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string host = lowered(percent_decoded(text.substr(0, slash)));
  text.remove_prefix(slash);

  for (const std::string_view port : {":80", ":443"}) {
    if (host.ends_with(port)) host.resize(host.size() - port.size());
  }
  if (host.starts_with("www.")) host.erase(0, 4);
  constexpr std::string_view under = ".t.me";
  if (host.ends_with(under)) {
    host.resize(host.size() - under.size());
    if (host.size() < 4 || !is_username(host) || !reserved_meaning(host).empty())
      return std::nullopt;
    parts.path.push_back(host);
  } else if (host != "t.me" && host != "telegram.me" && host != "telegram.dog") {
    return std::nullopt;
  }
  while (!text.empty()) {
    text.remove_prefix(1);  // the slash
    const std::size_t end = std::min(text.find('/'), text.size());
    parts.path.push_back(percent_decoded(text.substr(0, end)));
    text.remove_prefix(end);
  }
  while (!parts.path.empty() && parts.path.back().empty()) parts.path.pop_back();
  while (parts.path.size() > 1 && parts.path.front() == "s") parts.path.erase(parts.path.begin());
  return parts;
}

class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  parsed_link read() const {
    if (lowered(text_.substr(0, 3)) == "tg:") {
      return refuse(link_errc::unsupported, "is a tg: link; give the t.me link of the message");
    }
    const std::optional<link_parts> parts = take_apart(text_);
    if (!parts) return refuse(link_errc::not_telegram, "is not a Telegram link");
    if (parts->path.empty()) return refuse(link_errc::malformed, "names no message");
    const std::string& first = parts->path[0];
    if (first.empty()) return refuse(link_errc::malformed, "has an empty part in its path");
    if (first == "c") return private_message(*parts);
    if (first[0] == '+' || first[0] == ' ') {
      return refuse(link_errc::unsupported,
                    "leads to an invitation or a phone number, not to media");
    }
    if (first[0] == '$') return refuse(link_errc::unsupported, "leads to an invoice, not to media");
    const std::string_view meaning = reserved_meaning(lowered(first));
    if (!meaning.empty()) {
      return refuse(link_errc::unsupported, "leads to " + std::string(meaning) + ", not to media");
    }
    if (!is_username(first)) {
      return refuse(link_errc::malformed, "names no chat: \"" + first + "\" is not a public name");
    }
    return public_message(*parts);
  }

 private:
  refused_link refuse(link_errc why, const std::string& what) const {
    refused_link refused;
    refused.why = why;
    refused.sentence = "\"" + std::string(text_) + "\" " + what;
    return refused;
  }

  parsed_link public_message(const link_parts& parts) const {
    if (parts.path.size() < 2) {
      return refuse(link_errc::unsupported, "names a chat and no message of it");
    }
    const std::string& second = parts.path[1];
    if (second == "s") return refuse(link_errc::unsupported, "leads to a story");
    if (second == "c" || second == "a") {
      return refuse(link_errc::unsupported, "leads to a collection of gifts or stories");
    }
    public_message_link link;
    link.username = parts.path[0];
    return message(link, parts, 1);
  }

  parsed_link private_message(const link_parts& parts) const {
    const auto channel =
        parts.path.size() > 1 ? leading_number<std::int64_t>(parts.path[1]) : std::nullopt;
    if (!channel) return refuse(link_errc::malformed, "names no channel after /c/");
    if (parts.path.size() < 3) {
      return refuse(link_errc::unsupported, "names a channel and no message of it");
    }
    private_message_link link;
    link.channel_id = *channel;
    return message(link, parts, 2);
  }

  // /<id>, or /<thread>/<id>, from this path element on.
  template <class Link>
  parsed_link message(Link link, const link_parts& parts, std::size_t at) const {
    const auto first = leading_number<std::int32_t>(parts.path[at]);
    if (!first) {
      return refuse(link_errc::malformed,
                    "names no message: \"" + parts.path[at] + "\" is not a message number");
    }
    link.message_id = *first;
    const auto second = at + 1 < parts.path.size()
                            ? leading_number<std::int32_t>(parts.path[at + 1])
                            : std::nullopt;
    if (second) {
      link.thread_id = *first;
      link.message_id = *second;
    } else if (const auto thread = parts.value("thread")) {
      link.thread_id = leading_number<std::int32_t>(*thread).value_or(0);
    }
    if (parts.has("comment")) {
      return refuse(link_errc::unsupported, "leads to a comment; give the link of its message");
    }
    link.single = parts.has("single");
    return link;
  }

  std::string_view text_;
};

}  // namespace

parsed_link parse_link(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  constexpr std::size_t longest = 4096;
  const std::size_t begin = std::min(text.find_first_not_of(blank), text.size());
  text.remove_prefix(begin);
  text = text.substr(0, text.find_last_not_of(blank) + 1);
  if (text.size() > longest) {
    refused_link refused;
    refused.sentence = "a text of " + std::to_string(text.size()) + " bytes is no link";
    return refused;
  }
  return reader(text).read();
}

}  // namespace mtfetch
