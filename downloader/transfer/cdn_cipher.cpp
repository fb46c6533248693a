// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/cdn_cipher.hpp"

#include "mtproto/crypto/aes_ctr.hpp"

#include <array>
#include <utility>

namespace mtfetch::transfer {

shared_bytes decrypted(const cdn_redirect& by, std::int64_t offset, byte_view data) {
  constexpr std::int64_t block_size = 16;
  auto counter = by.iv;
  const auto block = static_cast<std::uint32_t>(offset / block_size);
  for (std::size_t i = 0; i < 4; ++i) {
    counter[12 + i] = static_cast<std::uint8_t>(block >> (24 - 8 * i));
  }
  crypto::aes_ctr cipher(by.key, counter);
  // A part begins with a block; any other offset lies within one.
  std::array<std::uint8_t, block_size> passed_over{};
  cipher.apply(byte_span(passed_over).first(static_cast<std::size_t>(offset % block_size)));
  bytes plain(data.begin(), data.end());
  cipher.apply(plain);
  return shared_bytes(std::move(plain));
}

}  // namespace mtfetch::transfer
