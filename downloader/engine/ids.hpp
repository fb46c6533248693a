// SPDX-License-Identifier: BSL-1.0
// Names of the things the engine speaks of, as types that cannot be swapped for each other.
#pragma once

#include <array>
#include <cstdint>

namespace mtfetch::engine {

enum class file_id : std::uint32_t {};
enum class connection_id : std::uint32_t {};
enum class request_id : std::uint64_t {};

using digest = std::array<std::uint8_t, 32>;  ///< a SHA-256

inline constexpr std::int64_t kib = 1024;
inline constexpr std::int64_t mib = 1024 * kib;

/// What one fileHash of Telegram covers; the last one of a file covers what is left.
/// https://core.telegram.org/type/FileHash
inline constexpr std::int64_t hash_window = 128 * kib;

}  // namespace mtfetch::engine
