// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/packet_buffer.hpp"

#include <gtest/gtest.h>

#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {
namespace {

bytes content(const packet_buffer& buffer) {
  return {buffer.payload().begin(), buffer.payload().end()};
}

TEST(packet_buffer, grows_at_both_ends) {
  packet_buffer buffer;
  EXPECT_TRUE(buffer.empty());
  buffer.append_bytes(bytes{3, 4});
  buffer.append(1)[0] = 5;
  writer(buffer.tail()).u32(6);
  const byte_span head = buffer.prepend(2);
  head[0] = 1;
  head[1] = 2;
  EXPECT_EQ(content(buffer), (bytes{1, 2, 3, 4, 5, 6, 0, 0, 0}));
}

TEST(packet_buffer, moves_nothing_while_the_headroom_lasts) {
  packet_buffer buffer;
  buffer.append_bytes(bytes(1000, 7));
  const std::uint8_t* const body = buffer.payload().data();
  buffer.prepend(packet_buffer::default_headroom);
  EXPECT_EQ(buffer.payload().data() + packet_buffer::default_headroom, body);
  EXPECT_EQ(buffer.headroom(), 0U);
}

TEST(packet_buffer, makes_room_when_the_headroom_is_used_up) {
  packet_buffer buffer;
  buffer.clear(2);
  buffer.append_bytes(bytes{9, 8});
  std::ranges::fill(buffer.prepend(5), std::uint8_t{1});
  EXPECT_EQ(content(buffer), (bytes{1, 1, 1, 1, 1, 9, 8}));
}

TEST(packet_buffer, keeps_its_memory_when_cleared) {
  packet_buffer buffer;
  buffer.append(4000);
  const std::size_t held = buffer.tail().capacity();
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.tail().capacity(), held);
  EXPECT_EQ(buffer.headroom(), packet_buffer::default_headroom);
}

TEST(packet_buffer, drops_from_both_ends_and_never_more_than_it_has) {
  packet_buffer buffer;
  buffer.append_bytes(bytes{1, 2, 3, 4});
  buffer.drop_front(1);
  buffer.drop_back(1);
  EXPECT_EQ(content(buffer), (bytes{2, 3}));
  buffer.drop_back(5);
  EXPECT_TRUE(buffer.empty());
  buffer.drop_front(5);
  EXPECT_TRUE(buffer.empty());
}

}  // namespace
}  // namespace mtfetch::tl
