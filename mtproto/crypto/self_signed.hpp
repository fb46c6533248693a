// SPDX-License-Identifier: BSL-1.0
// A certificate that vouches for itself: how the local data centre speaks TLS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch::crypto {

struct self_signed {
  std::string certificate;  ///< PEM; trusting it means to name it as an authority
  std::string private_key;  ///< PEM, of an elliptic curve (P-256)
};

/// Makes a new key and a certificate for these names and IP addresses, valid between two times in
/// Unix seconds. Throws std::runtime_error when OpenSSL cannot.
self_signed make_self_signed(const std::vector<std::string>& names, std::int64_t valid_from,
                             std::int64_t valid_until);

}  // namespace mtfetch::crypto
