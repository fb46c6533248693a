// SPDX-License-Identifier: BSL-1.0
// Peers that were resolved once, kept in the session file with their access hashes.
#pragma once

#include <mtfetch/peer_kind.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mtfetch {

namespace storage {
class session_store;
}

/// A user, group or channel that this account has seen. Its access hash is good for this account
/// only. https://core.telegram.org/api/peers
struct cached_peer {
  using kind = peer_kind;
  kind type = kind::channel;
  std::int64_t id = 0;           ///< bare, as in TL: no -100 prefix
  std::int64_t access_hash = 0;  ///< 0 for basic groups, which have none
  std::string username;          ///< without '@'; empty where it has none
  friend bool operator==(const cached_peer&, const cached_peer&) = default;
};

/// The peers that the session file remembers. Calls are short and block; same thread as the client.
class peer_cache {
 public:
  explicit peer_cache(std::shared_ptr<storage::session_store> store) : store_(std::move(store)) {}

  /// By public name, upper and lower case alike, with or without '@'.
  std::optional<cached_peer> find(std::string_view username) const;
  std::optional<cached_peer> find(cached_peer::kind type, std::int64_t id) const;
  /// Adds or replaces; a username that another peer had moves to this one.
  void remember(const cached_peer& peer);
  /// For a name that Telegram no longer knows (USERNAME_NOT_OCCUPIED) or a hash it refuses.
  void forget(std::string_view username);

 private:
  std::shared_ptr<storage::session_store> store_;
};

}  // namespace mtfetch
