// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/aes_ctr.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace mtfetch::crypto {
namespace {

struct release {
  void operator()(EVP_CIPHER* p) const { EVP_CIPHER_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};

// Fetched once, constant and shared.
const EVP_CIPHER* ctr() {
  static const std::unique_ptr<EVP_CIPHER, release> fetched(
      EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr));
  if (!fetched) throw std::runtime_error("OpenSSL has no AES-256-CTR");
  return fetched.get();
}

}  // namespace

struct aes_ctr::state {
  std::unique_ptr<EVP_CIPHER_CTX, release> context{EVP_CIPHER_CTX_new()};
};

aes_ctr::aes_ctr(byte_view key, byte_view iv) : state_(std::make_unique<state>()) {
  if (key.size() != 32 || iv.size() != 16) {
    throw std::invalid_argument("AES-256-CTR needs a key of 32 bytes and a counter of 16");
  }
  if (!state_->context ||
      EVP_EncryptInit_ex2(state_->context.get(), ctr(), key.data(), iv.data(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

aes_ctr::aes_ctr(aes_ctr&&) noexcept = default;
aes_ctr& aes_ctr::operator=(aes_ctr&&) noexcept = default;
aes_ctr::~aes_ctr() = default;

void aes_ctr::apply(byte_span data) {
  // OpenSSL counts in int: larger spans go in pieces.
  constexpr std::size_t step = 1U << 30;
  while (!data.empty()) {
    const std::size_t now = std::min(data.size(), step);
    int written = 0;
    if (EVP_EncryptUpdate(state_->context.get(), data.data(), &written, data.data(),
                          static_cast<int>(now)) != 1) {
      throw std::bad_alloc();
    }
    data = data.subspan(now);
  }
}

}  // namespace mtfetch::crypto
