// SPDX-License-Identifier: BSL-1.0
#include "mtproto/crypto/message_cipher.hpp"

#include <algorithm>
#include <stdexcept>

#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/ige_kernels.hpp"
#include "mtproto/crypto/little_endian.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {
namespace {

// salt, session_id, msg_id, seqno, length and 12 bytes of padding, in whole blocks.
constexpr std::size_t smallest_text = 48;

message_key key_of(const sha256_digest& large) {
  message_key out{};
  std::copy_n(large.begin() + 8, out.size(), out.begin());
  return out;
}

message_key key_of(byte_view packet) {
  message_key out{};
  std::copy_n(packet.begin() + 8, out.size(), out.begin());
  return out;
}

// Decrypts the text in place and gives the hash of key part and plaintext: the whole work of
// opening a message, in one place, so that a kernel that does both at once can take it over.
// Piece by piece, so that the hash finds in the cache what the cipher has just left there.
sha256_digest decrypt_and_hash(byte_span text, const aes_key_iv& with, byte_view key_part) {
  constexpr std::size_t piece = std::size_t{16} << 10;
  // Kept by the thread, since making one allocates. Restarted, in case an exception once left it.
  thread_local sha256_stream hash;
  hash.restart();
  const ige_kernel& kernel = best_ige_kernel();
  secret<32> chain(with.iv);
  hash.update(key_part);
  while (!text.empty()) {
    const byte_span now = text.first(std::min(text.size(), piece));
    kernel.decrypt(now, with.key, chain.span());
    hash.update(now);
    text = text.subspan(now.size());
  }
  return hash.finish();
}

}  // namespace

void seal(byte_span packet, const auth_key& key, side sender) {
  if (packet.size() < packet_head + 16 || (packet.size() - packet_head) % 16 != 0) {
    throw std::invalid_argument("a packet to seal must have whole blocks");
  }
  const byte_span text = packet.subspan(packet_head);
  const message_key msg_key = key_of(message_key_large(text, key, sender));
  store_i64(packet.data(), key.id());
  std::copy(msg_key.begin(), msg_key.end(), packet.begin() + 8);
  const aes_key_iv with = derive_v2(key, msg_key, sender);
  ige_encrypt(text, with.key, with.iv);
}

std::error_code open(byte_span packet, const auth_key& key, side sender) {
  if (packet.size() < packet_head + smallest_text || (packet.size() - packet_head) % 16 != 0 ||
      load_i64(packet.data()) != key.id()) {
    return security_errc::bad_packet;
  }
  const message_key msg_key = key_of(byte_view(packet));
  const aes_key_iv with = derive_v2(key, msg_key, sender);
  const byte_view key_part = key.view().subspan(sender == side::client ? 88 : 96, 32);
  const sha256_digest large = decrypt_and_hash(packet.subspan(packet_head), with, key_part);
  if (!equal_in_constant_time(key_of(large), msg_key)) return security_errc::bad_packet;
  return {};
}

std::uint32_t quick_ack_token(byte_view plaintext, const auth_key& key, side sender) {
  return load_u32(message_key_large(plaintext, key, sender).data()) | 0x80000000U;
}

}  // namespace mtfetch::crypto
