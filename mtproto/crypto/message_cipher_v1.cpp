// SPDX-License-Identifier: BSL-1.0
#include <algorithm>

#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/little_endian.hpp"
#include "mtproto/crypto/message_cipher.hpp"

namespace mtfetch::crypto {
namespace {

// 16 bytes in place of salt and session, msg_id, seqno, length.
constexpr std::size_t head_v1 = 32;

}  // namespace

bytes seal_v1(byte_view plaintext, const auth_key& key, const random_source& random) {
  const message_key msg_key = message_key_v1(plaintext);
  bytes packet(packet_head + (plaintext.size() + 15) / 16 * 16);
  store_i64(packet.data(), key.id());
  std::copy(msg_key.begin(), msg_key.end(), packet.begin() + 8);
  const byte_span text = byte_span(packet).subspan(packet_head);
  std::copy(plaintext.begin(), plaintext.end(), text.begin());
  random(text.subspan(plaintext.size()));
  const aes_key_iv with = derive_v1(key.view(), msg_key, side::client);
  ige_encrypt(text, with.key, with.iv);
  return packet;
}

result<bytes> open_v1(byte_view packet, const auth_key& key) {
  if (packet.size() < packet_head + head_v1 || (packet.size() - packet_head) % 16 != 0 ||
      load_i64(packet.data()) != key.id()) {
    return security_errc::bad_packet;
  }
  message_key msg_key{};
  std::copy_n(packet.begin() + 8, msg_key.size(), msg_key.begin());
  const aes_key_iv with = derive_v1(key.view(), msg_key, side::client);
  bytes text(packet.begin() + packet_head, packet.end());
  ige_decrypt(text, with.key, with.iv);
  // MTProto 1.0 hashes the text without its padding, so the length must be believed before the hash
  // can be checked. It is only used to cut, and only within what is there.
  const std::size_t size = load_u32(text.data() + 28);
  if (size > text.size() - head_v1 || text.size() - head_v1 - size > 15) {
    return security_errc::bad_packet;
  }
  text.resize(head_v1 + size);
  if (!equal_in_constant_time(message_key_v1(text), msg_key)) return security_errc::bad_packet;
  return text;
}

}  // namespace mtfetch::crypto
