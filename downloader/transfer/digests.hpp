// SPDX-License-Identifier: BSL-1.0
// The SHA-256 of what arrived, window by window, and in hex.
#pragma once

#include "downloader/engine/integrity.hpp"
#include "downloader/engine/part_rules.hpp"
#include "mtproto/crypto/sha.hpp"

#include <mtfetch/bytes.hpp>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace mtfetch::transfer {

using hash_each = std::function<void(std::span<const byte_view>, std::span<engine::digest>)>;

/// The windows that a part consists of, hashed by `each`. It begins and ends with a window, or with
/// the file.
std::vector<engine::window_record> hash_windows(const engine::part& what, byte_view data,
                                                const hash_each& each = crypto::sha256_each);

/// Lower-case digits.
std::string hex(byte_view data);

}  // namespace mtfetch::transfer
