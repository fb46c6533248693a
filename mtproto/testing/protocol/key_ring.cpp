// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/key_ring.hpp"

#include <algorithm>
#include <utility>

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
  found->second->used = ++uses_;
  return found->second;
}

std::vector<std::int64_t> key_ring::add(std::shared_ptr<server_key> key) {
  key->used = ++uses_;
  const std::int64_t added = key->key.id();
  keys_[added] = std::move(key);
  std::vector<std::int64_t> gone;
  if (keys_.size() <= most_strangers_) return gone;
  std::vector<std::pair<std::uint64_t, std::int64_t>> strangers;
  for (const auto& [id, one] : keys_) {
    if (is_strangers(*one)) strangers.emplace_back(one->used, id);
  }
  if (strangers.size() <= most_strangers_) return gone;
  // A tenth at once, so that not every new key looks through them all.
  const std::size_t count = strangers.size() - most_strangers_ + most_strangers_ / 10;
  const auto end = strangers.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::nth_element(strangers, end);
  for (auto one = strangers.begin(); one != end; ++one) {
    keys_.erase(one->second);
    gone.push_back(one->second);
  }
  return gone;
}

bool key_ring::is_strangers(const server_key& key) const {
  const auto owner = key.is_temporary() ? keys_.find(key.bound_to) : keys_.find(key.key.id());
  if (owner == keys_.end()) return true;
  const authorization& allowed = owner->second->allowed;
  return allowed.account == 0 && allowed.awaiting_password == 0;
}

authorization* key_ring::allowed(server_key& key, unix_seconds now) {
  if (!key.is_temporary()) return &key.allowed;
  const auto permanent = find(key.bound_to, now);
  return permanent ? &permanent->allowed : nullptr;
}

}  // namespace mtfetch::testing
