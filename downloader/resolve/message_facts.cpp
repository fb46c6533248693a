// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/message_facts.hpp"

#include "downloader/resolve/media_of_message.hpp"

#include <utility>

namespace mtfetch {
namespace {

// A forward of a channel's post, where this account may read that channel.
std::optional<message_place> first_place(const api::message& message, const seen_peers& seen) {
  const auto& forward = message.fwd_from;
  if (!forward || !forward->from_id || !forward->channel_post) return {};
  const peer_id from = id_of(*forward->from_id);
  const seen_peer* channel = seen.find(from);
  if (channel == nullptr || !channel->access_hash) return {};
  message_place place;
  place.chat_type = from.first;
  place.chat_id = from.second;
  place.access_hash = *channel->access_hash;
  place.message_id = *forward->channel_post;
  return place;
}

}  // namespace

std::int32_t id_of(const api::Message& one) {
  if (const auto* said = one.get_if<api::message>()) return said->id;
  if (const auto* notice = one.get_if<api::messageService>()) return notice->id;
  if (const auto* gone = one.get_if<api::messageEmpty>()) return gone->id;
  return 0;
}

std::vector<api::Message> messages_of(api::messages::Messages answer, seen_peers& seen) {
  std::vector<api::Message> found;
  const auto take = [&](auto* some) {
    if (some == nullptr) return;
    seen.add(some->chats, some->users);
    found = std::move(some->messages);
  };
  take(answer.get_if<api::messages::messages>());
  take(answer.get_if<api::messages::messagesSlice>());
  take(answer.get_if<api::messages::channelMessages>());
  return found;
}

bool belongs_to(const api::message& message, const cached_peer& chat) {
  return id_of(message.peer_id) == peer_id(chat.type, chat.id);
}

std::string link_to(const cached_peer& chat, std::int32_t message_id) {
  message_link to;
  to.chat.username = chat.username;
  to.chat.type = chat.type;
  to.chat.id = chat.id;
  to.message_id = message_id;
  to.single = true;
  return to_string(parsed_link(std::move(to)));
}

std::vector<media> media_in(const api::message& message, const cached_peer& chat, std::string link,
                            const seen_peers& seen, const wanted_file& wanted) {
  media about;
  about.origin.link = std::move(link);
  about.origin.username = chat.username;
  about.origin.chat_type = chat.type;
  about.origin.channel_id = chat.id;
  about.origin.access_hash = chat.access_hash;
  about.origin.message_id = message.id;
  about.origin.forwarded_from = first_place(message, seen);
  bool is_protected = false;
  if (const seen_peer* in = seen.find({chat.type, chat.id})) {
    about.chat_title = in->title;
    is_protected = in->is_protected;
  }
  if (message.from_id) {
    const peer_id from = id_of(*message.from_id);
    about.sender_id = from.second;
    if (const seen_peer* sender = seen.find(from)) about.sender = sender->title;
  } else if (message.post_author) {
    about.sender = *message.post_author;
  }
  return media_of_message(message, about, wanted, is_protected);
}

}  // namespace mtfetch
