// SPDX-License-Identifier: BSL-1.0
#include "tests/resolve/link_line.hpp"

#include <variant>

namespace mtfetch {
namespace {

std::string name_of(const link_chat& chat) {
  if (!chat.username.empty()) return chat.username;
  const char* type = chat.type == peer_kind::user   ? "user:"
                     : chat.type == peer_kind::chat ? "group:"
                                                    : "channel:";
  return type + std::to_string(chat.id);
}

std::string unless_zero(const char* name, std::int32_t value) {
  return value == 0 ? std::string() : name + std::to_string(value);
}

struct writer {
  std::string operator()(const message_link& link) const {
    return "message " + name_of(link.chat) + " " + std::to_string(link.message_id) +
           unless_zero(" thread=", link.thread_id) + unless_zero(" comment=", link.comment_id) +
           (link.single ? " single" : "") + unless_zero(" t=", link.at);
  }
  std::string operator()(const range_link& link) const {
    return "range " + name_of(link.chat) + " " + std::to_string(link.first) + "-" +
           std::to_string(link.last) + unless_zero(" thread=", link.thread_id);
  }
  std::string operator()(const chat_link& link) const {
    return "chat " + name_of(link.chat) + unless_zero(" thread=", link.thread_id);
  }
  std::string operator()(const invite_link& link) const { return "invite " + link.hash; }
  std::string operator()(const story_link& link) const {
    return "story " + name_of(link.chat) + " " + std::to_string(link.story_id);
  }
  std::string operator()(const other_link& link) const {
    return "other " + std::string(to_string(link.kind)) + " " + link.canonical;
  }
  std::string operator()(const refused_link& link) const {
    if (link.sentence.empty()) return "a refusal without a reason";
    return link.why == link_errc::not_telegram ? "!not_telegram"
           : link.why == link_errc::malformed  ? "!malformed"
                                               : "!unsupported";
  }
};

}  // namespace

std::string in_one_line(const parsed_link& link) {
  return std::visit(writer{}, link);
}

}  // namespace mtfetch
