// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/secure.hpp"

#include <openssl/crypto.h>

namespace mtfetch::crypto {

void wipe(byte_span data) noexcept {
  OPENSSL_cleanse(data.data(), data.size());
}

void wipe(void* data, std::size_t size) noexcept {
  OPENSSL_cleanse(data, size);
}

bool equal_in_constant_time(byte_view a, byte_view b) noexcept {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace mtfetch::crypto
