// SPDX-License-Identifier: BSL-1.0
// What a finished key exchange leaves: the key and what both sides know with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

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

/// The salt that a new key begins with: the first 8 bytes of both nonces, combined by exclusive or,
/// little-endian. https://core.telegram.org/mtproto/auth_key#9-server-responds-in-one-of-three-ways
inline std::int64_t first_salt(std::span<const std::uint8_t, 32> new_nonce,
                               std::span<const std::uint8_t, 16> server_nonce) {
  std::uint64_t salt = 0;
  for (std::size_t i = 8; i-- > 0;) {
    salt = salt << 8 | static_cast<std::uint64_t>(new_nonce[i] ^ server_nonce[i]);
  }
  return static_cast<std::int64_t>(salt);
}

}  // namespace mtfetch::handshake
