// SPDX-License-Identifier: BSL-1.0
// The authorization key of one client and one data centre.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>

#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

/// 256 secret bytes with their two short names. Copies are allowed (a session keeps its own) and
/// every one is wiped at its end. https://core.telegram.org/mtproto/description#authorization-key
class auth_key {
 public:
  explicit auth_key(const std::array<std::uint8_t, 256>& key);

  /// The 8 bytes at the head of an encrypted packet, read as a little-endian number.
  std::int64_t id() const { return id_; }
  /// Names a failed attempt when the server asks for another key (retry_id), little-endian too.
  std::int64_t aux_hash() const { return aux_hash_; }
  byte_view view() const { return key_; }

  /// new_nonce_hash1, 2 and 3 of the handshake's last answer: number is 1, 2 or 3.
  std::array<std::uint8_t, 16> new_nonce_hash(byte_view new_nonce, std::uint8_t number) const;

  /// Compares in constant time.
  friend bool operator==(const auth_key& a, const auth_key& b) {
    return equal_in_constant_time(a.view(), b.view());
  }

 private:
  secret<256> key_;
  std::int64_t id_ = 0;
  std::int64_t aux_hash_ = 0;
};

}  // namespace mtfetch::crypto
