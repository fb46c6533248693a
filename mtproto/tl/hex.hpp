// SPDX-License-Identifier: BSL-1.0
// Bytes as hexadecimal text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mtfetch/bytes.hpp"

namespace mtfetch::tl {

/// Two lower-case digits a byte.
inline std::string to_hex(byte_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(data.size() * 2);
  for (const std::uint8_t byte : data) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

/// Digits of either case, an even number of them and nothing else; otherwise nothing.
inline std::optional<bytes> from_hex(std::string_view text) {
  const auto digit_of = [](char c) -> unsigned {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  bytes data;
  data.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const unsigned high = digit_of(text[i]);
    const unsigned low = digit_of(text[i + 1]);
    if (high > 15 || low > 15) return std::nullopt;
    data.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return data;
}

}  // namespace mtfetch::tl
