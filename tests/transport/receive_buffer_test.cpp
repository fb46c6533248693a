// SPDX-License-Identifier: BSL-1.0
// Receive buffers: what is copied, what is used again, what is kept alive.
#include "mtproto/transport/receive_buffer.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::size_t one_mebibyte = 24 + 16 * 65538;

/// Feeds as a fast socket would: whatever fits.
void pour(stream& to, byte_view wire) {
  ASSERT_FALSE(deliver(to, wire));
}

TEST(receive_buffers, do_not_copy_large_frames_that_follow_each_other) {
  for (const way& which : every_way) {
    pair_of_streams ends(which);
    bytes wire;
    for (int i = 0; i < 8; ++i) {
      const bytes frame = framed(ends.near, some_packet(one_mebibyte));
      wire.insert(wire.end(), frame.begin(), frame.end());
    }
    // The first of them moves from the small buffer that the connection began with.
    pour(ends.far, byte_view(wire).first(one_mebibyte));
    const std::uint64_t first = ends.far.copied_bytes();
    EXPECT_LE(first, 64U * 1024);
    pour(ends.far, byte_view(wire).subspan(one_mebibyte));
    EXPECT_EQ(ends.far.copied_bytes(), first);
    EXPECT_EQ(drain(ends.far).size(), 8U);
  }
}

TEST(receive_buffers, do_not_copy_small_frames_but_at_the_end_of_a_buffer) {
  pair_of_streams ends({framing::intermediate, true});
  std::uint64_t total = 0;
  for (int i = 0; i < 5000; ++i) {
    const bytes frame = framed(ends.near, some_packet(24 + 16 * 12));
    total += frame.size();
    pour(ends.far, frame);
    drain(ends.far);
  }
  EXPECT_LE(ends.far.copied_bytes(), total / 100);
}

TEST(receive_buffers, are_used_again_when_their_packets_are_gone) {
  const buffer_pool pool;
  server_options options;
  options.buffers = pool;
  stream far = stream::server(options);
  stream near = stream::client(options_of({framing::intermediate, true}), seeded(1));
  pour(far, near.greeting());
  for (int i = 0; i < 50; ++i) {
    pour(far, framed(near, some_packet(one_mebibyte)));
    EXPECT_EQ(drain(far).size(), 1U);
  }
  EXPECT_LE(pool.made(), 3U);
}

TEST(receive_buffers, are_not_used_again_while_a_packet_lives) {
  pair_of_streams ends({framing::intermediate, true});
  std::vector<received> kept;
  for (std::uint8_t i = 0; i < 6; ++i) {
    pour(ends.far, framed(ends.near, some_packet(one_mebibyte, i)));
    for (received& one : drain(ends.far)) kept.push_back(std::move(one));
  }
  ASSERT_EQ(kept.size(), 6U);
  for (std::uint8_t i = 0; i < 6; ++i) EXPECT_EQ(data_of(kept[i]), some_packet(one_mebibyte, i));
}

TEST(receive_buffers, offer_exactly_what_a_large_frame_lacks) {
  receive_buffer buffer{buffer_pool()};
  const std::size_t first = buffer.prepare().size();
  EXPECT_EQ(first, 64U * 1024);
  buffer.commit(1000);
  buffer.expect(one_mebibyte);
  EXPECT_EQ(buffer.prepare().size(), one_mebibyte - 1000);
  EXPECT_EQ(buffer.copied_bytes(), 1000U);
  buffer.commit(one_mebibyte - 1100);
  EXPECT_EQ(buffer.prepare().size(), 100U);
  buffer.commit(100);
  EXPECT_EQ(buffer.unread().size(), one_mebibyte);
  buffer.consume(one_mebibyte);
  EXPECT_EQ(buffer.prepare().size(), 64U * 1024);
  EXPECT_EQ(buffer.copied_bytes(), 1000U);
}

TEST(buffer_pools, keep_the_largest_of_what_comes_back) {
  buffer_pool pool(2);
  {
    std::vector<buffer_pool::lease> all;
    for (const std::size_t size : {1000U, 3000U, 2000U}) all.push_back(pool.take(size));
  }
  EXPECT_EQ(pool.made(), 3U);
  const buffer_pool::lease second = pool.take(1500);
  EXPECT_EQ(second.room.size(), 2000U);
  const buffer_pool::lease third = pool.take(1500);
  EXPECT_EQ(third.room.size(), 3000U);
  EXPECT_EQ(pool.made(), 3U);
  const buffer_pool::lease fresh = pool.take(1500);
  EXPECT_EQ(pool.made(), 4U);
}

TEST(buffer_pools, may_end_before_their_buffers) {
  buffer_pool::lease lease;
  {
    buffer_pool pool;
    lease = pool.take(100);
  }
  std::ranges::fill(lease.room, std::uint8_t{1});
}

TEST(buffer_pools, take_buffers_back_from_any_thread) {
  buffer_pool pool;
  for (int i = 0; i < 200; ++i) {
    buffer_pool::lease lease = pool.take(1000);
    lease.room[0] = static_cast<std::uint8_t>(i);
    std::thread elsewhere([owner = std::move(lease.owner), room = lease.room, i] {
      EXPECT_EQ(room[0], static_cast<std::uint8_t>(i));
    });
    const buffer_pool::lease meanwhile = pool.take(1000);
    meanwhile.room[0] = 0;
    elsewhere.join();
  }
  EXPECT_LE(pool.made(), 3U);
}

}  // namespace
}  // namespace mtfetch::transport
