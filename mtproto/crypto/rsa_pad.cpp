// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/rsa_pad.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {
namespace {

constexpr std::size_t padded_size = 192;
constexpr std::size_t hash_size = 32;
constexpr std::size_t key_size = 32;
constexpr std::array<std::uint8_t, 32> zero_iv{};

using text_span = std::span<std::uint8_t, padded_size + hash_size>;

void xor_into(byte_span to, byte_view with) {
  std::transform(to.begin(), to.end(), with.begin(), to.begin(),
                 [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
}

bool below(byte_view a, byte_view b) {
  return std::ranges::lexicographical_compare(a, b);
}

}  // namespace

std::array<std::uint8_t, 256> rsa_pad(byte_view data, const rsa_public_key& key,
                                      const random_source& random) {
  if (data.size() > rsa_pad_max_data) throw std::length_error("RSA_PAD takes 144 bytes at most");
  secret<padded_size> padded;
  std::copy(data.begin(), data.end(), padded.data());
  random(padded.span().subspan(data.size()));

  secret<256> block;
  const auto temp_key = block.span().first<key_size>();
  const auto text = block.span().subspan<key_size, padded_size + hash_size>();
  std::uint8_t attempt = 0;
  do {
    // As a number the block must be below n; another temporary key gives another block. The
    // attempt is mixed in so that a test's source that repeats itself comes to an end too.
    random(temp_key);
    temp_key[0] = static_cast<std::uint8_t>(temp_key[0] ^ attempt++);
    const sha256_digest hash = sha256(temp_key, padded);
    std::reverse_copy(padded.view().begin(), padded.view().end(), text.begin());
    std::copy(hash.begin(), hash.end(), text.begin() + padded_size);
    ige_encrypt(text, temp_key, zero_iv);
    xor_into(temp_key, sha256(text));
  } while (!below(block, key.n()));
  return key.encrypt(block);
}

result<bytes> rsa_unpad(byte_view block, const rsa_private_key& key) {
  auto opened = key.decrypt(block);
  if (!opened) return opened.error();
  const wipe_at_exit wiped(*opened);
  const auto temp_key = std::span(*opened).first<key_size>();
  const auto text = std::span(*opened).subspan<key_size>();
  xor_into(temp_key, sha256(text));
  ige_decrypt(text, temp_key, zero_iv);
  const auto padded = text.first<padded_size>();
  std::ranges::reverse(padded);
  if (!equal_in_constant_time(sha256(temp_key, padded), text.subspan<padded_size>())) {
    return security_errc::rsa_mismatch;
  }
  return bytes(padded.begin(), padded.end());
}

std::array<std::uint8_t, 256> rsa_sha1_pad(byte_view data, const rsa_public_key& key,
                                           const random_source& random) {
  if (data.size() > rsa_sha1_max_data) throw std::length_error("235 bytes is the most");
  // 255 bytes below a zero byte: always less than n.
  secret<256> block;
  const sha1_digest hash = sha1(data);
  std::copy(hash.begin(), hash.end(), block.data() + 1);
  std::copy(data.begin(), data.end(), block.data() + 1 + hash.size());
  random(block.span().subspan(1 + hash.size() + data.size()));
  return key.encrypt(block);
}

bool rsa_sha1_content::matches(std::size_t size) const {
  return size <= data.size() && equal_in_constant_time(sha1(byte_view(data).first(size)), hash);
}

result<rsa_sha1_content> rsa_sha1_unpad(byte_view block, const rsa_private_key& key) {
  auto opened = key.decrypt(block);
  if (!opened) return opened.error();
  const wipe_at_exit wiped(*opened);
  if ((*opened)[0] != 0) return security_errc::rsa_mismatch;
  rsa_sha1_content content;
  std::copy_n(opened->begin() + 1, content.hash.size(), content.hash.begin());
  content.data.assign(opened->begin() + 1 + content.hash.size(), opened->end());
  return content;
}

}  // namespace mtfetch::crypto
