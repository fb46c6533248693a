// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/hmac.hpp"

#include <algorithm>
#include <array>

#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {
namespace {

constexpr std::size_t block_size = 64;

}  // namespace

sha256_digest hmac_sha256(byte_view key, std::initializer_list<byte_view> parts) {
  std::array<std::uint8_t, block_size> pad{};
  const wipe_at_exit wiped(pad);
  if (key.size() > block_size) {
    std::ranges::copy(sha256(key), pad.begin());
  } else {
    std::ranges::copy(key, pad.begin());
  }
  for (std::uint8_t& b : pad) b ^= 0x36;
  sha256_stream inner;
  inner.update(pad);
  for (const byte_view part : parts) inner.update(part);
  for (std::uint8_t& b : pad) b ^= 0x36 ^ 0x5c;
  return sha256(pad, inner.finish());
}

}  // namespace mtfetch::crypto
