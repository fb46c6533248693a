// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/srp_arithmetic.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <new>

#include "mtproto/crypto/big_number.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto::srp_arithmetic {
namespace {

constexpr int pbkdf2_rounds = 100'000;

secret<32> salted(byte_view data, byte_view salt) {
  sha256_digest hash = sha256(salt, data, salt);
  const wipe_at_exit wiped(hash);
  return secret<32>(hash);
}

secret<64> stretched(byte_view password, byte_view salt) {
  secret<64> out;
  if (PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(password.data()),
                        static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), pbkdf2_rounds, EVP_sha512(),
                        static_cast<int>(out.size()), out.data()) != 1) {
    throw std::bad_alloc();
  }
  return out;
}

number256 generator(const srp_params& params) {
  return big_number(static_cast<std::uint32_t>(params.g)).to_bytes();
}

// k = H(p, g): the multiplier that makes two guesses a run impossible.
big_number multiplier(const srp_params& params) {
  return big_number(byte_view(sha256(padded(params.p), generator(params))));
}

big_number scrambler(const number256& a_public, const number256& b_public) {
  return big_number(byte_view(sha256(a_public, b_public)));
}

secret<32> hash_of(const big_number& shared) {
  number256 raw = shared.to_bytes();
  const wipe_at_exit wiped_raw(raw);
  sha256_digest hash = sha256(raw);
  const wipe_at_exit wiped_hash(hash);
  return secret<32>(hash);
}

}  // namespace

number256 padded(byte_view number) {
  return big_number(number).to_bytes();
}

secret<32> password_hash(std::string_view password, byte_view salt1, byte_view salt2) {
  const secret<32> first = salted(salted(as_bytes(password), salt1), salt2);
  return salted(stretched(first, salt1), salt2);
}

number256 verifier(const srp_params& params, byte_view x) {
  return power(params.g, x, params.p);
}

number256 server_public(const srp_params& params, byte_view v, byte_view b) {
  const big_number p(params.p);
  const big_number masked = multiplier(params).times(big_number(v), p);
  return masked.plus(big_number(byte_view(power(params.g, b, params.p))), p).to_bytes();
}

secret<32> client_key(const srp_params& params, byte_view x, byte_view a, const number256& a_public,
                      const number256& b_public) {
  const big_number p(params.p);
  const big_number v(byte_view(verifier(params, x)));
  // B - k v = g^b, and S = (g^b)^(a + u x).
  const big_number unmasked =
      big_number(byte_view(b_public)).minus(multiplier(params).times(v, p), p);
  const big_number exponent = big_number(a) + scrambler(a_public, b_public).times(big_number(x));
  return hash_of(unmasked.power(exponent, p));
}

secret<32> server_key(const srp_params& params, byte_view v, byte_view b, const number256& a_public,
                      const number256& b_public) {
  const big_number p(params.p);
  // S = (A v^u)^b.
  const big_number mixed = big_number(byte_view(a_public))
                               .times(big_number(v).power(scrambler(a_public, b_public), p), p);
  return hash_of(mixed.power(big_number(b), p));
}

std::array<std::uint8_t, 32> proof(const srp_params& params, const number256& a_public,
                                   const number256& b_public, byte_view key) {
  sha256_digest group = sha256(padded(params.p));
  const sha256_digest g = sha256(generator(params));
  std::transform(group.begin(), group.end(), g.begin(), group.begin(),
                 [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
  return sha256(group, sha256(params.salt1), sha256(params.salt2), a_public, b_public, key);
}

}  // namespace mtfetch::crypto::srp_arithmetic
