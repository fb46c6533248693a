// SPDX-License-Identifier: BSL-1.0
// SHA-1 and SHA-256 by OpenSSL, in a context that is used again. Private to crypto.
#pragma once

#include <openssl/evp.h>
#include <openssl/types.h>

#include <memory>
#include <mtfetch/bytes.hpp>

namespace mtfetch::crypto {

/// Throws std::bad_alloc, and std::runtime_error where OpenSSL lacks the algorithm.
class openssl_hash {
 public:
  explicit openssl_hash(const EVP_MD* algorithm);
  void begin();
  void update(byte_view part);
  template <class Digest>
  Digest finish() {
    Digest digest;
    finish_into(digest.data());
    return digest;
  }

  static const EVP_MD* sha1();
  static const EVP_MD* sha256();

 private:
  struct release {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  void finish_into(std::uint8_t* digest);

  const EVP_MD* algorithm_;
  std::unique_ptr<EVP_MD_CTX, release> context_;
};

}  // namespace mtfetch::crypto
