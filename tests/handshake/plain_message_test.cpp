// SPDX-License-Identifier: BSL-1.0
// The envelope of unencrypted messages.
#include "mtproto/handshake/plain_message.hpp"

#include <gtest/gtest.h>

#include <mtfetch/error.hpp>

namespace mtfetch::handshake {
namespace {

TEST(plain_messages, are_read_as_they_were_written) {
  const bytes body(20, 7);
  const bytes packet = write_plain(0x1122334455667788, body);
  EXPECT_EQ(packet.size(), 40U);
  EXPECT_TRUE(is_plain(packet));
  const result<plain_message> message = read_plain(packet);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_id, 0x1122334455667788);
  EXPECT_EQ(bytes(message->body.begin(), message->body.end()), body);
}

TEST(plain_messages, end_where_their_length_says) {
  bytes packet = write_plain(4, bytes(20, 7));
  packet.insert(packet.end(), 15, 0xaa);  // padding of the transport
  EXPECT_EQ(read_plain(packet)->body.size(), 20U);
}

TEST(plain_messages, are_refused_when_anything_lacks) {
  const bytes packet = write_plain(4, bytes(20, 7));
  for (std::size_t size = 0; size < packet.size(); ++size) {
    const std::error_code expected =
        size < plain_head ? protocol_errc::truncated : protocol_errc::bad_message;
    EXPECT_EQ(read_plain(byte_view(packet).first(size)).error(), expected) << size;
  }
}

TEST(plain_messages, are_refused_with_a_key_id_or_a_length_that_is_none) {
  for (std::size_t at = 0; at < 8; ++at) {
    bytes packet = write_plain(4, bytes(20, 7));
    packet[at] = 1;
    EXPECT_FALSE(is_plain(packet));
    EXPECT_EQ(read_plain(packet).error(), protocol_errc::bad_message);
  }
  for (const int last_of_length : {0x80, 0xff, 0x7f}) {
    bytes packet = write_plain(4, bytes(20, 7));
    packet[19] = static_cast<std::uint8_t>(last_of_length);
    EXPECT_EQ(read_plain(packet).error(), protocol_errc::bad_message);
  }
  bytes empty = write_plain(4, {});
  EXPECT_EQ(read_plain(empty).error(), protocol_errc::bad_message);
}

}  // namespace
}  // namespace mtfetch::handshake
