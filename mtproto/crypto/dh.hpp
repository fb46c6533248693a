// SPDX-License-Identifier: BSL-1.0
// Diffie-Hellman in 2048 bits, with every check of the security guidelines.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>

namespace mtfetch::crypto {

/// What the caller remembers of an earlier test of the same prime.
enum class prime_verdict { untested, safe };

/// Checks dh_prime (big-endian) and g: 2048 bits, a safe prime, g a generator of its subgroup.
/// Telegram's well-known prime is compared; any other one is tested, which takes up to a second:
/// keep the outcome and hand it in the next time. security_errc::bad_dh_prime or
/// security_errc::bad_dh_generator (the prime is then a good one).
/// https://core.telegram.org/mtproto/security_guidelines#diffie-hellman-key-exchange
std::error_code check_group(byte_view prime, std::int32_t g,
                            prime_verdict known = prime_verdict::untested);

/// Checks g_a or g_b: 1 < value < prime - 1 and 2^1984 <= value <= prime - 2^1984. The prime has
/// passed check_group. security_errc::bad_dh_public.
std::error_code check_public(byte_view value, byte_view prime);

/// base^exponent mod prime, always 256 bytes big-endian. The exponent is treated as a secret
/// (constant time, wiped); so should the result be where it is one. The prime is odd and has at
/// most 256 bytes, std::invalid_argument otherwise.
std::array<std::uint8_t, 256> power(byte_view base, byte_view exponent, byte_view prime);
std::array<std::uint8_t, 256> power(std::int32_t g, byte_view exponent, byte_view prime);

/// The prime that Telegram's data centres have always used; g = 3, 4 and 7 go with it.
byte_view known_prime();

}  // namespace mtfetch::crypto
