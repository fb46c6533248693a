// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/openssl_hash.hpp"

#include <new>
#include <stdexcept>
#include <string>

namespace mtfetch::crypto {
namespace {

struct release {
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
};
using algorithm = std::unique_ptr<EVP_MD, release>;

// OpenSSL 3 looks an algorithm up by name at every use unless it is fetched before; that costs more
// than hashing a small message. A fetched one is constant and may be shared by all threads.
algorithm fetch(const char* name) {
  algorithm fetched(EVP_MD_fetch(nullptr, name, nullptr));
  if (!fetched) throw std::runtime_error("OpenSSL has no " + std::string(name));
  return fetched;
}

}  // namespace

const EVP_MD* openssl_hash::sha1() {
  static const algorithm fetched = fetch("SHA1");
  return fetched.get();
}

const EVP_MD* openssl_hash::sha256() {
  static const algorithm fetched = fetch("SHA256");
  return fetched.get();
}

openssl_hash::openssl_hash(const EVP_MD* algorithm)
    : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  begin();
}

void openssl_hash::begin() {
  if (EVP_DigestInit_ex2(context_.get(), algorithm_, nullptr) != 1) throw std::bad_alloc();
}

void openssl_hash::update(byte_view part) {
  if (EVP_DigestUpdate(context_.get(), part.data(), part.size()) != 1) throw std::bad_alloc();
}

void openssl_hash::finish_into(std::uint8_t* digest) {
  if (EVP_DigestFinal_ex(context_.get(), digest, nullptr) != 1) throw std::bad_alloc();
}

}  // namespace mtfetch::crypto
