// SPDX-License-Identifier: BSL-1.0
// Hashes that files of other programs are made with: MD5, SHA-512 and PBKDF2. Nothing of MTProto
// itself needs them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <mtfetch/bytes.hpp>

#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

/// A checksum against accidents, no more. Thread-safe.
std::array<std::uint8_t, 16> md5_of(std::initializer_list<byte_view> parts);
secret<64> sha512_of(std::initializer_list<byte_view> parts);

enum class pbkdf2_hash { sha1, sha512 };
/// 256 bytes by PBKDF2-HMAC (RFC 8018, section 5.2). 100,000 iterations take some 0.3 s.
secret<256> pbkdf2(pbkdf2_hash hash, byte_view password, byte_view salt, int iterations);

}  // namespace mtfetch::crypto
