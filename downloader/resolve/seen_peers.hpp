// SPDX-License-Identifier: BSL-1.0
// Chats and people as answers told of them: their names, and whether their content is protected.
#pragma once

#include <mtfetch/client.hpp>
#include <mtfetch/peer_kind.hpp>
#include <mtfetch/peers.hpp>

#include <mtfetch/api/base.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch {

struct seen_peer {
  std::string title;  ///< of a person the first and last name
  std::string username;
  std::optional<std::int64_t> access_hash;  ///< none where it came as `min`
  bool is_protected = false;                ///< nothing of it is to be saved
  bool is_member = true;                    ///< this account has not left it
};

using peer_id = std::pair<peer_kind, std::int64_t>;

peer_id id_of(const api::Peer& peer);
api::InputPeer input_peer(const cached_peer& peer, std::int64_t own_id);
/// For calls that want a channel by name of the type.
api::inputChannel input_channel(const cached_peer& channel);

/// Lives as long as one run of look-ups. Access hashes of groups and channels go on into the
/// client's peer cache; those of people only by `remember`, for every sender of a chat comes along.
class seen_peers {
 public:
  explicit seen_peers(client& of) : of_(&of) {}

  void add(const std::vector<api::Chat>& chats, const std::vector<api::User>& users);
  const seen_peer* find(peer_id id) const;
  void remember(peer_id id);

 private:
  void remember(peer_id id, const seen_peer& peer);
  void add(peer_id id, seen_peer peer);

  client* of_;
  std::map<peer_id, seen_peer> seen_;
};

/// The first public name of an object that may have several.
template <class Named>
std::string username_of(const Named& named) {
  if (named.username) return *named.username;
  if (!named.usernames) return {};
  for (const auto& one : *named.usernames) {
    if (one.active) return one.username;
  }
  return {};
}

}  // namespace mtfetch
