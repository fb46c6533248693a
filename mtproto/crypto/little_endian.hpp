// SPDX-License-Identifier: BSL-1.0
// Numbers in the byte order of the wire, for the few that crypto itself reads. Private to crypto.
#pragma once

#include <cstdint>

namespace mtfetch::crypto {

inline std::uint32_t load_u32(const std::uint8_t* from) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | from[i];
  return value;
}

inline std::int64_t load_i64(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | from[i];
  return static_cast<std::int64_t>(value);
}

inline void store_i64(std::uint8_t* to, std::int64_t value) {
  auto left = static_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i, left >>= 8) to[i] = static_cast<std::uint8_t>(left);
}

}  // namespace mtfetch::crypto
