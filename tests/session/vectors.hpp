// SPDX-License-Identifier: BSL-1.0
// Known encrypted packets, byte for byte: from Telegram itself and from other clients' tests.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <vector>

namespace mtfetch::session::testing {

struct known_packet {
  const char* name;
  std::array<std::uint8_t, 256> key;
  bytes packet;
  bytes plaintext;                    ///< with its padding; empty where there is none to be had
  std::vector<std::int64_t> session;  ///< the session id expected; empty: any
  bool good;
};

extern const known_packet sealed_by_client;
extern const known_packet hello;  ///< its plaintext has no envelope
extern const known_packet captured;
extern const std::vector<known_packet> from_server;

}  // namespace mtfetch::session::testing
