// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/auth_key.hpp"

#include <algorithm>

#include "mtproto/crypto/little_endian.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {

auth_key::auth_key(const std::array<std::uint8_t, 256>& key)
    : key_(std::span<const std::uint8_t, 256>(key)) {
  const sha1_digest hash = sha1(key_);
  aux_hash_ = load_i64(hash.data());
  id_ = load_i64(hash.data() + 12);
}

std::array<std::uint8_t, 16> auth_key::new_nonce_hash(byte_view new_nonce,
                                                      std::uint8_t number) const {
  std::array<std::uint8_t, 8> aux{};
  store_i64(aux.data(), aux_hash_);
  const std::array<std::uint8_t, 1> one_byte{number};
  const sha1_digest hash = sha1(new_nonce, one_byte, aux);
  std::array<std::uint8_t, 16> out{};
  std::copy(hash.begin() + 4, hash.end(), out.begin());
  return out;
}

}  // namespace mtfetch::crypto
