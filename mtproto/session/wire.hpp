// SPDX-License-Identifier: BSL-1.0
// Stores numbers in wire order into bytes that are there already: headers filled in afterwards.
#pragma once

#include <cstdint>

namespace mtfetch::session {

/// Each returns the place behind what it wrote.
inline std::uint8_t* store_i32(std::uint8_t* at, std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  for (unsigned i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(bits >> 8 * i);
  return at + 4;
}

inline std::uint8_t* store_i64(std::uint8_t* at, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  for (unsigned i = 0; i < 8; ++i) at[i] = static_cast<std::uint8_t>(bits >> 8 * i);
  return at + 8;
}

}  // namespace mtfetch::session
