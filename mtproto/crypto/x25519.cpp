// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/x25519.hpp"

#include <openssl/evp.h>

#include <memory>
#include <new>

namespace mtfetch::crypto {

std::array<std::uint8_t, 32> x25519_public_key(std::span<const std::uint8_t, 32> private_key) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, private_key.data(),
                                   private_key.size()),
      &EVP_PKEY_free);
  std::array<std::uint8_t, 32> out{};
  std::size_t size = out.size();
  if (!pair || EVP_PKEY_get_raw_public_key(pair.get(), out.data(), &size) != 1) {
    throw std::bad_alloc();  // any 32 bytes are a key: nothing else can fail
  }
  return out;
}

}  // namespace mtfetch::crypto
