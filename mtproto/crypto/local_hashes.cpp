// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/local_hashes.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace mtfetch::crypto {
namespace {

void hash_into(const EVP_MD* algorithm, std::initializer_list<byte_view> parts, byte_span out) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool done = context && EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1;
  for (const byte_view part : parts) {
    done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  done = done && EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1;
  if (!done) throw std::runtime_error("this OpenSSL lacks a hash");
}

}  // namespace

std::array<std::uint8_t, 16> md5_of(std::initializer_list<byte_view> parts) {
  std::array<std::uint8_t, 16> out{};
  hash_into(EVP_md5(), parts, out);
  return out;
}

secret<64> sha512_of(std::initializer_list<byte_view> parts) {
  secret<64> out;
  hash_into(EVP_sha512(), parts, out.span());
  return out;
}

secret<256> pbkdf2(pbkdf2_hash hash, byte_view password, byte_view salt, int iterations) {
  secret<256> out;
  const EVP_MD* algorithm = hash == pbkdf2_hash::sha1 ? EVP_sha1() : EVP_sha512();
  // A null password would be taken as "none given" by some versions.
  const char* text = password.empty() ? "" : reinterpret_cast<const char*>(password.data());
  if (PKCS5_PBKDF2_HMAC(text, static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), iterations, algorithm,
                        static_cast<int>(out.size()), out.data()) != 1) {
    throw std::runtime_error("this OpenSSL lacks PBKDF2");
  }
  return out;
}

}  // namespace mtfetch::crypto
