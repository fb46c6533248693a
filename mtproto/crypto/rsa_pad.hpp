// SPDX-License-Identifier: BSL-1.0
// The padding of p_q_inner_data before RSA: RSA_PAD, and the SHA-1 scheme before it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/result.hpp>

#include "mtproto/crypto/rsa.hpp"

namespace mtfetch::crypto {

inline constexpr std::size_t rsa_pad_max_data = 144;
inline constexpr std::size_t rsa_sha1_max_data = 235;

/// RSA_PAD of at most 144 bytes (std::length_error beyond: a mistake of the caller).
/// https://core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication
std::array<std::uint8_t, 256> rsa_pad(byte_view data, const rsa_public_key& key,
                                      const random_source& random);

/// The 192 bytes under RSA_PAD: the data and the random bytes behind it, which only the data's own
/// length can tell apart. security_errc::rsa_mismatch when the hash is wrong.
result<bytes> rsa_unpad(byte_view block, const rsa_private_key& key);

/// The older scheme: SHA1(data), data, random bytes up to 255. At most 235 bytes. Clients do not
/// send it; it is here for servers and their tests.
std::array<std::uint8_t, 256> rsa_sha1_pad(byte_view data, const rsa_public_key& key,
                                           const random_source& random);

/// What rsa_sha1_pad left open. The hash covers the data without the random bytes, so the reader
/// of the data must find its end first and then ask `matches`.
struct rsa_sha1_content {
  std::array<std::uint8_t, 20> hash;
  bytes data;  ///< 235 bytes: the data and random bytes
  /// Whether the first `size` bytes are the data that the sender hashed.
  bool matches(std::size_t size) const;
};
/// security_errc::rsa_mismatch when the block is not a number of 255 bytes under this key.
result<rsa_sha1_content> rsa_sha1_unpad(byte_view block, const rsa_private_key& key);

}  // namespace mtfetch::crypto
