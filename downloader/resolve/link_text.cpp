// SPDX-License-Identifier: BSL-1.0
// Links as text again.
#include <mtfetch/link.hpp>

#include <string>
#include <variant>

#include "downloader/resolve/link_ids.hpp"

namespace mtfetch {
namespace {

// The chat, and what parts it from a message: "https://t.me/name" "/", "12345" ":".
struct place {
  std::string chat;
  const char* then;
};

std::string number(std::int64_t value) {
  return std::to_string(value);
}

place place_of(const link_chat& chat) {
  if (!chat.username.empty()) return {"https://t.me/" + chat.username, "/"};
  if (chat.type == peer_kind::channel) return {"https://t.me/c/" + number(chat.id), "/"};
  return {number(links::bot_id(chat)), ":"};
}

std::string in_thread(const link_chat& chat, std::int32_t thread, const std::string& what) {
  const place at = place_of(chat);
  return at.chat + at.then + (thread > 0 ? number(thread) + "/" : "") + what;
}

struct writer {
  std::string operator()(const message_link& link) const {
    std::string query;
    const auto add = [&query](const std::string& argument) {
      query += (query.empty() ? "?" : "&") + argument;
    };
    if (link.comment_id > 0) add("comment=" + number(link.comment_id));
    if (link.single) add("single");
    if (link.at > 0) add("t=" + number(link.at));
    return in_thread(link.chat, link.thread_id, number(link.message_id)) + query;
  }
  std::string operator()(const range_link& link) const {
    return in_thread(link.chat, link.thread_id, number(link.first) + "-" + number(link.last));
  }
  std::string operator()(const chat_link& link) const {
    const bool person = link.chat.username.empty() && link.chat.type == peer_kind::user;
    std::string text = person ? "tg://user?id=" + number(link.chat.id) : place_of(link.chat).chat;
    if (link.thread_id > 0) text += (person ? "&thread=" : "?thread=") + number(link.thread_id);
    return text;
  }
  std::string operator()(const invite_link& link) const { return "https://t.me/+" + link.hash; }
  std::string operator()(const story_link& link) const {
    const std::string story = "s/" + number(link.story_id);
    if (link.chat.username.empty()) return number(links::bot_id(link.chat)) + ":" + story;
    return in_thread(link.chat, 0, story);
  }
  std::string operator()(const other_link& link) const { return link.canonical; }
  std::string operator()(const refused_link&) const { return {}; }
};

}  // namespace

std::string to_string(const parsed_link& link) {
  return std::visit(writer{}, link);
}

}  // namespace mtfetch
