// SPDX-License-Identifier: BSL-1.0
// The 32-bit numbers of frame heads and trailers.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>

namespace mtfetch::transport {

/// The first four bytes of `from`, which has them.
inline std::uint32_t load_u32(byte_view from) {
  return static_cast<std::uint32_t>(from[0]) | static_cast<std::uint32_t>(from[1]) << 8 |
         static_cast<std::uint32_t>(from[2]) << 16 | static_cast<std::uint32_t>(from[3]) << 24;
}

inline void store_u32(byte_span to, std::uint32_t value) {
  to[0] = static_cast<std::uint8_t>(value);
  to[1] = static_cast<std::uint8_t>(value >> 8);
  to[2] = static_cast<std::uint8_t>(value >> 16);
  to[3] = static_cast<std::uint8_t>(value >> 24);
}

}  // namespace mtfetch::transport
