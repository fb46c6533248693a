// SPDX-License-Identifier: BSL-1.0
// The operating system's randomness as a random_source.
#pragma once

#include <mtfetch/bytes.hpp>

namespace mtfetch::crypto {

/// A source for nonces, exponents and padding: OpenSSL's generator, seeded by the operating system.
/// May be called from several threads at once. A call throws std::runtime_error when the system
/// has no randomness to give: nothing may go on without it.
random_source system_random();

}  // namespace mtfetch::crypto
