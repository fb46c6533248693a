// SPDX-License-Identifier: BSL-1.0
// The auth keys of one data centre, each with its salts, sessions and what it is allowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <unordered_map>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/testing/protocol/salt_schedule.hpp"
#include "mtproto/testing/protocol/server_session.hpp"
#include "mtproto/testing/world/caller.hpp"

namespace mtfetch::testing {

struct server_key {
  server_key(crypto::auth_key made, salt_schedule schedule)
      : key(std::move(made)), salts(std::move(schedule)) {}

  crypto::auth_key key;
  salt_schedule salts;
  unix_seconds expires_at = 0;  ///< of a temporary key; 0: permanent
  std::int64_t bound_to = 0;    ///< of a temporary key: the permanent one it stands for
  std::int32_t layer = 0;       ///< from invokeWithLayer; 0: no initConnection yet
  authorization allowed;        ///< of a permanent key
  bool changed = true;          ///< differs from what is stored
  std::uint64_t used = 0;       ///< when last, as the ring counts
  std::map<std::int64_t, std::shared_ptr<server_session>> sessions;

  bool is_temporary() const { return expires_at != 0; }
  /// The session of this id, begun if it is new. One too many ends the one with the lowest id.
  std::shared_ptr<server_session> session(std::int64_t id, const random_source& random);
};

/// Anybody can make keys, so there are only so many of them with which nobody is signed in: those
/// used longest ago go first. One thread at a time.
class key_ring {
 public:
  explicit key_ring(std::size_t most_strangers = 10'000) : most_strangers_(most_strangers) {}
  /// Null when unknown, or when a temporary key's time is over.
  std::shared_ptr<server_key> find(std::int64_t id, unix_seconds now);
  /// Gives the ids of those that had to go for it.
  std::vector<std::int64_t> add(std::shared_ptr<server_key> key);
  bool contains(std::int64_t id) const { return keys_.contains(id); }
  void erase(std::int64_t id) { keys_.erase(id); }
  /// What a key is allowed: its own, or that of the key it is bound to. Null: bound to none.
  authorization* allowed(server_key& key, unix_seconds now);

  const std::unordered_map<std::int64_t, std::shared_ptr<server_key>>& all() const { return keys_; }

 private:
  bool is_strangers(const server_key& key) const;

  std::size_t most_strangers_;
  std::uint64_t uses_ = 0;
  std::unordered_map<std::int64_t, std::shared_ptr<server_key>> keys_;
};

}  // namespace mtfetch::testing
