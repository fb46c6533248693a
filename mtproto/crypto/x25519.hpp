// SPDX-License-Identifier: BSL-1.0
// Public keys of X25519: RFC 7748.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <span>

namespace mtfetch::crypto {

/// The public key of 32 random bytes: a point of the curve, as a TLS client shows one. Thread-safe.
std::array<std::uint8_t, 32> x25519_public_key(std::span<const std::uint8_t, 32> private_key);

}  // namespace mtfetch::crypto
