// SPDX-License-Identifier: BSL-1.0
// Bytes, and where random ones come from.
#pragma once

#include <algorithm>
#include <functional>

#include <mtfetch/shared_bytes.hpp>

namespace mtfetch {

/// Fills the span with random bytes. State machines are handed one; `crypto::system_random()` is
/// the one of the operating system, tests hand in a seeded one.
using random_source = std::function<void(byte_span)>;

}  // namespace mtfetch
