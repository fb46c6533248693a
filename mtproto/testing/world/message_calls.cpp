// SPDX-License-Identifier: BSL-1.0
// Messages by their ids, and the list of chats. https://core.telegram.org/api/offsets
#include <algorithm>
#include <mtfetch/api/channels.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/answers.hpp"
#include "mtproto/testing/world/calls.hpp"

namespace mtfetch::testing {

namespace {

namespace messages = api::messages;

constexpr std::size_t most_ids = 100;

// The message that an input names, or that it replies to.
int named_id(const api::InputMessage& named, const chat* where) {
  if (const auto* by_id = named.get_if<api::inputMessageID>()) return by_id->id;
  const auto* reply = named.get_if<api::inputMessageReplyTo>();
  const post* from = reply == nullptr || where == nullptr ? nullptr : where->find(reply->id);
  return from == nullptr ? 0 : from->reply_to;
}

outcome<messages::Messages> get_channel_messages(caller& by,
                                                 const api::channels::getMessages& asked) {
  auto named = channel_named(by, asked.channel);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& where = *std::get<const chat*>(named);
  if (asked.id.empty()) return bad_request("MSG_IDS_EMPTY");
  if (asked.id.size() > most_ids) return bad_request("LIMIT_INVALID");
  messages::channelMessages found;
  found.pts = 1;
  mentioned names(by);
  names.add(where);
  for (const api::InputMessage& one : asked.id) {
    const int id = named_id(one, &where);
    if (id < 0) return bad_request("MSG_ID_INVALID");
    const post* message = where.find(id);
    if (message != nullptr) names.add(where, *message);
    found.messages.push_back(message == nullptr ? no_message(id)
                                                : message_object(by, where, *message));
  }
  found.count = static_cast<std::int32_t>(found.messages.size());
  names.put(found.users, found.chats);
  return messages::Messages(std::move(found));
}

// A member's basic groups and chats with people: their messages have ids of one row.
std::vector<const chat*> plain_chats(const caller& by) {
  std::vector<const chat*> found;
  for (const chat& one : by.in.content.chats()) {
    if (!one.is_channel() && may_read(by, one)) found.push_back(&one);
  }
  return found;
}

outcome<messages::Messages> get_messages(caller& by, const messages::getMessages& asked) {
  if (asked.id.size() > most_ids) return bad_request("LIMIT_INVALID");
  const auto chats = plain_chats(by);
  messages::messages found;
  mentioned names(by);
  for (const api::InputMessage& one : asked.id) {
    api::Message made = no_message(named_id(one, nullptr));
    for (const chat* where : chats) {
      const int id = named_id(one, where);
      if (const post* message = where->find(id)) {
        made = message_object(by, *where, *message);
        names.add(*where, *message);
        break;
      }
    }
    found.messages.push_back(std::move(made));
  }
  names.put(found.users, found.chats);
  return messages::Messages(std::move(found));
}

api::dialog dialog_of(const caller& by, const chat& where) {
  api::dialog made;
  made.peer = peer_object(peer_of(by, where));
  made.top_message = where.posts.empty() ? 0 : where.posts.back().id;
  made.read_inbox_max_id = made.top_message;
  made.notify_settings = default_notify_settings();
  if (where.is_channel()) made.pts = 1;
  return made;
}

template <class Dialogs>
void add_dialogs(const caller& by, const std::vector<const chat*>& shown, Dialogs& to) {
  mentioned names(by);
  for (const chat* one : shown) {
    to.dialogs.emplace_back(dialog_of(by, *one));
    names.add(*one);
    if (one->posts.empty()) continue;
    names.add(*one, one->posts.back());
    to.messages.push_back(message_object(by, *one, one->posts.back()));
  }
  names.put(to.users, to.chats);
}

std::int32_t newest(const chat& one) {
  return one.posts.empty() ? one.date : one.posts.back().date;
}

outcome<messages::Dialogs> get_dialogs(caller& by, const messages::getDialogs& asked) {
  std::vector<const chat*> all;
  for (const chat& one : by.in.content.chats()) {
    const bool in = one.kind == chat_kind::person ? may_read(by, one)
                                                  : by.in.membership.has(one.id, by.who->id);
    if (in) all.push_back(&one);
  }
  std::ranges::stable_sort(all, std::greater<>(), [](const chat* one) { return newest(*one); });
  if (asked.folder_id.value_or(0) != 0) all.clear();  // folder 1 is the archive
  const auto total = static_cast<std::int32_t>(all.size());
  // The page begins behind the chat that the offset names.
  if (asked.offset_date != 0 || asked.offset_id != 0) {
    peer last;
    if (!asked.offset_peer.is<api::inputPeerEmpty>()) {
      auto named = peer_named(by, asked.offset_peer);
      if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
      last = std::get<peer>(named);
    }
    auto behind = std::ranges::find_if(all, [&](const chat* one) {
      return last.is != peer::kind::nobody && peer_of(by, *one) == last;
    });
    if (behind != all.end()) {
      ++behind;
    } else {
      behind = std::ranges::find_if(
          all, [&](const chat* one) { return newest(*one) < asked.offset_date; });
    }
    all.erase(all.begin(), behind);
  }
  const auto limit = static_cast<std::size_t>(std::clamp(asked.limit, 1, 100));
  const bool whole = static_cast<std::size_t>(total) <= limit;
  if (all.size() > limit) all.resize(limit);
  if (whole) {
    messages::dialogs found;
    add_dialogs(by, all, found);
    return messages::Dialogs(std::move(found));
  }
  messages::dialogsSlice found;
  found.count = total;
  add_dialogs(by, all, found);
  return messages::Dialogs(std::move(found));
}

outcome<messages::peerDialogs> get_peer_dialogs(caller& by, const messages::getPeerDialogs& asked) {
  if (asked.peers.size() > most_ids) return bad_request("LIMIT_INVALID");
  std::vector<const chat*> shown;
  for (const api::InputDialogPeer& named : asked.peers) {
    const auto* given = named.get_if<api::inputDialogPeer>();
    if (given == nullptr) return bad_request("PEER_ID_INVALID");
    auto found = chat_named(by, given->peer);
    if (auto* refused = std::get_if<refusal>(&found)) return std::move(*refused);
    if (const chat* one = std::get<const chat*>(found)) shown.push_back(one);
  }
  messages::peerDialogs found;
  add_dialogs(by, shown, found);
  found.state.pts = 1;
  found.state.date = static_cast<std::int32_t>(by.unix_time);
  found.state.seq = 1;
  return found;
}

}  // namespace

void add_message_calls(method_table& table) {
  table.add<api::channels::getMessages>(may_call::signed_in, get_channel_messages);
  table.add<messages::getMessages>(may_call::signed_in, get_messages);
  table.add<messages::getDialogs>(may_call::people, get_dialogs);
  table.add<messages::getPeerDialogs>(may_call::people, get_peer_dialogs);
  add_history_calls(table);
  add_invite_calls(table);
  add_topic_calls(table);
  add_story_calls(table);
}

}  // namespace mtfetch::testing
