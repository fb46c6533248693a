// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/base64.hpp"

namespace mtfetch::tl {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint32_t> sextet_of(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return std::nullopt;
}

}  // namespace

std::string to_base64(byte_view data) {
  std::string text;
  text.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < here ? data[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= here ? alphabet[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

std::optional<bytes> from_base64(std::string_view text) {
  const std::size_t padded = text.size();
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  const std::size_t padding = padded - text.size();
  if (text.size() % 4 == 1 || (padding != 0 && (padding > 2 || padded % 4 != 0))) {
    return std::nullopt;
  }
  bytes data;
  data.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto sextet = sextet_of(c);
    if (!sextet) return std::nullopt;
    bits = bits << 6 | *sextet;
    held += 6;
    if (held >= 8) {
      held -= 8;
      data.push_back(static_cast<std::uint8_t>(bits >> held));
      bits &= (1U << held) - 1;
    }
  }
  if (bits != 0) return std::nullopt;
  return data;
}

}  // namespace mtfetch::tl
