// SPDX-License-Identifier: BSL-1.0
// What a finished key exchange leaves: the key and what both sides know with it.
#pragma once

#include <chrono>
#include <cstdint>

#include "mtproto/crypto/auth_key.hpp"

namespace mtfetch::handshake {

struct established {
  crypto::auth_key key;
  std::int64_t server_salt = 0;
  /// The server's unix time minus our wall clock; zero on the server's side.
  std::chrono::seconds server_offset{0};
  /// Unix time of the server at which a temporary key ends; 0 for a permanent one.
  std::int32_t expires_at = 0;
};

}  // namespace mtfetch::handshake
