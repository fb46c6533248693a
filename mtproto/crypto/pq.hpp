// SPDX-License-Identifier: BSL-1.0
// Splits the pq of resPQ: the client's proof of work.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <utility>

namespace mtfetch::crypto {

/// The two primes of pq, the smaller one first. Nothing when pq is 2^63 or more, prime, or the
/// product of other than two primes. A square gives its root twice. The same pq takes the same
/// time: nothing random is in it. Typically below 1 ms.
/// https://core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication
std::optional<std::pair<std::uint64_t, std::uint64_t>> factorize(std::uint64_t pq);

/// Whether n is prime; certain for every 64-bit number.
bool is_prime(std::uint64_t n);

/// pq, p and q travel as big-endian numbers without leading zeros. Nothing for more than 8 bytes.
std::optional<std::uint64_t> number_from_bytes(byte_view big_endian);
bytes number_to_bytes(std::uint64_t number);

}  // namespace mtfetch::crypto
