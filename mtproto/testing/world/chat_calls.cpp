// SPDX-License-Identifier: BSL-1.0
// Finding users and channels, and what is to be known of them.
#include <algorithm>
#include <mtfetch/api/channels.hpp>
#include <mtfetch/api/contacts.hpp>
#include <mtfetch/api/messages.hpp>
#include <mtfetch/api/users.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/objects.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t most_at_once = 200;

bool is_username(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

outcome<api::contacts::resolvedPeer> resolve_username(caller& by,
                                                      const api::contacts::resolveUsername& asked) {
  std::string_view name = asked.username;
  if (name.starts_with('@')) name.remove_prefix(1);
  if (!is_username(name)) return bad_request("USERNAME_INVALID");
  api::contacts::resolvedPeer found;
  if (const chat* named = by.in.content.find_username(name)) {
    found.peer = peer_object(named->as_peer());
    found.chats.push_back(chat_object(by, *named));
    return found;
  }
  if (const account* person = by.in.people.find_username(name)) {
    api::peerUser peer;
    peer.user_id = person->id;
    found.peer = peer;
    found.users.push_back(user_object(by, *person));
    return found;
  }
  return bad_request("USERNAME_NOT_OCCUPIED");
}

outcome<api::messages::Chats> get_channels(caller& by, const api::channels::getChannels& asked) {
  if (asked.id.size() > most_at_once) return bad_request("LIMIT_INVALID");
  api::messages::chats found;
  for (const api::InputChannel& named : asked.id) {
    auto one = channel_named(by, named);
    if (auto* refused = std::get_if<refusal>(&one)) return std::move(*refused);
    found.chats.push_back(chat_object(by, *std::get<const chat*>(one)));
  }
  return api::messages::Chats(std::move(found));
}

outcome<api::messages::chatFull> get_full_channel(caller& by,
                                                  const api::channels::getFullChannel& asked) {
  auto named = channel_named(by, asked.channel);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& where = *std::get<const chat*>(named);
  api::channelFull full;
  full.id = where.id;
  full.about = where.about;
  full.read_inbox_max_id = where.posts.empty() ? 0 : where.posts.back().id;
  full.participants_count = by.in.membership.count(where.id);
  if (where.linked != 0) full.linked_chat_id = where.linked;
  full.chat_photo = api::photoEmpty();
  full.notify_settings = default_notify_settings();
  full.pts = 1;
  api::messages::chatFull made;
  made.full_chat = std::move(full);
  mentioned names(by);
  names.add(where);
  if (const chat* other = by.in.content.find_chat(where.linked)) names.add(*other);
  names.put(made.users, made.chats);
  return made;
}

outcome<api::messages::Chats> get_chats(caller& by, const api::messages::getChats& asked) {
  if (asked.id.size() > most_at_once) return bad_request("LIMIT_INVALID");
  api::messages::chats found;
  for (const std::int64_t id : asked.id) {
    const chat* one = by.in.content.find_chat(id);
    if (one == nullptr || one->is_channel()) return bad_request("CHAT_ID_INVALID");
    found.chats.push_back(chat_object(by, *one));
  }
  return api::messages::Chats(std::move(found));
}

outcome<api::messages::chatFull> get_full_chat(caller& by,
                                               const api::messages::getFullChat& asked) {
  const chat* one = by.in.content.find_chat(asked.chat_id);
  if (one == nullptr || one->is_channel() || !may_read(by, *one)) {
    return bad_request("CHAT_ID_INVALID");
  }
  api::chatFull full;
  full.id = one->id;
  full.about = one->about;
  api::chatParticipants people;
  people.chat_id = one->id;
  people.version = 1;
  api::messages::chatFull made;
  for (const account& each : by.in.people.all()) {
    if (!by.in.membership.has(one->id, each.id)) continue;
    api::chatParticipant participant;
    participant.user_id = each.id;
    participant.date = one->date;
    people.participants.emplace_back(std::move(participant));
    made.users.push_back(user_object(by, each));
  }
  full.participants = std::move(people);
  full.notify_settings = default_notify_settings();
  made.full_chat = std::move(full);
  made.chats.push_back(chat_object(by, *one));
  return made;
}

outcome<std::vector<api::User>> get_users(caller& by, const api::users::getUsers& asked) {
  if (asked.id.size() > most_at_once) return bad_request("LIMIT_INVALID");
  std::vector<api::User> found;
  for (const api::InputUser& named : asked.id) {
    auto person = account_named(by, named);
    // One that cannot be seen is left out, as Telegram does.
    if (std::holds_alternative<refusal>(person)) continue;
    found.push_back(user_object(by, *std::get<const account*>(person)));
  }
  return found;
}

outcome<api::users::userFull> get_full_user(caller& by, const api::users::getFullUser& asked) {
  auto named = account_named(by, asked.id);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const account& person = *std::get<const account*>(named);
  api::users::userFull made;
  made.full_user.id = person.id;
  made.full_user.notify_settings = default_notify_settings();
  made.users.push_back(user_object(by, person));
  return made;
}

}  // namespace

void add_chat_calls(method_table& table) {
  table.add<api::contacts::resolveUsername>(may_call::signed_in, resolve_username);
  table.add<api::channels::getChannels>(may_call::signed_in, get_channels);
  table.add<api::channels::getFullChannel>(may_call::signed_in, get_full_channel);
  table.add<api::messages::getChats>(may_call::signed_in, get_chats);
  table.add<api::messages::getFullChat>(may_call::signed_in, get_full_chat);
  table.add<api::users::getUsers>(may_call::signed_in, get_users);
  table.add<api::users::getFullUser>(may_call::signed_in, get_full_user);
}

}  // namespace mtfetch::testing
