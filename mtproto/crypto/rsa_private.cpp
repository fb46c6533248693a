// SPDX-License-Identifier: BSL-1.0
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <new>
#include <stdexcept>

#include "mtproto/crypto/rsa.hpp"

namespace mtfetch::crypto {
namespace {

struct release {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(OSSL_DECODER_CTX* p) const { OSSL_DECODER_CTX_free(p); }
  void operator()(OSSL_ENCODER_CTX* p) const { OSSL_ENCODER_CTX_free(p); }
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(unsigned char* p) const { OPENSSL_free(p); }
};
template <class T>
using handle = std::unique_ptr<T, release>;

// Null for what is not PEM of an RSA key with the parts asked for. No passphrase is asked for: an
// encrypted key is refused. What OpenSSL notes about it is dropped, so that it cannot turn up in
// another's error.
handle<EVP_PKEY> read(std::string_view pem, int selection) {
  EVP_PKEY* key = nullptr;
  const handle<OSSL_DECODER_CTX> decoder(
      OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, "RSA", selection, nullptr, nullptr));
  if (!decoder) throw std::bad_alloc();
  auto data = reinterpret_cast<const unsigned char*>(pem.data());
  std::size_t left = pem.size();
  const bool good = OSSL_DECODER_from_data(decoder.get(), &data, &left) == 1;
  handle<EVP_PKEY> owned(key);
  if (!good) {
    ERR_clear_error();
    owned.reset();
  }
  return owned;
}

std::string write(const EVP_PKEY* key, int selection, const char* structure) {
  const handle<OSSL_ENCODER_CTX> encoder(
      OSSL_ENCODER_CTX_new_for_pkey(key, selection, "PEM", structure, nullptr));
  unsigned char* data = nullptr;
  std::size_t size = 0;
  if (!encoder || OSSL_ENCODER_to_data(encoder.get(), &data, &size) != 1) {
    throw std::runtime_error("OpenSSL cannot write the RSA key");
  }
  const handle<unsigned char> owned(data);
  std::string text(reinterpret_cast<const char*>(data), size);
  OPENSSL_cleanse(data, size);
  return text;
}

bytes number_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) return {};
  const handle<BIGNUM> owned(number);
  bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

result<rsa_public_key> public_part(const EVP_PKEY* key) {
  return rsa_public_key::from_numbers(number_of(key, OSSL_PKEY_PARAM_RSA_N),
                                      number_of(key, OSSL_PKEY_PARAM_RSA_E));
}

}  // namespace

result<rsa_public_key> rsa_public_key::from_pem(std::string_view pem) {
  const handle<EVP_PKEY> key = read(pem, EVP_PKEY_PUBLIC_KEY);
  if (!key) return protocol_errc::bad_value;
  return public_part(key.get());
}

struct rsa_private_key::state {
  handle<EVP_PKEY> key;
};

rsa_private_key::rsa_private_key(std::shared_ptr<const state> key, rsa_public_key public_key)
    : state_(std::move(key)), public_key_(std::move(public_key)) {}

result<rsa_private_key> rsa_private_key::from_state(std::shared_ptr<const state> key) {
  auto half = public_part(key->key.get());
  if (!half) return half.error();
  return rsa_private_key(std::move(key), *std::move(half));
}

rsa_private_key rsa_private_key::generate() {
  handle<EVP_PKEY> key(EVP_RSA_gen(2048));
  if (!key) throw std::runtime_error("OpenSSL cannot make an RSA key");
  return from_state(std::make_shared<const state>(state{std::move(key)})).value();
}

result<rsa_private_key> rsa_private_key::from_pem(std::string_view pem) {
  handle<EVP_PKEY> key = read(pem, EVP_PKEY_KEYPAIR);
  // The decoder also takes a public key where a pair was asked for.
  if (!key || number_of(key.get(), OSSL_PKEY_PARAM_RSA_D).empty()) {
    return protocol_errc::bad_value;
  }
  return from_state(std::make_shared<const state>(state{std::move(key)}));
}

std::string rsa_private_key::to_pem() const {
  return write(state_->key.get(), EVP_PKEY_KEYPAIR, "PrivateKeyInfo");
}

std::string rsa_private_key::public_pem() const {
  return write(state_->key.get(), EVP_PKEY_PUBLIC_KEY, "type-specific");
}

result<std::array<std::uint8_t, 256>> rsa_private_key::decrypt(byte_view block) const {
  std::array<std::uint8_t, 256> out{};
  std::size_t size = out.size();
  // A context a call: the key is shared between threads, a context may not be.
  const handle<EVP_PKEY_CTX> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, state_->key.get(), nullptr));
  if (!context) throw std::bad_alloc();
  const bool good =
      block.size() == out.size() && EVP_PKEY_decrypt_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
      EVP_PKEY_decrypt(context.get(), out.data(), &size, block.data(), block.size()) == 1;
  if (!good || size != out.size()) {
    ERR_clear_error();
    return security_errc::rsa_mismatch;
  }
  return out;
}

}  // namespace mtfetch::crypto
