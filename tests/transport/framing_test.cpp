// SPDX-License-Identifier: BSL-1.0
// The bytes of each framing, against known answers.
#include <gtest/gtest.h>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

bytes counting(std::size_t size) {
  bytes made(size);
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<std::uint8_t>(i);
  return made;
}

stream plain_client(framing kind) {
  return stream::client(options_of({kind, false}), seeded(1));
}

bytes joined(bytes a, byte_view b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(abridged, writes_a_tag_and_short_frames) {
  stream client = plain_client(framing::abridged);
  EXPECT_EQ(client.greeting(), from_hex("ef"));
  EXPECT_TRUE(client.greeting().empty());
  EXPECT_EQ(framed(client, counting(128)), joined(from_hex("20"), counting(128)));
  EXPECT_EQ(framed(client, bytes(126 * 4)), joined(from_hex("7e"), bytes(126 * 4)));
}

TEST(abridged, needs_the_long_form_from_127_words_on) {
  stream client = plain_client(framing::abridged);
  EXPECT_EQ(framed(client, bytes(127 * 4)), joined(from_hex("7f7f0000"), bytes(127 * 4)));
  EXPECT_EQ(framed(client, bytes(128 * 4)), joined(from_hex("7f800000"), bytes(128 * 4)));
}

TEST(abridged, refuses_a_packet_that_is_not_whole_words) {
  stream client = plain_client(framing::abridged);
  for (const std::size_t size : {41U, 42U, 43U}) {
    tl::packet_buffer packet;
    packet.append_bytes(some_packet(size));
    EXPECT_EQ(client.frame(packet), transport_errc::bad_frame);
    EXPECT_EQ(packet.size(), size);
  }
}

TEST(intermediate, writes_a_tag_and_the_size_in_bytes) {
  stream client = plain_client(framing::intermediate);
  EXPECT_EQ(client.greeting(), from_hex("eeeeeeee"));
  EXPECT_EQ(framed(client, counting(128)), joined(from_hex("80000000"), counting(128)));
}

TEST(padded_intermediate, counts_its_random_padding_in_the_size) {
  // The first random byte says how much padding, the others are it.
  bytes draw = from_hex("0629afd26df40f000000000000000000");
  stream client =
      stream::client(options_of({framing::padded_intermediate, false}), scripted({draw}));
  EXPECT_EQ(client.greeting(), from_hex("dddddddd"));
  EXPECT_EQ(framed(client, from_hex("6cfeffff")), from_hex("0a0000006cfeffff29afd26df40f"));
}

TEST(full, has_no_tag_and_counts_its_frames) {
  stream client = plain_client(framing::full);
  EXPECT_TRUE(client.greeting().empty());
  EXPECT_EQ(framed(client, {}), from_hex("0c0000000000000026ca8d32"));

  stream another = plain_client(framing::full);
  EXPECT_EQ(framed(another, counting(128)),
            joined(joined(from_hex("8c00000000000000"), counting(128)), from_hex("86739537")));
  const bytes second = framed(another, counting(128));
  EXPECT_EQ(bytes(second.begin() + 4, second.begin() + 8), from_hex("01000000"));
}

struct error_case {
  framing kind;
  std::string_view wire;
};

TEST(transport_errors, are_understood_in_every_framing) {
  for (const error_case& each :
       {error_case{framing::abridged, "016cfeffff"},
        error_case{framing::intermediate, "040000006cfeffff"},
        error_case{framing::padded_intermediate, "040000006cfeffff"},
        error_case{framing::padded_intermediate, "0a0000006cfeffff29afd26df40f"},
        error_case{framing::padded_intermediate,
                   "130000006cfeffff000102030405060708090a0b0c0d0e"}}) {
    stream client = plain_client(each.kind);
    ASSERT_FALSE(deliver(client, from_hex(each.wire)));
    const std::vector<received> all = drain(client);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(std::get<std::int32_t>(all[0]), -404);
  }
}

TEST(transport_errors, may_be_three_equal_numbers_in_the_full_framing) {
  stream client = plain_client(framing::full);
  ASSERT_FALSE(deliver(client, from_hex("53feffff53feffff53feffff")));
  EXPECT_EQ(std::get<std::int32_t>(drain(client).at(0)), -429);
}

TEST(transport_errors, of_zero_say_nothing) {
  stream client = plain_client(framing::intermediate);
  ASSERT_FALSE(deliver(client, from_hex("0400000000000000")));
  EXPECT_TRUE(drain(client).empty());
}

TEST(transport_errors, of_a_positive_number_break_the_framing) {
  stream client = plain_client(framing::intermediate);
  EXPECT_EQ(deliver(client, from_hex("0400000001000000")), transport_errc::bad_frame);
}

TEST(transport_errors, travel_from_server_to_client) {
  for (const way& which : every_way) {
    for (const std::int32_t code : {-404, -429, -444}) {
      pair_of_streams ends(which);
      tl::packet_buffer out;
      ends.far.frame_error(code, out);
      ASSERT_FALSE(deliver(ends.near, out.payload()));
      EXPECT_EQ(std::get<std::int32_t>(drain(ends.near).at(0)), code);
    }
  }
}

struct ack_case {
  framing kind;
  std::string_view wire;
  std::uint32_t token;
};

TEST(quick_acks, are_understood_by_the_client) {
  for (const ack_case& each :
       {ack_case{framing::abridged, "cd571d02", 0xcd571d02},
        ack_case{framing::intermediate, "021d57cd", 0xcd571d02},
        ack_case{framing::padded_intermediate, "08000000ffffffff021d57cd", 0xcd571d02},
        ack_case{framing::padded_intermediate, "0b000000ffffffff021d57cd010203", 0xcd571d02},
        ack_case{framing::abridged, "97980dfa", 0x97980dfa},
        ack_case{framing::intermediate, "fa0d9897", 0x97980dfa},
        ack_case{framing::padded_intermediate, "08000000fffffffffa0d9897", 0x97980dfa}}) {
    stream client = plain_client(each.kind);
    ASSERT_FALSE(deliver(client, from_hex(each.wire), 1));
    const std::vector<received> all = drain(client);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(std::get<quick_ack>(all[0]).token, each.token);
  }
}

TEST(quick_acks, travel_from_server_to_client_between_packets) {
  for (const way& which : every_way) {
    pair_of_streams ends(which);
    ASSERT_FALSE(deliver(ends.near, framed(ends.far, some_packet(56))));
    tl::packet_buffer out;
    ends.far.frame_quick_ack(0x97980dfa, out);
    ASSERT_FALSE(deliver(ends.near, out.payload()));
    ASSERT_FALSE(deliver(ends.near, framed(ends.far, some_packet(72))));
    const std::vector<received> all = drain(ends.near);
    if (which.kind == framing::full) {
      EXPECT_EQ(out.size(), 0U);
      EXPECT_EQ(all.size(), 2U);
      continue;
    }
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(std::get<quick_ack>(all[1]).token, 0x97980dfaU);
    EXPECT_EQ(data_of(all[2]), some_packet(72));
  }
}

TEST(quick_acks, are_asked_for_by_the_high_bit_of_the_length) {
  // Sizes whose low byte is 128 and more: only the highest bit of the length counts.
  for (const std::size_t size : {40U, 152U, 200U, 504U, 600U, 1048U}) {
    for (const way& which : every_way) {
      pair_of_streams ends(which);
      ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(size), true)));
      ASSERT_FALSE(deliver(ends.far, framed(ends.near, some_packet(size), false)));
      const std::vector<received> all = drain(ends.far);
      ASSERT_EQ(all.size(), 2U);
      EXPECT_EQ(std::get<packet>(all[0]).quick_ack_requested, which.kind != framing::full);
      EXPECT_FALSE(std::get<packet>(all[1]).quick_ack_requested);
      EXPECT_EQ(data_of(all[0]), some_packet(size));
    }
  }
}

}  // namespace
}  // namespace mtfetch::transport
