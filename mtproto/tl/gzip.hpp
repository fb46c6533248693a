// SPDX-License-Identifier: BSL-1.0
// Packs and unpacks what gzip_packed carries.
#pragma once

#include <cstddef>

#include "mtfetch/bytes.hpp"
#include "mtfetch/result.hpp"

namespace mtfetch::tl {

/// Inflates data in gzip or zlib framing (senders use both). Never holds more than `limit` bytes of
/// output: more is `gzip_too_large`. Damaged or cut data is `gzip_corrupt`. What follows the end
/// of the packed stream is not looked at.
result<bytes> gunzip(byte_view packed, std::size_t limit);

/// Deflates to gzip framing.
bytes gzip(byte_view data);

}  // namespace mtfetch::tl
