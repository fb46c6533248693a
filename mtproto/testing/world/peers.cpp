// SPDX-License-Identifier: BSL-1.0
// Which user or chat an input names. https://core.telegram.org/api/peers
#include "mtproto/testing/world/objects.hpp"

namespace mtfetch::testing {

namespace {

outcome<const chat*> checked_channel(const caller& by, std::int64_t id, std::int64_t access_hash) {
  const chat* found = by.in.content.find_chat(id);
  // Bots may name a chat that they can see by its id alone.
  const bool hash_needed = !by.who->is_bot || access_hash != 0;
  if (found == nullptr || !found->is_channel() ||
      (hash_needed &&
       access_hash != by.in.keys.access_hash(by.who->id, object_kind::channel, id))) {
    return bad_request("CHANNEL_INVALID");
  }
  if (!may_read(by, *found)) return bad_request("CHANNEL_PRIVATE");
  return found;
}

const account* checked_user(const caller& by, std::int64_t id, std::int64_t access_hash) {
  if (id == by.who->id) return by.who;
  const account* found = by.in.people.find(id);
  const bool hash_needed = !by.who->is_bot || access_hash != 0;
  if (found == nullptr ||
      (hash_needed && access_hash != by.in.keys.access_hash(by.who->id, object_kind::user, id))) {
    return nullptr;
  }
  return found;
}

}  // namespace

outcome<const chat*> channel_named(const caller& by, const api::InputChannel& named) {
  const auto* given = named.get_if<api::inputChannel>();
  if (given == nullptr) return bad_request("CHANNEL_INVALID");
  return checked_channel(by, given->channel_id, given->access_hash);
}

outcome<peer> peer_named(const caller& by, const api::InputPeer& named) {
  if (named.is<api::inputPeerSelf>()) return peer{peer::kind::user, by.who->id};
  if (const auto* given = named.get_if<api::inputPeerUser>()) {
    const account* found = checked_user(by, given->user_id, given->access_hash);
    if (found == nullptr) return bad_request("PEER_ID_INVALID");
    return peer{peer::kind::user, found->id};
  }
  if (const auto* given = named.get_if<api::inputPeerChat>()) {
    const chat* found = by.in.content.find_chat(given->chat_id);
    if (found == nullptr || found->is_channel() || !may_read(by, *found)) {
      return bad_request("PEER_ID_INVALID");
    }
    return found->as_peer();
  }
  if (const auto* given = named.get_if<api::inputPeerChannel>()) {
    auto found = checked_channel(by, given->channel_id, given->access_hash);
    if (auto* refused = std::get_if<refusal>(&found)) return std::move(*refused);
    return std::get<const chat*>(found)->as_peer();
  }
  return bad_request("PEER_ID_INVALID");
}

outcome<const chat*> chat_named(const caller& by, const api::InputPeer& named) {
  auto found = peer_named(by, named);
  if (auto* refused = std::get_if<refusal>(&found)) return std::move(*refused);
  const peer who = std::get<peer>(found);
  if (who.is == peer::kind::user) return by.in.content.find_person_chat(by.who->id, who.id);
  return by.in.content.find_chat(who.id);
}

outcome<const account*> account_named(const caller& by, const api::InputUser& named) {
  if (named.is<api::inputUserSelf>()) return by.who;
  const auto* given = named.get_if<api::inputUser>();
  const account* found =
      given == nullptr ? nullptr : checked_user(by, given->user_id, given->access_hash);
  if (found == nullptr) return bad_request("USER_ID_INVALID");
  return found;
}

}  // namespace mtfetch::testing
