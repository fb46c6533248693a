// SPDX-License-Identifier: BSL-1.0
// Reading messages and the list of chats. https://core.telegram.org/api/offsets
#include <algorithm>
#include <limits>
#include <mtfetch/api/channels.hpp>
#include <mtfetch/api/messages.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/objects.hpp"

namespace mtfetch::testing {

namespace {

namespace messages = api::messages;

constexpr std::size_t most_ids = 100;
constexpr std::int32_t most_in_history = 100;

// The message that an input names; replies and pins there are none.
int named_id(const api::InputMessage& named) {
  const auto* by_id = named.get_if<api::inputMessageID>();
  return by_id == nullptr ? 0 : by_id->id;
}

outcome<messages::Messages> get_channel_messages(caller& by,
                                                 const api::channels::getMessages& asked) {
  auto named = channel_named(by, asked.channel);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const channel& chat = *std::get<const channel*>(named);
  if (asked.id.empty()) return bad_request("MSG_IDS_EMPTY");
  if (asked.id.size() > most_ids) return bad_request("LIMIT_INVALID");
  messages::channelMessages found;
  found.pts = 1;
  for (const api::InputMessage& one : asked.id) {
    const int id = named_id(one);
    if (id < 0) return bad_request("MSG_ID_INVALID");
    const post* message = chat.find(id);
    found.messages.push_back(message == nullptr ? no_message(id)
                                                : message_object(by, chat, *message));
  }
  found.count = static_cast<std::int32_t>(found.messages.size());
  found.chats.push_back(channel_object(by, chat));
  return messages::Messages(std::move(found));
}

// Messages outside of channels: nobody has any.
outcome<messages::Messages> get_messages(caller&, const messages::getMessages& asked) {
  if (asked.id.size() > most_ids) return bad_request("LIMIT_INVALID");
  messages::messages found;
  for (const api::InputMessage& one : asked.id) found.messages.push_back(no_message(named_id(one)));
  return messages::Messages(std::move(found));
}

outcome<messages::Messages> no_messages() {
  return messages::Messages(messages::messages());
}

outcome<messages::Messages> get_history(caller& by, const messages::getHistory& asked) {
  if (!asked.peer.is<api::inputPeerChannel>()) {
    if (asked.peer.is<api::inputPeerEmpty>()) return bad_request("PEER_ID_INVALID");
    return no_messages();
  }
  auto named = channel_named(by, asked.peer);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const channel& chat = *std::get<const channel*>(named);
  const std::int32_t limit = std::clamp(asked.limit, 0, most_in_history);

  // Newest first. The page begins add_offset messages after the first one older than the offset
  // (before it, when add_offset is negative).
  std::vector<const post*> newest_first;
  for (auto one = chat.posts.rbegin(); one != chat.posts.rend(); ++one) {
    newest_first.push_back(&*one);
  }
  const auto offset = std::ranges::find_if(newest_first, [&](const post* one) {
    return (asked.offset_id <= 0 || one->id < asked.offset_id) &&
           (asked.offset_date <= 0 || one->date < asked.offset_date);
  });
  const auto total = static_cast<std::int64_t>(newest_first.size());
  const std::int64_t begin = std::clamp<std::int64_t>(
      offset - newest_first.begin() + std::int64_t{asked.add_offset}, 0, total);
  const std::int64_t end = std::min<std::int64_t>(begin + limit, total);
  messages::channelMessages found;
  found.pts = 1;
  found.count = static_cast<std::int32_t>(total);
  for (std::int64_t i = begin; i < end; ++i) {
    const post& one = *newest_first[static_cast<std::size_t>(i)];
    if (asked.max_id > 0 && one.id >= asked.max_id) continue;
    if (asked.min_id > 0 && one.id <= asked.min_id) continue;
    found.messages.push_back(message_object(by, chat, one));
  }
  found.chats.push_back(channel_object(by, chat));
  return messages::Messages(std::move(found));
}

api::dialog dialog_of(const channel& chat) {
  api::peerChannel peer;
  peer.channel_id = chat.id;
  api::dialog made;
  made.peer = peer;
  made.top_message = static_cast<std::int32_t>(chat.posts.size());
  made.read_inbox_max_id = made.top_message;
  made.notify_settings = default_notify_settings();
  made.pts = 1;
  return made;
}

template <class Dialogs>
void add_dialog(const caller& by, const channel& chat, Dialogs& to) {
  to.dialogs.emplace_back(dialog_of(chat));
  if (!chat.posts.empty()) to.messages.push_back(message_object(by, chat, chat.posts.back()));
  to.chats.push_back(channel_object(by, chat));
}

outcome<messages::Dialogs> get_dialogs(caller& by, const messages::getDialogs& asked) {
  messages::dialogs found;
  // All chats fit on the first page; whoever asks for more has seen them. Folder 1 is the archive.
  const bool first_page = asked.offset_id == 0 && asked.offset_date == 0;
  if (first_page && asked.folder_id.value_or(0) == 0 && by.who->member) {
    for (const channel& chat : by.in.content.channels()) add_dialog(by, chat, found);
  }
  return messages::Dialogs(std::move(found));
}

outcome<messages::peerDialogs> get_peer_dialogs(caller& by, const messages::getPeerDialogs& asked) {
  if (asked.peers.size() > most_ids) return bad_request("LIMIT_INVALID");
  messages::peerDialogs found;
  for (const api::InputDialogPeer& named : asked.peers) {
    const auto* peer = named.get_if<api::inputDialogPeer>();
    if (peer == nullptr) return bad_request("PEER_ID_INVALID");
    auto chat = channel_named(by, peer->peer);
    if (auto* refused = std::get_if<refusal>(&chat)) return std::move(*refused);
    add_dialog(by, *std::get<const channel*>(chat), found);
  }
  found.state.pts = 1;
  found.state.date = static_cast<std::int32_t>(by.unix_time);
  found.state.seq = 1;
  return found;
}

}  // namespace

void add_message_calls(method_table& table) {
  table.add<api::channels::getMessages>(may_call::signed_in, get_channel_messages);
  table.add<messages::getMessages>(may_call::signed_in, get_messages);
  table.add<messages::getHistory>(may_call::people, get_history);
  table.add<messages::getDialogs>(may_call::people, get_dialogs);
  table.add<messages::getPeerDialogs>(may_call::people, get_peer_dialogs);
}

}  // namespace mtfetch::testing
