// SPDX-License-Identifier: BSL-1.0
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>

#include "mtproto/crypto/ige_kernels.hpp"

namespace mtfetch::crypto {
namespace {

struct release {
  void operator()(EVP_CIPHER* p) const { EVP_CIPHER_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, release>;

// Fetched once: the look-up by name costs more than a small message. It is constant and shared.
const EVP_CIPHER* ecb() {
  static const std::unique_ptr<EVP_CIPHER, release> fetched(
      EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr));
  if (!fetched) throw std::runtime_error("OpenSSL has no AES-256-ECB");
  return fetched.get();
}

// A context a call and not one a thread: it holds the key schedule, and freeing it wipes that.
context begin(key256 key, bool encrypt) {
  context made(EVP_CIPHER_CTX_new());
  if (!made ||
      EVP_CipherInit_ex2(made.get(), ecb(), key.data(), nullptr, encrypt ? 1 : 0, nullptr) != 1) {
    throw std::bad_alloc();
  }
  EVP_CIPHER_CTX_set_padding(made.get(), 0);
  return made;
}

// A block as two words: xor without a loop.
struct block {
  std::uint64_t low;
  std::uint64_t high;
  friend block operator^(block a, block b) { return {a.low ^ b.low, a.high ^ b.high}; }
};

block load(const std::uint8_t* from) {
  block value{};
  std::memcpy(&value, from, 16);
  return value;
}

void store(std::uint8_t* to, block value) {
  std::memcpy(to, &value, 16);
}

// IGE is the same in both directions: out = F(in ^ previous out) ^ previous in.
void run(EVP_CIPHER_CTX* with, byte_span data, block& previous_in, block& previous_out) {
  std::array<std::uint8_t, 16> work{};
  for (std::size_t at = 0; at < data.size(); at += 16) {
    const block in = load(data.data() + at);
    store(work.data(), in ^ previous_out);
    int written = 0;
    if (EVP_CipherUpdate(with, work.data(), &written, work.data(), 16) != 1) throw std::bad_alloc();
    previous_out = load(work.data()) ^ previous_in;
    previous_in = in;
    store(data.data() + at, previous_out);
  }
}

void encrypt(byte_span data, key256 key, ige_chain chain) {
  const context with = begin(key, true);
  block ciphertext = load(chain.data());
  block plaintext = load(chain.data() + 16);
  run(with.get(), data, plaintext, ciphertext);
  store(chain.data(), ciphertext);
  store(chain.data() + 16, plaintext);
}

void decrypt(byte_span data, key256 key, ige_chain chain) {
  const context with = begin(key, false);
  block ciphertext = load(chain.data());
  block plaintext = load(chain.data() + 16);
  run(with.get(), data, ciphertext, plaintext);
  store(chain.data(), ciphertext);
  store(chain.data() + 16, plaintext);
}

}  // namespace

const ige_kernel& portable_ige_kernel() {
  static constexpr ige_kernel kernel{"portable", encrypt, decrypt};
  return kernel;
}

}  // namespace mtfetch::crypto
