// SPDX-License-Identifier: BSL-1.0
// HMAC with SHA-256: RFC 2104.
#pragma once

#include <initializer_list>
#include <mtfetch/bytes.hpp>

#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {

/// The code of the parts as if they were one. Compare it with equal_in_constant_time. Thread-safe.
sha256_digest hmac_sha256(byte_view key, std::initializer_list<byte_view> parts);

}  // namespace mtfetch::crypto
