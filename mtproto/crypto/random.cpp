// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/random.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace mtfetch::crypto {

random_source system_random() {
  return [](byte_span out) {
    // OpenSSL takes an int: no request of ours comes near its limit, but a span may be any size.
    constexpr std::size_t step = 1U << 20;
    while (!out.empty()) {
      const std::size_t now = std::min(out.size(), step);
      if (RAND_bytes(out.data(), static_cast<int>(now)) != 1) {
        throw std::runtime_error("the operating system gives no random bytes");
      }
      out = out.subspan(now);
    }
  };
}

}  // namespace mtfetch::crypto
