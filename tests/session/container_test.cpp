// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/container.hpp"

#include <gtest/gtest.h>

#include <mtfetch/error.hpp>

#include "mtproto/session/packet.hpp"
#include "mtproto/tl/writer.hpp"
#include "tests/session/vectors.hpp"

namespace mtfetch::session::testing {
namespace {

/// A container of one message with this length field and body.
bytes container_of(std::int32_t count, std::int32_t length, byte_view body) {
  bytes data;
  tl::writer out(data);
  out.u32(container_id);
  out.i32(count);
  out.i64(5);
  out.i32(1);
  out.i32(length);
  out.raw(body);
  return data;
}

std::error_code read(byte_view data) {
  container_reader in(data);
  while (in.next()) {
  }
  return in.error();
}

const bytes body{1, 2, 3, 4, 5, 6, 7, 8};

TEST(container, gives_back_what_was_written) {
  tl::packet_buffer out;
  out.append(4);  // it need not stand at the packet's begin
  container_writer writer(out);
  for (std::uint8_t i = 0; i < 100; ++i) {
    writer.add(1000 + 4 * i, 2 * i + 1, bytes(4u + 4u * i, i));
  }
  writer.finish();
  EXPECT_EQ(writer.count(), 100u);
  container_reader in(out.payload().subspan(4));
  for (std::uint8_t i = 0; i < 100; ++i) {
    const auto message = in.next();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->message_id, 1000 + 4 * i);
    EXPECT_EQ(message->seqno, 2 * i + 1);
    EXPECT_TRUE(std::ranges::equal(message->body, bytes(4u + 4u * i, i)));
  }
  EXPECT_FALSE(in.next());
  EXPECT_FALSE(in.error());
}

TEST(container, refuses_lengths_that_lie) {
  EXPECT_FALSE(read(container_of(1, 8, body)));
  for (const std::int32_t length : {-4, 0, 3, 6, 12, 0x7ffffffc}) {
    EXPECT_EQ(read(container_of(1, length, body)), protocol_errc::bad_message) << length;
  }
}

TEST(container, refuses_counts_that_lie_without_making_room_for_them) {
  for (const std::int32_t count :
       {2, 1025, 0x7fffffff, -1, std::numeric_limits<std::int32_t>::min()}) {
    EXPECT_TRUE(read(container_of(count, 8, body))) << count;
  }
}

TEST(container, holds_1024_messages_at_the_most) {
  for (const std::size_t count : {1024u, 1025u}) {
    bytes data;
    tl::writer out(data);
    out.u32(container_id);
    out.i32(static_cast<std::int32_t>(count));
    for (std::size_t i = 0; i < count; ++i) out.raw(byte_view(container_of(1, 8, body)).subspan(8));
    EXPECT_EQ(read(data) == std::error_code(), count == 1024) << count;
  }
}

TEST(container, refuses_bytes_behind_the_last_message) {
  bytes longer = body;
  longer.resize(12);
  EXPECT_EQ(read(container_of(1, 8, longer)), protocol_errc::bad_message);
}

TEST(container, refuses_a_container_in_a_container) {
  const bytes inner = container_of(1, 8, body);
  EXPECT_EQ(read(container_of(1, static_cast<std::int32_t>(inner.size()), inner)),
            protocol_errc::bad_message);
}

TEST(container, refuses_every_cut) {
  const bytes whole = container_of(1, 8, body);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(read(byte_view(whole).first(size))) << size;
  }
}

TEST(container, reads_the_captured_one) {
  const byte_view plain(captured.plaintext);
  const auto packet = read_plaintext(plain);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->head.seqno, 2);
  container_reader in(packet->body);
  const auto created = in.next();
  const auto pong = in.next();
  ASSERT_TRUE(created && pong);
  EXPECT_EQ(created->seqno, 1);
  EXPECT_EQ(pong->seqno, 2);
  EXPECT_FALSE(in.next());
  EXPECT_FALSE(in.error());
}

}  // namespace
}  // namespace mtfetch::session::testing
