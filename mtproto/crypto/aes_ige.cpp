// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/aes_ige.hpp"

#include <algorithm>

#include "mtproto/crypto/ige_kernels.hpp"
#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

const ige_kernel& best_ige_kernel() {
  static const ige_kernel& best =
      aesni_ige_kernel() != nullptr ? *aesni_ige_kernel() : portable_ige_kernel();
  return best;
}

std::vector<ige_kernel> usable_ige_kernels() {
  std::vector<ige_kernel> usable;
  if (aesni_ige_kernel() != nullptr) usable.push_back(*aesni_ige_kernel());
  usable.push_back(portable_ige_kernel());
  return usable;
}

std::string_view ige_kernel_name() {
  return best_ige_kernel().name;
}

void ige_encrypt(byte_span data, key256 key, iv256 iv) {
  secret<32> chain(iv);
  best_ige_kernel().encrypt(data.first(data.size() / 16 * 16), key, chain.span());
}

void ige_decrypt(byte_span data, key256 key, iv256 iv) {
  secret<32> chain(iv);
  best_ige_kernel().decrypt(data.first(data.size() / 16 * 16), key, chain.span());
}

}  // namespace mtfetch::crypto
