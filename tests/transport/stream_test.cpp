// SPDX-License-Identifier: BSL-1.0
// Both sides of a connection, in every framing, plain and obfuscated.
#include "mtproto/transport/stream.hpp"

#include <gtest/gtest.h>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

TEST(stream, is_recognised_by_its_first_bytes) {
  for (const way& which : every_way) {
    pair_of_streams ends(which);
    EXPECT_EQ(ends.far.kind(), which.kind);
    EXPECT_EQ(ends.far.obfuscated(), which.obfuscated);
  }
}

TEST(stream, gives_back_the_first_bytes_of_what_is_a_layer) {
  for (const auto& [text, what] : {std::pair("GET /apiws HTTP/1.1\r\n", opening::websocket),
                                   std::pair("\x16\x03\x01\x02", opening::tls)}) {
    stream far = stream::server(pair_of_streams::far_options());
    const byte_view wire = as_bytes(text);
    ASSERT_FALSE(deliver(far, wire.first(3)));
    EXPECT_EQ(far.begins_with(), opening::undecided);
    ASSERT_FALSE(deliver(far, wire.subspan(3)));
    EXPECT_EQ(far.begins_with(), what);
    const bytes back = far.first_bytes();
    EXPECT_EQ(as_text(back), text);
    // Under the layer the stream is as new.
    EXPECT_EQ(far.begins_with(), opening::undecided);
    stream near = stream::client(options_of({framing::abridged, true}), seeded(4));
    ASSERT_FALSE(deliver(far, near.greeting()));
    ASSERT_FALSE(deliver(far, framed(near, some_packet(40))));
    EXPECT_EQ(drain(far).size(), 1U);
    EXPECT_EQ(far.begins_with(), opening::own);
  }
}

TEST(stream, carries_packets_split_at_every_byte) {
  for (const way& which : every_way) {
    stream near = stream::client(options_of(which), seeded(3));
    bytes wire = near.greeting();
    for (const std::size_t size : {40U, 24U + 16U * 40U, 56U}) {
      const bytes frame = framed(near, some_packet(size));
      wire.insert(wire.end(), frame.begin(), frame.end());
    }
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
      stream far = stream::server(pair_of_streams::far_options());
      ASSERT_FALSE(deliver(far, byte_view(wire).first(cut)));
      ASSERT_FALSE(deliver(far, byte_view(wire).subspan(cut)));
      const std::vector<received> all = drain(far);
      ASSERT_EQ(all.size(), 3U) << "cut at " << cut;
      ASSERT_EQ(data_of(all[0]), some_packet(40));
      ASSERT_EQ(data_of(all[1]), some_packet(24 + 16 * 40));
      ASSERT_EQ(data_of(all[2]), some_packet(56));
    }
  }
}

TEST(stream, carries_packets_that_come_byte_by_byte) {
  for (const way& which : every_way) {
    pair_of_streams ends(which);
    for (int i = 0; i < 3; ++i) {
      ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(24 + 16 * 33)), 1));
      ASSERT_FALSE(deliver(ends.near, framed(ends.far, some_packet(24 + 16 * 32)), 1));
    }
    EXPECT_EQ(drain(ends.far).size(), 3U);
    EXPECT_EQ(data_of(drain(ends.near).at(2)), some_packet(24 + 16 * 32));
  }
}

TEST(stream, finds_many_frames_in_one_read) {
  for (const way& which : every_way) {
    pair_of_streams ends(which);
    bytes wire;
    for (std::uint8_t i = 0; i < 200; ++i) {
      const bytes frame = framed(ends.near, some_packet(24 + 16 * std::size_t{i}, i));
      wire.insert(wire.end(), frame.begin(), frame.end());
    }
    ASSERT_FALSE(deliver(ends.far, wire));
    const std::vector<received> all = drain(ends.far);
    ASSERT_EQ(all.size(), 200U);
    for (std::uint8_t i = 0; i < 200; ++i) {
      EXPECT_EQ(data_of(all[i]), some_packet(24 + 16 * std::size_t{i}, i));
    }
  }
}

TEST(stream, keeps_its_keystream_over_many_frames_and_both_directions) {
  pair_of_streams ends({framing::padded_intermediate, true});
  for (std::size_t i = 0; i < 2000; ++i) {
    const bytes there = some_packet(24 + 16 * (i % 67), static_cast<std::uint8_t>(i));
    const bytes back = some_packet(24 + 16 * (i % 41), static_cast<std::uint8_t>(i * 3));
    ASSERT_FALSE(deliver(ends.far, framed(ends.near, there), 97));
    ASSERT_FALSE(deliver(ends.near, framed(ends.far, back), 61));
    ASSERT_EQ(data_of(drain(ends.far).at(0)), there);
    ASSERT_EQ(data_of(drain(ends.near).at(0)), back);
  }
}

TEST(stream, carries_a_frame_of_one_mebibyte_in_one_piece) {
  const std::size_t size = 24 + 16 * 65538;
  for (const way& which : every_way) {
    pair_of_streams ends(which);
    for (int i = 0; i < 3; ++i) {
      ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(size)), 100'000));
      const std::vector<received> all = drain(ends.far);
      ASSERT_EQ(all.size(), 1U);
      EXPECT_EQ(data_of(all[0]), some_packet(size));
    }
  }
}

TEST(stream, cuts_the_padding_off_encrypted_packets_only) {
  const auto padded = [](byte_view packet, std::size_t padding) {
    bytes wire = from_hex("dddddddd");
    wire.push_back(static_cast<std::uint8_t>(packet.size() + padding));
    wire.insert(wire.end(), 3, 0);
    wire.insert(wire.end(), packet.begin(), packet.end());
    wire.insert(wire.end(), padding, 0xaa);
    return wire;
  };
  bytes plaintext(8);
  plaintext.insert(plaintext.end(), 32, 7);
  for (std::size_t padding = 0; padding <= 15; ++padding) {
    stream far = stream::server({});
    ASSERT_FALSE(deliver(far, padded(some_packet(24 + 48), padding)));
    EXPECT_EQ(data_of(drain(far).at(0)), some_packet(24 + 48));

    stream another = stream::server({});
    ASSERT_FALSE(deliver(another, padded(plaintext, padding)));
    EXPECT_EQ(data_of(drain(another).at(0)).size(), plaintext.size() + padding);
  }
}

TEST(stream, pads_by_up_to_15_bytes_as_client_and_3_as_server) {
  pair_of_streams ends({framing::padded_intermediate, false});
  std::array<int, 16> near_seen{};
  std::array<int, 16> far_seen{};
  for (int i = 0; i < 400; ++i) {
    ++near_seen.at(framed(ends.near, some_packet(40)).size() - 44);
    ++far_seen.at(framed(ends.far, some_packet(40)).size() - 44);
  }
  for (std::size_t padding = 0; padding < 16; ++padding) {
    EXPECT_GT(near_seen[padding], 0) << padding;
    EXPECT_EQ(far_seen[padding] > 0, padding <= 3) << padding;
  }
}

TEST(stream, delivers_packets_that_may_be_changed_in_place) {
  pair_of_streams ends({framing::intermediate, true});
  ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(40))));
  ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(56))));
  const std::vector<received> all = drain(ends.far);
  std::ranges::fill(std::get<packet>(all.at(0)).data, std::uint8_t{0});
  EXPECT_EQ(data_of(all.at(1)), some_packet(56));
}

TEST(stream, gives_its_packets_even_when_it_is_gone) {
  std::vector<received> all;
  {
    pair_of_streams ends({framing::abridged, true});
    ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(4096))));
    all = drain(ends.far);
  }
  EXPECT_EQ(data_of(all.at(0)), some_packet(4096));
}

}  // namespace
}  // namespace mtfetch::transport
