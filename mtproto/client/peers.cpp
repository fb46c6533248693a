// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/peers.hpp>

#include "mtproto/client/session_store.hpp"

namespace mtfetch {

std::optional<cached_peer> peer_cache::find(std::string_view username) const {
  return store_ ? store_->find_peer(username) : std::nullopt;
}

std::optional<cached_peer> peer_cache::find(cached_peer::kind type, std::int64_t id) const {
  return store_ ? store_->find_peer(type, id) : std::nullopt;
}

void peer_cache::remember(const cached_peer& peer) {
  if (store_) store_->write_peer(peer);
}

void peer_cache::forget(std::string_view username) {
  if (store_) store_->erase_peer(username);
}

}  // namespace mtfetch
