// SPDX-License-Identifier: BSL-1.0
// A passphrase made into a key (scrypt), and values sealed with a key (AES-256-GCM).
#pragma once

#include "mtproto/crypto/secure.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>

#include <cstdint>
#include <string_view>

namespace mtfetch::crypto {

/// What one guess of a passphrase costs: 128 * n * r bytes of memory, and time in n * r * p.
/// https://www.rfc-editor.org/rfc/rfc7914#section-2
struct scrypt_cost {
  std::uint64_t n = 1U << 17;  ///< a power of two
  std::uint32_t r = 8;
  std::uint32_t p = 1;
  friend bool operator==(const scrypt_cost&, const scrypt_cost&) = default;
};

/// The most memory that a cost read from a file may ask for, in bytes.
inline constexpr std::uint64_t scrypt_memory_limit = 512ULL << 20;

/// Whether scrypt takes it and it stays within the limit: for a cost that a file says.
bool is_sane(const scrypt_cost& cost);

/// 32 bytes. A cost that is not sane throws std::invalid_argument, no memory std::bad_alloc.
secret<32> scrypt(std::string_view passphrase, byte_view salt, const scrypt_cost& cost);

/// How many bytes a sealed value is longer than what is in it: a nonce before, a tag behind.
inline constexpr std::size_t seal_overhead = 12 + 16;

/// Seals under a random nonce; `identity` is authenticated with it and not kept: only who names the
/// same one opens it. One key may seal 2^32 values.
bytes seal_value(const secret<32>& key, byte_view plain, byte_view identity,
                 const random_source& random);

/// protocol_errc::bad_value for another key, another identity, or bytes that were changed.
result<bytes> open_value(const secret<32>& key, byte_view sealed, byte_view identity);

}  // namespace mtfetch::crypto
