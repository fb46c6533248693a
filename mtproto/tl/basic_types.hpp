// SPDX-License-Identifier: BSL-1.0
// The TL types that C++ has no type of its own for. Light: all generated headers include it.
#pragma once

#include <array>
#include <cstdint>

#include "mtfetch/shared_bytes.hpp"

namespace mtfetch::tl {

/// TL int128 and int256: raw bytes in wire order, leading zeros significant.
using int128 = std::array<std::uint8_t, 16>;
using int256 = std::array<std::uint8_t, 32>;

/// A serialized value whose type the schema leaves open: `!X` queries and `Object` results.
using raw = shared_bytes;

inline constexpr std::uint32_t vector_id = 0x1cb5c415;
inline constexpr std::uint32_t bool_true_id = 0x997275b5;
inline constexpr std::uint32_t bool_false_id = 0xbc799737;

}  // namespace mtfetch::tl
