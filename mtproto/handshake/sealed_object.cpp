// SPDX-License-Identifier: BSL-1.0
// Hash, padding and encryption of the exchange's inner objects.
#include "mtproto/handshake/sealed_object.hpp"

#include <algorithm>

#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::handshake {
namespace {

constexpr std::size_t block = 16;
constexpr std::size_t most_padding = 15;

}  // namespace

bytes hash_and_pad(byte_view object, const random_source& random) {
  const crypto::sha1_digest hash = crypto::sha1(object);
  const std::size_t used = hash.size() + object.size();
  bytes plaintext((used + block - 1) / block * block);
  std::ranges::copy(hash, plaintext.begin());
  std::ranges::copy(object, plaintext.begin() + hash.size());
  if (used < plaintext.size()) random(byte_span(plaintext).subspan(used));
  return plaintext;
}

void encrypt_object(byte_span plaintext, const crypto::aes_key_iv& keys) {
  crypto::ige_encrypt(plaintext, keys.key, keys.iv);
}

bytes decrypt_object(byte_view encrypted, const crypto::aes_key_iv& keys) {
  if (encrypted.size() <= object_hash_size || encrypted.size() % block != 0) return {};
  bytes plaintext(encrypted.begin(), encrypted.end());
  crypto::ige_decrypt(plaintext, keys.key, keys.iv);
  return plaintext;
}

bool is_intact(byte_view plaintext, std::size_t size) {
  const byte_view content = plaintext.subspan(object_hash_size);
  if (size > content.size() || content.size() - size > most_padding) return false;
  return crypto::equal_in_constant_time(plaintext.first(object_hash_size),
                                        crypto::sha1(content.first(size)));
}

}  // namespace mtfetch::handshake
