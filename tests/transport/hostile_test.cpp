// SPDX-License-Identifier: BSL-1.0
// Streams that break the rules end in an error, without a crash and without much memory.
#include <gtest/gtest.h>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

std::error_code first_error(std::string_view wire, server_options options = {}) {
  stream far = stream::server(std::move(options));
  return deliver(far, from_hex(wire), 1);
}

TEST(hostile_streams, of_http_and_tls_are_refused_where_nobody_takes_a_layer_off) {
  for (const std::string_view text : {"GET / HTTP/1.1\r\n", "HEAD /", "OPTIONS"}) {
    stream far = stream::server({});
    EXPECT_EQ(deliver(far, as_bytes(text), 1), transport_errc::unknown_framing) << text;
  }
  EXPECT_EQ(first_error("160301020001"), transport_errc::unknown_framing);
}

TEST(hostile_streams, without_a_framing_are_refused_after_64_bytes) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    greeting_bytes noise;
    const random_source random = seeded(seed);
    do random(noise);
    while (!may_begin_obfuscated(noise));
    stream far = stream::server({});
    ASSERT_FALSE(deliver(far, byte_view(noise).first(63), 7));
    ASSERT_EQ(deliver(far, byte_view(noise).last(1)), transport_errc::unknown_framing);
    ASSERT_EQ(far.commit(0), transport_errc::unknown_framing);
  }
}

TEST(hostile_streams, of_noise_end_in_errors_or_in_nothing) {
  for (const way& which : every_way) {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
      pair_of_streams ends(which);
      bytes noise(3000);
      seeded(seed)(noise);
      const std::error_code far_error = deliver(ends.far, noise, 500);
      const std::error_code near_error = deliver(ends.near, noise, 500);
      for (const std::error_code& error : {far_error, near_error}) {
        EXPECT_TRUE(!error || error.category() == transport_category());
      }
      drain(ends.far);
      drain(ends.near);
    }
  }
}

TEST(hostile_streams, that_announce_too_much_are_refused_by_the_header_alone) {
  // 2 MiB and a bit, in each framing's own way.
  EXPECT_EQ(first_error("ef7f010008"), transport_errc::frame_too_large);
  EXPECT_EQ(first_error("eeeeeeee04002000"), transport_errc::frame_too_large);
  EXPECT_EQ(first_error("dddddddd10002000"), transport_errc::frame_too_large);
  EXPECT_EQ(first_error("1000200000000000"), transport_errc::frame_too_large);
  EXPECT_EQ(first_error("eeeeeeeeffffff7f"), transport_errc::frame_too_large);
  EXPECT_EQ(first_error("ddddddddffffffff"), transport_errc::frame_too_large);
  EXPECT_EQ(first_error("ffffffff00000000"), transport_errc::frame_too_large);
}

TEST(hostile_streams, are_held_to_the_limit_that_was_set) {
  server_options options;
  options.max_packet = 128;
  EXPECT_FALSE(first_error("eeeeeeee80000000", options));
  EXPECT_EQ(first_error("eeeeeeee81000000", options), transport_errc::frame_too_large);
  EXPECT_FALSE(first_error("dddddddd8f000000", options));
  EXPECT_EQ(first_error("dddddddd90000000", options), transport_errc::frame_too_large);

  stream_options near_options = options_of({framing::intermediate, false});
  near_options.max_packet = 128;
  stream near = stream::client(near_options, seeded(1));
  tl::packet_buffer large;
  large.append(132);
  EXPECT_EQ(near.frame(large), transport_errc::frame_too_large);
}

TEST(hostile_streams, give_the_packets_before_the_mistake) {
  stream far = stream::server({});
  bytes wire = from_hex("eeeeeeee28000000");
  const bytes good = some_packet(40);
  wire.insert(wire.end(), good.begin(), good.end());
  const bytes bad = from_hex("ffffff7f");
  wire.insert(wire.end(), bad.begin(), bad.end());
  EXPECT_EQ(deliver(far, wire), transport_errc::frame_too_large);
  EXPECT_EQ(data_of(drain(far).at(0)), good);
}

TEST(hostile_streams, of_short_frames_are_errors_to_a_client) {
  stream near = stream::client(options_of({framing::intermediate, false}), seeded(1));
  EXPECT_EQ(deliver(near, from_hex("030000006cfeff")), transport_errc::bad_frame);
  stream another = stream::client(options_of({framing::intermediate, false}), seeded(1));
  EXPECT_EQ(deliver(another, from_hex("080000006cfeffff00000000")), transport_errc::bad_frame);
  stream padded = stream::client(options_of({framing::padded_intermediate, false}), seeded(1));
  EXPECT_EQ(deliver(padded, from_hex("00000080")), transport_errc::bad_frame);
}

TEST(hostile_streams, of_empty_frames_are_passed_over) {
  stream far = stream::server({});
  EXPECT_FALSE(deliver(far, from_hex("ef"), 1));
  EXPECT_FALSE(deliver(far, bytes(10'000)));
  EXPECT_TRUE(drain(far).empty());
}

class full_framing : public testing::Test {
 protected:
  std::error_code changed(std::size_t at, std::uint8_t mask) {
    stream near = stream::client(options_of({framing::full, false}), seeded(1));
    stream far = stream::server({});
    EXPECT_FALSE(deliver(far, framed(near, some_packet(40))));
    bytes second = framed(near, some_packet(40));
    second[at] ^= mask;
    return deliver(far, second);
  }
};

TEST_F(full_framing, refuses_a_wrong_sequence_number) {
  for (std::size_t at = 4; at < 8; ++at) EXPECT_EQ(changed(at, 1), transport_errc::bad_frame);
}

TEST_F(full_framing, refuses_a_wrong_checksum) {
  for (std::size_t at = 8; at < 52; ++at) EXPECT_EQ(changed(at, 0x80), transport_errc::bad_frame);
}

TEST_F(full_framing, refuses_a_frame_that_comes_again) {
  stream near = stream::client(options_of({framing::full, false}), seeded(1));
  stream far = stream::server({});
  const bytes frame = framed(near, some_packet(40));
  ASSERT_FALSE(deliver(far, frame));
  EXPECT_EQ(deliver(far, frame), transport_errc::bad_frame);
}

TEST_F(full_framing, refuses_a_length_below_its_own_overhead) {
  EXPECT_EQ(first_error("0b00000000000000"), transport_errc::bad_frame);
  stream near = stream::client(options_of({framing::full, false}), seeded(1));
  EXPECT_EQ(deliver(near, from_hex("6cfeffff6cfeffff00000000")), transport_errc::bad_frame);
}

}  // namespace
}  // namespace mtfetch::transport
