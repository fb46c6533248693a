// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/rsa.hpp"

#include <algorithm>

#include "mtproto/crypto/big_number.hpp"
#include "mtproto/crypto/little_endian.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {
namespace {

bytes without_leading_zeros(byte_view number) {
  const auto first = std::find_if(number.begin(), number.end(), [](auto b) { return b != 0; });
  return {first, number.end()};
}

// The TL form of `bytes`, of which the fingerprint is the hash.
bytes tl_bytes(byte_view data) {
  bytes out;
  if (data.size() < 254) {
    out.push_back(static_cast<std::uint8_t>(data.size()));
  } else {
    out.push_back(254);
    for (int shift : {0, 8, 16}) out.push_back(static_cast<std::uint8_t>(data.size() >> shift));
  }
  out.insert(out.end(), data.begin(), data.end());
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

}  // namespace

rsa_public_key::rsa_public_key(bytes n, bytes e)
    : n_(std::move(n)),
      e_(std::move(e)),
      fingerprint_(load_i64(sha1(tl_bytes(n_), tl_bytes(e_)).data() + 12)) {}

result<rsa_public_key> rsa_public_key::from_numbers(byte_view n, byte_view e) {
  bytes modulus = without_leading_zeros(n);
  bytes exponent = without_leading_zeros(e);
  const bool n_fits = modulus.size() == 256 && modulus.front() >= 0x80 && modulus.back() % 2 == 1;
  const bool e_fits =
      !exponent.empty() && exponent.size() <= 8 && exponent.back() % 2 == 1 && exponent != bytes{1};
  if (!n_fits || !e_fits) return protocol_errc::bad_value;
  return rsa_public_key(std::move(modulus), std::move(exponent));
}

std::array<std::uint8_t, 256> rsa_public_key::encrypt(byte_view block) const {
  return big_number(block).power(big_number(e_), big_number(n_)).to_bytes();
}

}  // namespace mtfetch::crypto
