// SPDX-License-Identifier: BSL-1.0
// What a link says, without network. https://core.telegram.org/api/links
#include <mtfetch/link.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "downloader/resolve/link_ids.hpp"
#include "downloader/resolve/link_in_chat.hpp"
#include "downloader/resolve/link_url.hpp"
#include "downloader/resolve/link_words.hpp"

namespace mtfetch {
namespace {

using links::leading_number;
using links::link_url;
using elements = std::span<const std::string>;

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
    return links::refuse(text_, link_errc::malformed, what);
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
      return links::link_in_chat(text_, url_, channel_chat(*channel), post);
    }
    if (word == "join") return invite(url_.argument("invite"));
    if (word == "boost") return boost(url_.argument("domain"), url_.argument("channel"));
    if (word == "user") {
      const std::string id = url_.argument("id");
      const auto user = links::are_digits(id) ? links::chat_of_bot_id(id) : std::nullopt;
      if (!user) return malformed("names no person");
      return links::link_in_chat(text_, url_, *user, {});
    }
    if (auto other = links::link_of_word(url_)) return std::move(*other);
    return links::refuse(text_, link_errc::unsupported, "is a tg: link of an unknown kind");
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
      if (!links::like_number(value))
        return malformed("names no message: " + links::quoted(value) + " is not a message number");
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
    return links::link_in_chat(text_, url_, channel_chat(*channel), path_.subspan(2));
  }

  parsed_link public_chat(const std::string& name, elements rest) const {
    if (!links::is_username(name) || links::is_reserved(links::lowered(name))) {
      return malformed("names no chat: " + links::quoted(name) + " is not a public name");
    }
    link_chat chat;
    chat.username = name;
    return links::link_in_chat(text_, url_, std::move(chat), rest);
  }

  // -1001234567890:12, 12345:12
  parsed_link by_id() const {
    const std::string& id = path_[0];
    auto chat = links::chat_of_bot_id(id);
    if (!chat)
      return malformed("names no chat: " + links::quoted(id) +
                       " is not the id of a chat or person");
    if (chat->type == peer_kind::user && path_.size() < 2) {
      return malformed("is a number alone: a message is written name/" + id +
                       ", a person tg://user?id=" + id);
    }
    if (chat->type == peer_kind::user && text_.find(':') == std::string_view::npos) {
      return malformed("is two numbers: a message of a person is written " + id + ":" +
                       (links::are_digits(path_[1]) ? path_[1] : "12"));
    }
    return links::link_in_chat(text_, url_, std::move(*chat), path_.subspan(1));
  }

  static link_chat channel_chat(std::int64_t id) {
    link_chat chat;
    chat.id = id;
    return chat;
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
  if (torn)
    return links::refuse(text, link_errc::malformed, "has a blank in it: give one link at a time");
  const std::optional<link_url> url = links::take_apart(text);
  if (!url) return links::refuse(text, link_errc::not_telegram, "is not a Telegram link");
  return reader(text, *url).read();
}

}  // namespace mtfetch
