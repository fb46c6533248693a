// SPDX-License-Identifier: BSL-1.0
// The 16-bit numbers of records and proxies: lengths and ports in network order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>

namespace mtfetch::transport {

/// The first two bytes of `from`, which has them.
inline std::uint16_t load_big_u16(byte_view from) {
  return static_cast<std::uint16_t>(from[0] << 8 | from[1]);
}

/// `value` is below 2^16: a port, or a length that was checked.
inline void append_big_u16(bytes& to, std::size_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace mtfetch::transport
