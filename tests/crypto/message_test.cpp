// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <random>

#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

auth_key key_of(const known_answer& known, const std::string& name = "auth_key") {
  return auth_key(known.fixed<256>(name));
}

side side_of(const known_answer& known) {
  return known.number("x") == 0 ? side::client : side::server;
}

bytes id_on_the_wire(const auth_key& key) {
  bytes out;
  for (int shift = 0; shift < 64; shift += 8) {
    out.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(key.id()) >> shift));
  }
  return out;
}

auth_key some_key(std::uint64_t seed) {
  std::array<std::uint8_t, 256> raw{};
  seeded_random(seed)(raw);
  return auth_key(raw);
}

bytes sealed(const auth_key& key, side sender, std::size_t text_size, std::uint64_t seed = 7) {
  bytes packet(packet_head + text_size);
  seeded_random(seed)(packet);
  seal(packet, key, sender);
  return packet;
}

TEST(auth_key, has_the_known_ids_and_nonce_hashes) {
  for (const known_answer& known : known_answers("auth_key")) {
    SCOPED_TRACE(known.name());
    const auth_key key = key_of(known);
    EXPECT_EQ(hex(id_on_the_wire(key)), known.text("auth_key_id_wire"));
    if (known.has("new_nonce")) {
      const bytes nonce = known.data("new_nonce");
      EXPECT_EQ(hex(key.new_nonce_hash(nonce, 1)), known.text("new_nonce_hash1"));
      EXPECT_EQ(hex(key.new_nonce_hash(nonce, 2)), known.text("new_nonce_hash2"));
      EXPECT_EQ(hex(key.new_nonce_hash(nonce, 3)), known.text("new_nonce_hash3"));
      const bytes aux = known.data("auth_key_aux_hash");
      std::uint64_t expected = 0;
      for (std::size_t i = 8; i-- > 0;) expected = expected << 8 | aux[i];
      EXPECT_EQ(static_cast<std::uint64_t>(key.aux_hash()), expected);
    }
    if (known.has("msg_key_slice_client_88_120")) {
      EXPECT_EQ(hex(key.view().subspan(88, 32)), known.text("msg_key_slice_client_88_120"));
      EXPECT_EQ(hex(key.view().subspan(96, 32)), known.text("msg_key_slice_server_96_128"));
    }
    EXPECT_EQ(key, key_of(known));
    EXPECT_NE(key, some_key(1));
  }
}

TEST(kdf, derives_the_known_keys_of_mtproto_2) {
  for (const known_answer& known : known_answers("kdf_v2")) {
    SCOPED_TRACE(known.name());
    const aes_key_iv derived = derive_v2(key_of(known), known.fixed<16>("msg_key"), side_of(known));
    EXPECT_EQ(hex(derived.key), known.text("aes_key"));
    EXPECT_EQ(hex(derived.iv), known.text("aes_iv"));
  }
}

TEST(kdf, derives_the_known_keys_of_mtproto_1) {
  for (const known_answer& known : known_answers("kdf_v1")) {
    SCOPED_TRACE(known.name());
    if (known.has("plaintext")) {
      EXPECT_EQ(hex(message_key_v1(known.data("plaintext"))), known.text("msg_key"));
      continue;
    }
    const aes_key_iv derived =
        derive_v1(known.data("auth_key"), known.fixed<16>("msg_key"), side_of(known));
    EXPECT_EQ(hex(derived.key), known.text("aes_key"));
    EXPECT_EQ(hex(derived.iv), known.text("aes_iv"));
  }
  EXPECT_THROW(derive_v1(bytes(135), message_key{}, side::server), std::invalid_argument);
}

TEST(kdf, derives_the_known_keys_of_the_handshake) {
  for (const known_answer& known : known_answers("tmp_aes_key_iv")) {
    SCOPED_TRACE(known.name());
    const aes_key_iv derived = tmp_aes_key_iv(known.data("new_nonce"), known.data("server_nonce"));
    EXPECT_EQ(hex(derived.key), known.text("tmp_aes_key"));
    EXPECT_EQ(hex(derived.iv), known.text("tmp_aes_iv"));
  }
}

TEST(message_cipher, seals_the_known_messages) {
  for (const char* id : {"encrypt_v2_client", "encrypt_v2_client_mtcute"}) {
    SCOPED_TRACE(id);
    const known_answer known = known_answer_of("mtproto2_message", id);
    bytes text = known.data("plaintext");
    // One case gives the text with its padding, the other apart.
    if (text.size() % 16 != 0) {
      const bytes padding = known.data("padding");
      text.insert(text.end(), padding.begin(), padding.end());
    }
    bytes packet(packet_head);
    packet.insert(packet.end(), text.begin(), text.end());
    seal(packet, key_of(known), side_of(known));
    EXPECT_EQ(hex(packet), known.text("packet"));
    EXPECT_FALSE(open(packet, key_of(known), side_of(known)));
    EXPECT_EQ(hex(byte_view(packet).subspan(packet_head)), hex(text));
  }
}

TEST(message_cipher, opens_the_known_messages) {
  for (const known_answer& known : known_answers("mtproto2_message")) {
    if (!known.has("packet") || known.number("x") != 8) continue;
    SCOPED_TRACE(known.name());
    bytes packet = known.data("packet");
    const std::error_code outcome = open(packet, key_of(known), side::server);
    if (known.name().ends_with("bad_msg_key")) {
      EXPECT_EQ(outcome, security_errc::bad_packet);
      continue;
    }
    // A wrong session or length inside is the session's to find: the cipher itself is right.
    EXPECT_FALSE(outcome);
    const std::string text = hex(byte_view(packet).subspan(packet_head));
    EXPECT_EQ(text, known.text(known.has("decrypted") ? "decrypted" : "plaintext"));
  }
}

TEST(message_cipher, gives_the_known_quick_ack_tokens) {
  for (const known_answer& known : known_answers("quick_ack")) {
    SCOPED_TRACE(known.name());
    const auth_key key = key_of(known);
    const bytes text = known.data("plaintext");
    EXPECT_EQ(hex(message_key_large(text, key, side::client)), known.text("msg_key_large"));
    EXPECT_EQ(quick_ack_token(text, key), std::stoul(known.text("token_u32_hex"), nullptr, 16));
  }
}

TEST(message_cipher, opens_what_it_sealed_at_any_size) {
  const auth_key key = some_key(2);
  std::mt19937 pick(6);
  // Around the pieces in which long messages are opened, and random sizes.
  std::vector<std::size_t> sizes{48, 64, 16384 - 16, 16384, 16384 + 16, 3 * 16384, 1 << 20};
  for (int i = 0; i < 50; ++i) sizes.push_back(16 * (3 + pick() % 4000));
  for (const std::size_t size : sizes) {
    for (const side sender : {side::client, side::server}) {
      bytes expected(packet_head + size);
      seeded_random(7)(expected);
      bytes packet = sealed(key, sender, size);
      ASSERT_FALSE(open(packet, key, sender)) << size;
      ASSERT_TRUE(
          std::equal(packet.begin() + packet_head, packet.end(), expected.begin() + packet_head));
    }
  }
}

TEST(message_cipher, any_changed_byte_is_found) {
  const auth_key key = some_key(3);
  const bytes packet = sealed(key, side::server, 96);
  for (std::size_t at = 0; at < packet.size(); ++at) {
    bytes changed = packet;
    changed[at] ^= 1;
    EXPECT_EQ(open(changed, key, side::server), security_errc::bad_packet) << at;
  }
}

TEST(message_cipher, a_wrong_key_or_direction_is_refused) {
  const auth_key key = some_key(4);
  bytes packet = sealed(key, side::server, 64);
  bytes again = packet;
  EXPECT_EQ(open(packet, some_key(5), side::server), security_errc::bad_packet);
  EXPECT_EQ(open(again, key, side::client), security_errc::bad_packet);
}

TEST(message_cipher, wrong_sizes_are_refused) {
  const auth_key key = some_key(8);
  bytes whole = sealed(key, side::server, 128);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(open(cut, key, side::server), security_errc::bad_packet) << size;
  }
  bytes longer = whole;
  longer.resize(longer.size() + 16);
  EXPECT_EQ(open(longer, key, side::server), security_errc::bad_packet);
  bytes too_short = sealed(key, side::server, 32);
  EXPECT_EQ(open(too_short, key, side::server), security_errc::bad_packet);
}

TEST(message_cipher, sealing_half_a_block_is_a_mistake_of_the_caller) {
  bytes packet(packet_head + 50);
  EXPECT_THROW(seal(packet, some_key(9), side::client), std::invalid_argument);
  bytes head(packet_head);
  EXPECT_THROW(seal(head, some_key(9), side::client), std::invalid_argument);
}

TEST(message_cipher_v1, seals_the_known_bind_message) {
  const known_answer known = known_answer_of("pfs_bind", "pfs_bind_message");
  const auth_key key = key_of(known, "perm_auth_key");
  const bytes text = known.data("plaintext72");
  EXPECT_EQ(hex(message_key_v1(text)), known.text("msg_key"));
  const aes_key_iv derived = derive_v1(key.view(), message_key_v1(text), side::client);
  EXPECT_EQ(hex(derived.key), known.text("aes_key"));
  EXPECT_EQ(hex(derived.iv), known.text("aes_iv"));
  const bytes packet = seal_v1(text, key, scripted_random(known.data("padding8")));
  EXPECT_EQ(hex(packet), known.text("encrypted_message"));
  EXPECT_EQ(*open_v1(packet, key), text);
}

TEST(message_cipher_v1, refuses_what_was_changed) {
  const known_answer known = known_answer_of("pfs_bind", "pfs_bind_message");
  const auth_key key = key_of(known, "perm_auth_key");
  const bytes packet = known.data("encrypted_message");
  for (std::size_t at = 0; at < packet.size() - 16; ++at) {
    bytes changed = packet;
    changed[at] ^= 1;
    EXPECT_EQ(open_v1(changed, key).error(), security_errc::bad_packet) << at;
  }
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const byte_view cut = byte_view(packet).first(size);
    EXPECT_EQ(open_v1(cut, key).error(), security_errc::bad_packet) << size;
  }
  EXPECT_EQ(open_v1(packet, some_key(10)).error(), security_errc::bad_packet);
}

TEST(message_cipher_v1, a_length_that_lies_is_refused) {
  const auth_key key = some_key(11);
  for (const std::uint32_t length : {0U, 16U, 40U + 1U, 48U, 0x7fffffffU, 0xffffffffU}) {
    bytes text(72);
    for (int i = 0; i < 4; ++i) {
      text[static_cast<std::size_t>(28 + i)] = static_cast<std::uint8_t>(length >> (8 * i));
    }
    const bytes packet = seal_v1(text, key, seeded_random(12));
    EXPECT_EQ(open_v1(packet, key).error(), security_errc::bad_packet) << length;
  }
}

}  // namespace
}  // namespace mtfetch::crypto
