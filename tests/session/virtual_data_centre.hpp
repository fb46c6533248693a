// SPDX-License-Identifier: BSL-1.0
// The local data centre's state machines without its sockets and clock: key exchanges, bindings,
// sessions. It runs the calls of tests/session/rig.hpp and counts them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "mtproto/handshake/server.hpp"
#include "mtproto/testing/protocol/key_ring.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {

class virtual_data_centre {
 public:
  virtual_data_centre();

  /// A packet to a client, and over which connection it goes.
  struct sent_packet {
    int connection = 0;
    bytes packet;
  };
  /// Takes a packet; what it sends for it. Nothing at all, and `refused` set: -404.
  std::vector<sent_packet> receive(int connection, bytes packet, instant now);
  /// When the next late answer is due, and giving it.
  time_point deadline() const { return late_.empty() ? no_deadline : late_.begin()->first; }
  std::vector<sent_packet> on_deadline(instant now);
  void close(int connection) { connections_.erase(connection); }

  crypto::rsa_public_key public_key() const { return rsa_.public_key(); }
  std::size_t temporary_keys() const;

  std::map<std::int32_t, int> runs;  ///< how often each call was run
  int bindings = 0;
  bool refused = false;  ///< a packet came under a key that is not known
  /// How long the call of this number takes.
  std::function<duration(std::int32_t)> takes = [](std::int32_t) { return duration::zero(); };

 private:
  using key_pointer = std::shared_ptr<mtfetch::testing::server_key>;
  using session_pointer = std::shared_ptr<mtfetch::testing::server_session>;
  struct carried {
    key_pointer key;
    session_pointer session;
  };
  struct line {
    std::unique_ptr<handshake::server> exchange;
    std::vector<carried> sessions;
  };
  struct late_answer {
    carried with;
    std::int64_t call;
    std::int32_t number;
  };
  line& at(int connection);
  void serve(const carried& with, instant now);
  std::vector<sent_packet> collect(instant now);

  random_source random_;
  crypto::rsa_private_key rsa_;
  mtfetch::testing::key_ring keys_;
  std::map<int, line> connections_;
  std::multimap<time_point, late_answer> late_;
};

}  // namespace mtfetch::session::testing
