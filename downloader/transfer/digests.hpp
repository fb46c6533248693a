// SPDX-License-Identifier: BSL-1.0
// The SHA-256 of what arrived, window by window, and in hex.
#pragma once

#include "downloader/engine/integrity.hpp"
#include "downloader/engine/part_rules.hpp"

#include <mtfetch/bytes.hpp>

#include <string>
#include <vector>

namespace mtfetch::transfer {

/// The windows that a part consists of, hashed. It begins and ends with a window, or with the file.
std::vector<engine::window_record> hash_windows(const engine::part& what, byte_view data);

/// Lower-case digits.
std::string hex(byte_view data);

}  // namespace mtfetch::transfer
