// SPDX-License-Identifier: BSL-1.0
// The bytes of documents: read from their files, or made from a seed.
#pragma once

#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>

#include "mtproto/testing/world/catalogue.hpp"
#include "mtproto/testing/world/open_files.hpp"

namespace mtfetch::testing {

/// Fills a span with the bytes from an offset on; false when they cannot be read. Any thread.
using content_reader = std::function<bool(std::int64_t offset, byte_span to)>;

/// Null when the file cannot be opened.
content_reader content_of(open_files& files, const document& of);

}  // namespace mtfetch::testing
