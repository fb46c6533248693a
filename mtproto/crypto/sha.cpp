// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/sha.hpp"

#include <openssl/evp.h>

#include <new>
#include <stdexcept>
#include <utility>

namespace mtfetch::crypto {
namespace {

struct release {
  void operator()(EVP_MD* p) const { EVP_MD_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
};
using algorithm = std::unique_ptr<EVP_MD, release>;

// OpenSSL 3 looks an algorithm up by name at every use unless it is fetched before; that costs more
// than hashing a small message. A fetched one is constant and may be shared by all threads.
const EVP_MD* sha1_algorithm() {
  static const algorithm fetched(EVP_MD_fetch(nullptr, "SHA1", nullptr));
  if (!fetched) throw std::runtime_error("OpenSSL has no SHA-1");
  return fetched.get();
}

const EVP_MD* sha256_algorithm() {
  static const algorithm fetched(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  if (!fetched) throw std::runtime_error("OpenSSL has no SHA-256");
  return fetched.get();
}

class hasher {
 public:
  explicit hasher(const EVP_MD* md) : md_(md), context_(EVP_MD_CTX_new()) {
    if (!context_) throw std::bad_alloc();
    begin();
  }
  void begin() {
    if (EVP_DigestInit_ex2(context_.get(), md_, nullptr) != 1) throw std::bad_alloc();
  }
  void update(byte_view part) {
    if (EVP_DigestUpdate(context_.get(), part.data(), part.size()) != 1) throw std::bad_alloc();
  }
  template <class Digest>
  Digest finish() {
    Digest digest;
    if (EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) throw std::bad_alloc();
    return digest;
  }

 private:
  const EVP_MD* md_;
  std::unique_ptr<EVP_MD_CTX, release> context_;
};

// A context a thread is kept and begun anew for every hash: making one allocates twice, and the key
// derivation hashes five times a packet. Nothing can be seen of it from outside: each call begins
// from the start, and OpenSSL wipes its buffer of unhashed bytes when a hash ends.
template <class Digest>
Digest hash_parts(hasher& with, std::initializer_list<byte_view> parts) {
  with.begin();
  for (const byte_view part : parts) with.update(part);
  return with.finish<Digest>();
}

}  // namespace

sha1_digest sha1_of(std::initializer_list<byte_view> parts) {
  thread_local hasher kept(sha1_algorithm());
  return hash_parts<sha1_digest>(kept, parts);
}

sha256_digest sha256_of(std::initializer_list<byte_view> parts) {
  thread_local hasher kept(sha256_algorithm());
  return hash_parts<sha256_digest>(kept, parts);
}

struct sha256_stream::state {
  hasher hash{sha256_algorithm()};
  bool begun = true;
};

sha256_stream::sha256_stream() : state_(std::make_unique<state>()) {}
sha256_stream::sha256_stream(sha256_stream&&) noexcept = default;
sha256_stream& sha256_stream::operator=(sha256_stream&&) noexcept = default;
sha256_stream::~sha256_stream() = default;

void sha256_stream::restart() {
  state_->begun = false;
}

void sha256_stream::update(byte_view data) {
  if (!std::exchange(state_->begun, true)) state_->hash.begin();
  state_->hash.update(data);
}

sha256_digest sha256_stream::finish() {
  if (!std::exchange(state_->begun, false)) state_->hash.begin();
  return state_->hash.finish<sha256_digest>();
}

}  // namespace mtfetch::crypto
