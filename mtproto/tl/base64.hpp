// SPDX-License-Identifier: BSL-1.0
// Bytes as base64 text, both alphabets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mtfetch/bytes.hpp"

namespace mtfetch::tl {

/// RFC 4648 section 4, padded with `=`.
std::string to_base64(byte_view data);

/// Reads the standard and the URL-safe alphabet, with or without padding; nothing for anything
/// else, a stray character or bits behind the last byte included.
std::optional<bytes> from_base64(std::string_view text);

}  // namespace mtfetch::tl
