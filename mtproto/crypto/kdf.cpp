// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/kdf.hpp"

#include <algorithm>
#include <stdexcept>

#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {
namespace {

std::size_t offset_of(side sender) {
  return sender == side::client ? 0 : 8;
}

// Puts parts of hashes behind one another.
class filler {
 public:
  explicit filler(byte_span to) : to_(to) {}
  filler& put(byte_view from, std::size_t begin, std::size_t end) {
    std::copy(from.begin() + static_cast<std::ptrdiff_t>(begin),
              from.begin() + static_cast<std::ptrdiff_t>(end), to_.begin());
    to_ = to_.subspan(end - begin);
    return *this;
  }

 private:
  byte_span to_;
};

}  // namespace

std::array<std::uint8_t, 32> message_key_large(byte_view plaintext, const auth_key& key,
                                               side sender) {
  return sha256(key.view().subspan(88 + offset_of(sender), 32), plaintext);
}

aes_key_iv derive_v2(const auth_key& key, const message_key& msg_key, side sender) {
  const std::size_t x = offset_of(sender);
  const byte_view k = key.view();
  sha256_digest a = sha256(msg_key, k.subspan(x, 36));
  sha256_digest b = sha256(k.subspan(40 + x, 36), msg_key);
  aes_key_iv out = assemble_v2(a, b);
  wipe(a);
  wipe(b);
  return out;
}

aes_key_iv assemble_v2(const sha256_digest& a, const sha256_digest& b) {
  aes_key_iv out;
  filler(out.key.span()).put(a, 0, 8).put(b, 8, 24).put(a, 24, 32);
  filler(out.iv.span()).put(b, 0, 8).put(a, 8, 24).put(b, 24, 32);
  return out;
}

message_key message_key_v1(byte_view plaintext) {
  const sha1_digest hash = sha1(plaintext);
  message_key out{};
  std::copy(hash.begin() + 4, hash.end(), out.begin());
  return out;
}

aes_key_iv derive_v1(byte_view key, const message_key& msg_key, side sender) {
  if (key.size() < 136) throw std::invalid_argument("the key of MTProto 1.0 is too short");
  const byte_view k = key.subspan(offset_of(sender));
  sha1_digest a = sha1(msg_key, k.subspan(0, 32));
  sha1_digest b = sha1(k.subspan(32, 16), msg_key, k.subspan(48, 16));
  sha1_digest c = sha1(k.subspan(64, 32), msg_key);
  sha1_digest d = sha1(msg_key, k.subspan(96, 32));
  aes_key_iv out;
  filler(out.key.span()).put(a, 0, 8).put(b, 8, 20).put(c, 4, 16);
  filler(out.iv.span()).put(a, 8, 20).put(b, 0, 8).put(c, 16, 20).put(d, 0, 8);
  for (sha1_digest* hash : {&a, &b, &c, &d}) wipe(*hash);
  return out;
}

aes_key_iv tmp_aes_key_iv(byte_view new_nonce, byte_view server_nonce) {
  sha1_digest ns = sha1(new_nonce, server_nonce);
  sha1_digest sn = sha1(server_nonce, new_nonce);
  sha1_digest nn = sha1(new_nonce, new_nonce);
  aes_key_iv out;
  filler(out.key.span()).put(ns, 0, 20).put(sn, 0, 12);
  filler(out.iv.span()).put(sn, 12, 20).put(nn, 0, 20).put(new_nonce, 0, 4);
  for (sha1_digest* hash : {&ns, &sn, &nn}) wipe(*hash);
  return out;
}

}  // namespace mtfetch::crypto
