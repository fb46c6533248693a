// SPDX-License-Identifier: BSL-1.0
// Long numbers written as hex in the source, turned into bytes at compile time. Private to crypto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mtfetch::crypto {

/// Exactly N bytes; another length or character does not compile.
template <std::size_t N>
consteval std::array<std::uint8_t, N> from_hex(std::string_view digits) {
  if (digits.size() != 2 * N) throw "the number of digits does not fit";
  std::array<std::uint8_t, N> out{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const char c = digits[i];
    const bool decimal = c >= '0' && c <= '9';
    if (!decimal && (c < 'a' || c > 'f')) throw "not a lower-case hex digit";
    out[i / 2] = static_cast<std::uint8_t>(out[i / 2] << 4 | (decimal ? c - '0' : c - 'a' + 10));
  }
  return out;
}

}  // namespace mtfetch::crypto
