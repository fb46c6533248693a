// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/key_ring.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t most_sessions = 256;  // of one key

}  // namespace

std::shared_ptr<server_session> server_key::session(std::int64_t id, const random_source& random) {
  auto& found = sessions[id];
  if (!found) {
    found = std::make_shared<server_session>(id, salts, random);
    if (sessions.size() > most_sessions) {
      const auto first = sessions.begin();
      sessions.erase(first->first == id ? std::next(first) : first);
    }
  }
  return sessions[id];
}

std::shared_ptr<server_key> key_ring::find(std::int64_t id, unix_seconds now) {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return nullptr;
  if (found->second->is_temporary() && found->second->expires_at <= now) {
    keys_.erase(found);
    return nullptr;
  }
  return found->second;
}

void key_ring::add(std::shared_ptr<server_key> key) {
  const std::int64_t id = key->key.id();
  keys_[id] = std::move(key);
}

authorization* key_ring::allowed(server_key& key, unix_seconds now) {
  if (!key.is_temporary()) return &key.allowed;
  const auto permanent = find(key.bound_to, now);
  return permanent ? &permanent->allowed : nullptr;
}

}  // namespace mtfetch::testing
