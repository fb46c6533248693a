// SPDX-License-Identifier: BSL-1.0
// What a link says, without network. https://core.telegram.org/api/links
#include <mtfetch/link.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "downloader/resolve/link_url.hpp"
#include "downloader/resolve/link_words.hpp"

namespace mtfetch {
namespace {

using links::leading_number;
using links::link_url;
using elements = std::span<const std::string>;

constexpr std::int64_t most_messages = 1'000'000;  // of a range

// As much of a text as a sentence may quote: no query, and nothing that a terminal would obey.
std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 120;
  std::string made = "\"";
  for (const char c : text.substr(0, std::min(text.find_first_of("?#"), longest))) {
    const bool plain = c > ' ' && c <= '~';
    made += plain ? std::string(1, c) : links::percent_encoded(std::string_view(&c, 1));
  }
  return made + (text.size() > longest ? "...\"" : "\"");
}

refused_link refuse(std::string_view text, link_errc why, const std::string& what) {
  refused_link refused;
  refused.why = why;
  refused.sentence = quoted(text) + " " + what;
  return refused;
}

// Whether an element is meant as a number: what is not one then is an error and no word.
bool like_number(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  if (has_sign) text.remove_prefix(1);
  return !text.empty() && links::is_digit(text[0]);
}

// A message's number. Letters behind it are ignored, as Telegram does; a sign behind it is not:
// "12,13" may mean two.
std::optional<std::int32_t> message_number(std::string_view text) {
  const std::size_t digits = std::min(
      static_cast<std::size_t>(std::ranges::find_if_not(text, links::is_digit) - text.begin()),
      text.size());
  if (digits < text.size() &&
      std::string_view(",;:.-+~*/").find(text[digits]) != std::string_view::npos) {
    return std::nullopt;
  }
  return leading_number<std::int32_t>(text);
}

// From the ids that bots use for chats. https://core.telegram.org/api/bots/ids
std::optional<link_chat> chat_of_bot_id(std::string_view text) {
  constexpr std::int64_t channels = 1'000'000'000'000;
  constexpr std::int64_t secret_chats = 2 * channels;
  constexpr std::int64_t secret_range = std::int64_t{1} << 31;
  constexpr std::int64_t last = 4 * channels;
  constexpr std::int64_t last_user = (std::int64_t{1} << 40) - 1;
  link_chat chat;
  const bool negative = text.starts_with('-');
  const auto number = leading_number<std::int64_t>(text.substr(negative ? 1 : 0));
  if (!number || *number > (negative ? last : last_user)) return std::nullopt;
  chat.id = *number;
  if (!negative) {
    chat.type = peer_kind::user;
  } else if (*number < channels) {
    chat.type = peer_kind::chat;
  } else {
    const std::int64_t to_secret = *number - secret_chats;
    if (*number == channels || (to_secret >= -secret_range && to_secret <= secret_range)) {
      return std::nullopt;
    }
    chat.id = *number - channels;
  }
  return chat;
}

class reader {
 public:
  reader(std::string_view text, const link_url& url) : text_(text), url_(url), path_(url.path) {}

  parsed_link read() const {
    if (path_.empty()) return malformed("names no chat");
    if (path_[0].empty()) return malformed("has an empty part in its path");
    switch (url_.written) {
      case link_url::form::app:
        return app();
      case link_url::form::id:
        return by_id();
      default:
        return web();
    }
  }

 private:
  refused_link malformed(const std::string& what) const {
    return refuse(text_, link_errc::malformed, what);
  }
  refused_link no_message(std::string_view text) const {
    return malformed("names no message: " + quoted(text) + " is not a message number");
  }

  // t.me/...
  parsed_link web() const {
    const std::string& first = path_[0];
    if (first[0] == '+' || first[0] == ' ') {
      return links::are_digits(first.substr(1)) ? phone(first.substr(1)) : invite(first.substr(1));
    }
    if (first[0] == '$' && first.size() > 1) {
      return links::other(other_kind::invoice,
                          "https://t.me/invoice/" + links::percent_encoded(first.substr(1)));
    }
    const std::string word = links::lowered(first);
    if (word == "c") return private_chat();
    if (word == "joinchat") return invite(path_.size() > 1 ? path_[1] : std::string());
    if (word == "boost") {
      return boost(path_.size() > 1 ? path_[1] : std::string(), url_.argument("c"));
    }
    if (auto other = links::link_of_word(url_)) return std::move(*other);
    constexpr std::size_t shortest = 4;
    if (url_.written == link_url::form::name && first.size() < shortest) {
      return malformed("names no chat: a public name has at least four characters");
    }
    return public_chat(first, path_.subspan(1));
  }

  // tg:...
  parsed_link app() const {
    const std::string word = links::lowered(path_[0]);
    if (word == "resolve") return resolve();
    if (word == "privatepost") {
      const auto channel = leading_number<std::int64_t>(url_.argument("channel"));
      if (!channel) return malformed("names no channel");
      const std::string post[] = {url_.argument("post")};
      if (post[0].empty()) return malformed("names no message of the channel");
      return in_chat(channel_chat(*channel), post);
    }
    if (word == "join") return invite(url_.argument("invite"));
    if (word == "boost") return boost(url_.argument("domain"), url_.argument("channel"));
    if (word == "user") {
      const std::string id = url_.argument("id");
      const auto user = links::are_digits(id) ? chat_of_bot_id(id) : std::nullopt;
      if (!user) return malformed("names no person");
      return whole_chat(*user);
    }
    if (auto other = links::link_of_word(url_)) return std::move(*other);
    return refuse(text_, link_errc::unsupported, "is a tg: link of an unknown kind");
  }

  parsed_link resolve() const {
    const std::string name = url_.argument("domain");
    const std::string number = url_.argument("phone");
    if (name.empty() && !number.empty()) {
      return phone(number.substr(number[0] == '+' || number[0] == ' ' ? 1 : 0));
    }
    // As it would stand in the path behind t.me/name.
    const std::pair<const char*, const char*> arguments[] = {
        {"post", nullptr}, {"story", "s"}, {"collection", "c"}, {"album", "a"}};
    for (const auto& [argument, word] : arguments) {
      const std::string value = url_.argument(argument);
      if (value.empty()) continue;
      if (word != nullptr) return public_chat(name, std::vector<std::string>{word, value});
      if (!like_number(value)) return no_message(value);
      return public_chat(name, std::vector<std::string>{value});
    }
    return public_chat(name, {});
  }

  parsed_link invite(const std::string& hash) const {
    const bool valid = std::ranges::all_of(hash, [](char c) {
      return links::is_letter(c) || links::is_digit(c) || c == '-' || c == '_';
    });
    if (hash.empty() || !valid || links::are_digits(hash)) {
      return malformed("holds no invitation that Telegram could have made");
    }
    invite_link link;
    link.hash = hash;
    return link;
  }

  parsed_link phone(const std::string& number) const {
    if (!links::are_digits(number)) return malformed("holds no phone number");
    return links::other(other_kind::phone, "https://t.me/+" + number);
  }

  parsed_link boost(const std::string& name, const std::string& channel) const {
    if (!name.empty()) {
      return links::other(other_kind::boost, "tg://boost?domain=" + links::percent_encoded(name));
    }
    const auto id = leading_number<std::int64_t>(channel);
    if (!id) return malformed("names no chat to boost");
    return links::other(other_kind::boost, "tg://boost?channel=" + std::to_string(*id));
  }

  // t.me/c/<channel>/...
  parsed_link private_chat() const {
    const auto channel = path_.size() > 1 ? leading_number<std::int64_t>(path_[1]) : std::nullopt;
    if (!channel) return malformed("names no channel after /c/");
    return in_chat(channel_chat(*channel), path_.subspan(2));
  }

  parsed_link public_chat(const std::string& name, elements rest) const {
    if (!links::is_username(name) || links::is_reserved(links::lowered(name))) {
      return malformed("names no chat: " + quoted(name) + " is not a public name");
    }
    link_chat chat;
    chat.username = name;
    return in_chat(std::move(chat), rest);
  }

  // -1001234567890:12, 12345:12
  parsed_link by_id() const {
    const std::string& id = path_[0];
    auto chat = chat_of_bot_id(id);
    if (!chat) return malformed("names no chat: " + id + " is not the id of a chat or person");
    if (chat->type == peer_kind::user && path_.size() < 2) {
      return malformed("is a number alone: a message is written name/" + id +
                       ", a person tg://user?id=" + id);
    }
    if (chat->type == peer_kind::user && text_.find(':') == std::string_view::npos) {
      return malformed("is two numbers: a message of a person is written " + id + ":" + path_[1]);
    }
    return in_chat(std::move(*chat), path_.subspan(1));
  }

  static link_chat channel_chat(std::int64_t id) {
    link_chat chat;
    chat.id = id;
    return chat;
  }

  // What is behind the chat: nothing, a message, messages, a story.
  parsed_link in_chat(link_chat chat, elements rest) const {
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
      return links::other(
          first == "c" ? other_kind::gift_collection : other_kind::story_album,
          "https://t.me/" + chat.username + "/" + first + "/" + std::to_string(*number));
    }
    if (like_number(first)) return messages(std::move(chat), first, behind);
    if (by_name && url_.written != link_url::form::name) {
      if (auto app = web_app(chat, first)) return std::move(*app);
    }
    return no_message(first);
  }

  static std::optional<other_link> web_app(const link_chat& chat, const std::string& name) {
    constexpr std::size_t shortest = 3;
    if (name.size() < shortest || !links::is_username(name)) return std::nullopt;
    return links::other(other_kind::web_app, "https://t.me/" + chat.username + "/" + name);
  }

  parsed_link whole_chat(link_chat chat) const {
    if (!chat.username.empty() || chat.type == peer_kind::channel) {
      if (url_.has("boost")) {
        return boost(chat.username, std::to_string(chat.id));
      }
      const std::string app = url_.argument("appname");
      if (!app.empty() && url_.written == link_url::form::app) {
        auto named = web_app(chat, app);
        return named ? parsed_link(std::move(*named)) : malformed("names no web app");
      }
      chat_link plain;
      plain.chat = chat;
      if (auto other = links::link_of_query(url_, to_string(plain))) return std::move(*other);
    }
    chat_link link;
    link.chat = std::move(chat);
    if (!read_argument("thread", link.thread_id)) return malformed("names no topic after thread=");
    return link;
  }

  parsed_link story(link_chat chat, const std::string& number) const {
    if (links::lowered(number) == "live" && !chat.username.empty()) {
      return links::other(other_kind::live_story, "https://t.me/" + chat.username + "/s/live");
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
    if (links::are_digits(wanted.substr(0, dash)) && dash != std::string_view::npos &&
        links::are_digits(wanted.substr(dash + 1))) {
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
    link.at = links::seconds_of(url_.argument("t"));
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
  elements path_;
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
  const bool torn =
      std::ranges::any_of(text, [](char c) { return (c >= 0 && c <= ' ') || c == 127; });
  if (torn) return refuse(text, link_errc::malformed, "has a blank in it: give one link at a time");
  const std::optional<link_url> url = links::take_apart(text);
  if (!url) return refuse(text, link_errc::not_telegram, "is not a Telegram link");
  return reader(text, *url).read();
}

}  // namespace mtfetch
