// SPDX-License-Identifier: BSL-1.0
// A server that keeps the rules: it runs each message once, keeps answers until they are
// acknowledged and sends them again on the next connection. It counts what it ran.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "mtproto/session/seen_ids.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {

class honest_server {
 public:
  honest_server() : wire_(key_of(1), rig::first_salt, seeded_random(20)) {}

  /// Takes a packet of the client and gives the packets it sends for it.
  std::vector<bytes> receive(tl::packet_buffer& packet, instant now);
  /// What it sends when the client is there again: the answers that were not acknowledged.
  std::vector<bytes> connected(instant now);
  /// Forgets its sessions, as a server that is started anew: the worst that can happen.
  void forget();

  std::map<std::int32_t, int> runs;  ///< how often each request was run
  std::int64_t salt = rig::first_salt;

 private:
  struct state {
    seen_ids seen{1000};
    std::int64_t first = 0;  ///< the lowest id it was begun with; 0: not begun
    std::map<std::int64_t, wire_message> unacknowledged;
  };
  void take(state& session, const wire_message& message, instant now);

  wire wire_;
  std::map<std::int64_t, state> sessions_;
  std::int64_t current_ = 0;
  std::int64_t unique_ = 0;
  std::vector<wire_message> out_;
};

}  // namespace mtfetch::session::testing
