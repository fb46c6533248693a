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
  if (const chat* chat = by.in.content.find_username(name)) {
    api::peerChannel peer;
    peer.channel_id = chat->id;
    found.peer = peer;
    found.chats.push_back(chat_object(by, *chat));
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
    auto chat = channel_named(by, named);
    if (auto* refused = std::get_if<refusal>(&chat)) return std::move(*refused);
    found.chats.push_back(chat_object(by, *std::get<const chat*>(chat)));
  }
  return api::messages::Chats(std::move(found));
}

outcome<api::messages::chatFull> get_full_channel(caller& by,
                                                  const api::channels::getFullChannel& asked) {
  auto named = channel_named(by, asked.channel);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& chat = *std::get<const chat*>(named);
  api::channelFull full;
  full.id = chat.id;
  full.about = "Files of a folder, served by mtfetch-dc";
  full.read_inbox_max_id = static_cast<std::int32_t>(chat.posts.size());
  full.chat_photo = api::photoEmpty();
  full.notify_settings = default_notify_settings();
  full.pts = 1;
  api::messages::chatFull made;
  made.full_chat = std::move(full);
  made.chats.push_back(chat_object(by, chat));
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
  table.add<api::users::getUsers>(may_call::signed_in, get_users);
  table.add<api::users::getFullUser>(may_call::signed_in, get_full_user);
}

}  // namespace mtfetch::testing
