// SPDX-License-Identifier: BSL-1.0
// What one would write with OpenSSL alone, done fairly: the measure of the crypto.* figures.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "mtproto/crypto/message_cipher.hpp"

namespace mtfetch::crypto {

/// One context kept for all messages, a key set a message, one update a block, one digest call. It
/// shares nothing with our own kernels but the derivation of the keys.
class evp_baseline {
 public:
  evp_baseline()
      : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free),
        cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-ECB", nullptr), EVP_CIPHER_free),
        digest_(EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free),
        hash_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {}

  bool open(byte_span packet, const auth_key& key, side sender) {
    message_key msg_key{};
    std::copy_n(packet.begin() + 8, msg_key.size(), msg_key.begin());
    const byte_span text = packet.subspan(packet_head);
    const aes_key_iv with = derive_v2(key, msg_key, sender);
    block ciphertext = load(with.iv.data());
    block plaintext = load(with.iv.data() + 16);
    begin(with, false);
    run(text, ciphertext, plaintext);
    return msg_key_of(text, key, sender) == msg_key;
  }

  void seal(byte_span packet, const auth_key& key, side sender) {
    const byte_span text = packet.subspan(packet_head);
    const message_key msg_key = msg_key_of(text, key, sender);
    const std::int64_t id = key.id();
    std::memcpy(packet.data(), &id, sizeof id);
    std::copy(msg_key.begin(), msg_key.end(), packet.begin() + 8);
    const aes_key_iv with = derive_v2(key, msg_key, sender);
    block ciphertext = load(with.iv.data());
    block plaintext = load(with.iv.data() + 16);
    begin(with, true);
    run(text, plaintext, ciphertext);
  }

 private:
  // One register: as two words it would be stored in two halves and read as one, which stalls.
  using block [[gnu::vector_size(16)]] = std::uint64_t;

  static block load(const std::uint8_t* from) {
    block value{};
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  void begin(const aes_key_iv& with, bool encrypt) {
    update_ = encrypt ? EVP_EncryptUpdate : EVP_DecryptUpdate;
    EVP_CipherInit_ex2(context_.get(), cipher_.get(), with.key.data(), nullptr, encrypt ? 1 : 0,
                       nullptr);
    EVP_CIPHER_CTX_set_padding(context_.get(), 0);
  }

  void run(byte_span text, block previous_in, block previous_out) {
    for (std::size_t at = 0; at < text.size(); at += 16) {
      const block in = load(text.data() + at);
      block work = in ^ previous_out;
      auto* raw = reinterpret_cast<std::uint8_t*>(&work);
      int written = 0;
      update_(context_.get(), raw, &written, raw, 16);
      previous_out = work ^ previous_in;
      previous_in = in;
      std::memcpy(text.data() + at, &previous_out, 16);
    }
  }

  message_key msg_key_of(byte_view text, const auth_key& key, side sender) {
    std::array<std::uint8_t, 32> large{};
    EVP_DigestInit_ex2(hash_.get(), digest_.get(), nullptr);
    EVP_DigestUpdate(hash_.get(), key.view().data() + (sender == side::client ? 88 : 96), 32);
    EVP_DigestUpdate(hash_.get(), text.data(), text.size());
    EVP_DigestFinal_ex(hash_.get(), large.data(), nullptr);
    message_key out{};
    std::copy_n(large.begin() + 8, out.size(), out.begin());
    return out;
  }

  decltype(&EVP_EncryptUpdate) update_ = nullptr;
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
  std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> cipher_;
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> digest_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash_;
};

}  // namespace mtfetch::crypto
