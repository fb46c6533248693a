// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/packet.hpp"

#include <gtest/gtest.h>

#include "mtproto/crypto/message_cipher.hpp"
#include "tests/session/rig.hpp"
#include "tests/session/vectors.hpp"

namespace mtfetch::session::testing {
namespace {

const crypto::auth_key key = key_of(7);
constexpr envelope head{0x1122334455667788, 0x0102030405060708, 0x6500000000000004, 5};

bytes sealed(std::size_t body, std::size_t extra_blocks = 0) {
  tl::packet_buffer out;
  begin_packet(out);
  out.append_bytes(bytes(body, 0xab));
  seal_packet(out, head, key, crypto::side::client, seeded_random(1), extra_blocks);
  return {out.payload().begin(), out.payload().end()};
}

/// A packet with this length field, body and padding, its msg_key right.
bytes forged(std::int32_t length, std::size_t body, std::size_t padding) {
  bytes plain;
  tl::writer out(plain);
  out.i64(head.salt);
  out.i64(head.session_id);
  out.i64(head.message_id);
  out.i32(head.seqno);
  out.i32(length);
  out.raw(bytes(body + padding, 0x33));
  bytes packet(crypto::packet_head);
  packet.insert(packet.end(), plain.begin(), plain.end());
  crypto::seal(packet, key, crypto::side::client);
  return packet;
}

std::error_code open(bytes packet, tail trailing = tail::refuse) {
  return open_packet(packet, key, crypto::side::client, trailing).error();
}

TEST(packet, opens_what_was_sealed_for_every_body_size) {
  for (std::size_t size = 4; size <= 300; size += 4) {
    bytes packet = sealed(size);
    const auto opened = open_packet(packet, key, crypto::side::client, tail::refuse);
    ASSERT_TRUE(opened) << size;
    EXPECT_EQ(opened->head.salt, head.salt);
    EXPECT_EQ(opened->head.session_id, head.session_id);
    EXPECT_EQ(opened->head.message_id, head.message_id);
    EXPECT_EQ(opened->head.seqno, head.seqno);
    EXPECT_TRUE(std::ranges::equal(opened->body, bytes(size, 0xab)));
  }
}

TEST(packet, is_padded_with_12_to_27_bytes_and_the_extra_blocks_asked_for) {
  for (std::size_t size = 4; size <= 64; size += 4) {
    const std::size_t padding = sealed(size).size() - crypto::packet_head - envelope_size - size;
    EXPECT_GE(padding, least_padding);
    EXPECT_LT(padding, least_padding + 16);
    const std::size_t more = sealed(size, 60).size() - crypto::packet_head - envelope_size - size;
    EXPECT_GE(more, least_padding);
    EXPECT_LE(more, most_padding);
  }
}

TEST(packet, refuses_padding_outside_12_to_1024) {
  // With a body of 4 mod 16 bytes, 0 and 12 are possible sizes of padding, and so on.
  const auto padded = [](std::size_t body, std::size_t padding) {
    return open(forged(static_cast<std::int32_t>(body), body, padding));
  };
  EXPECT_EQ(padded(32, 0), security_errc::bad_packet);
  EXPECT_EQ(padded(36, 12), std::error_code());
  EXPECT_EQ(padded(40, 8), security_errc::bad_packet);
  EXPECT_EQ(padded(32, 1024), std::error_code());
  EXPECT_EQ(padded(32, 1040), security_errc::bad_packet);
}

TEST(packet, refuses_padding_of_11_whose_length_is_then_no_multiple_of_4) {
  EXPECT_EQ(open(forged(37, 37, 11)), security_errc::bad_packet);
}

TEST(packet, refuses_lengths_that_lie) {
  EXPECT_EQ(open(forged(-4, 36, 12)), security_errc::bad_packet);
  EXPECT_EQ(open(forged(std::numeric_limits<std::int32_t>::min(), 36, 12)),
            security_errc::bad_packet);
  EXPECT_EQ(open(forged(52, 36, 12)), security_errc::bad_packet);
  EXPECT_EQ(open(forged(0x7ffffffc, 36, 12)), security_errc::bad_packet);
  EXPECT_EQ(open(forged(34, 36, 12)), security_errc::bad_packet);
  EXPECT_EQ(open(forged(0, 0, 16)), security_errc::bad_packet);
  EXPECT_EQ(open(forged(36, 36, 12)), std::error_code());
}

TEST(packet, refuses_every_flipped_bit) {
  const bytes good = sealed(36);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    bytes packet = good;
    packet[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_EQ(open(packet), security_errc::bad_packet) << bit;
  }
}

TEST(packet, refuses_a_foreign_key_and_the_wrong_side) {
  bytes packet = sealed(36);
  EXPECT_EQ(open_packet(packet, key_of(8), crypto::side::client, tail::refuse).error(),
            security_errc::bad_packet);
  packet = sealed(36);
  EXPECT_EQ(open_packet(packet, key, crypto::side::server, tail::refuse).error(),
            security_errc::bad_packet);
}

TEST(packet, accepts_only_the_sessions_it_is_told) {
  const std::int64_t others[] = {1, 2};
  const std::int64_t ours[] = {1, head.session_id};
  bytes packet = sealed(36);
  EXPECT_EQ(open_packet(packet, key, crypto::side::client, tail::refuse, others).error(),
            security_errc::bad_packet);
  packet = sealed(36);
  EXPECT_TRUE(open_packet(packet, key, crypto::side::client, tail::refuse, ours));
}

TEST(packet, cuts_up_to_15_bytes_behind_it_only_where_the_framing_leaves_some) {
  for (std::size_t more = 1; more < 16; ++more) {
    bytes packet = sealed(36);
    packet.resize(packet.size() + more, 0x77);
    EXPECT_EQ(open(packet, tail::refuse), security_errc::bad_packet) << more;
    EXPECT_EQ(open(packet, tail::cut), std::error_code()) << more;
  }
}

TEST(packet, refuses_what_is_too_short_to_be_one) {
  const bytes good = sealed(36);
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_EQ(
        open(bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)), tail::cut),
        security_errc::bad_packet)
        << size;
  }
}

TEST(packet, matches_the_known_packet_of_a_client) {
  const known_packet& known = sealed_by_client;
  tl::reader in(known.plaintext);
  envelope begin;
  begin.salt = in.i64();
  begin.session_id = in.i64();
  begin.message_id = in.i64();
  begin.seqno = in.i32();
  in.u32();
  const bytes padding(known.plaintext.end() - 16, known.plaintext.end());
  // The drawn bytes are the padding and one more, which says that all of it is used.
  const random_source fixed = [&](byte_span out) {
    ASSERT_EQ(out.size(), padding.size() + 1);
    std::ranges::copy(padding, out.begin());
  };
  tl::packet_buffer out;
  begin_packet(out);
  out.append_bytes(in.raw_view(16));
  seal_packet(out, begin, crypto::auth_key(known.key), crypto::side::client, fixed);
  EXPECT_TRUE(std::ranges::equal(out.payload(), known.packet));
}

TEST(packet, encryption_matches_the_known_packet_without_envelope) {
  bytes packet(crypto::packet_head);
  packet.insert(packet.end(), hello.plaintext.begin(), hello.plaintext.end());
  crypto::seal(packet, crypto::auth_key(hello.key), crypto::side::client);
  EXPECT_EQ(packet, hello.packet);
}

TEST(packet, opens_the_known_packets_of_a_server_and_refuses_the_known_bad_ones) {
  for (const known_packet& known : from_server) {
    bytes packet = known.packet;
    const std::vector<std::int64_t> sessions(known.session.begin(), known.session.end());
    const auto opened = open_packet(packet, crypto::auth_key(known.key), crypto::side::server,
                                    tail::refuse, sessions);
    EXPECT_EQ(opened.has_value(), known.good) << known.name;
    if (!opened) continue;
    EXPECT_TRUE(std::ranges::equal(byte_view(packet).subspan(crypto::packet_head), known.plaintext))
        << known.name;
  }
}

}  // namespace
}  // namespace mtfetch::session::testing
