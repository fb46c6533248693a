// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/reader.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::tl {
namespace {

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

TEST(reader, reads_the_basic_types) {
  const bytes data =
      hex("ffffffff"
          "00000080"
          "8877665544332211"
          "000000000000f83f"
          "b5757299"
          "379779bc"
          "000102030405060708090a0b0c0d0e0f");
  reader in(data);
  EXPECT_EQ(in.i32(), -1);
  EXPECT_EQ(in.u32(), 0x80000000U);
  EXPECT_EQ(in.i64(), 0x1122334455667788);
  EXPECT_EQ(in.f64(), 1.5);
  EXPECT_TRUE(in.boolean());
  EXPECT_FALSE(in.boolean());
  const int128 last = in.i128();
  EXPECT_EQ(last.front(), 0);
  EXPECT_EQ(last.back(), 15);
  EXPECT_FALSE(in.error());
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_EQ(in.position(), data.size());
}

TEST(reader, keeps_the_leading_zeros_of_a_nonce) {
  const bytes data(32, 0);
  reader in(data);
  EXPECT_EQ(in.i256(), int256{});
  EXPECT_FALSE(in.error());
}

TEST(reader, keeps_the_first_error_and_gives_zeros_after_it) {
  const bytes data = hex("0100000005000000");
  reader in(data);
  EXPECT_EQ(in.i32(), 1);
  EXPECT_EQ(in.i64(), 0);
  EXPECT_EQ(in.error(), protocol_errc::truncated);
  EXPECT_EQ(in.i32(), 0) << "four bytes are there, but nothing is read after an error";
  in.fail(protocol_errc::bad_value);
  EXPECT_EQ(in.error(), protocol_errc::truncated);
  EXPECT_EQ(in.position(), 4U);
  EXPECT_TRUE(in.string().empty());
  EXPECT_TRUE(in.bytes().empty());
  EXPECT_EQ(in.count(4), 0U);
  EXPECT_TRUE(in.rest().empty());
}

TEST(reader, fails_on_an_empty_buffer_without_touching_it) {
  reader in(byte_view{});
  EXPECT_EQ(in.peek_u32(), 0U);
  EXPECT_EQ(in.error(), protocol_errc::truncated);
}

TEST(reader, peeks_without_consuming) {
  const bytes data = hex("78563412");
  reader in(data);
  EXPECT_EQ(in.peek_u32(), 0x12345678U);
  EXPECT_EQ(in.u32(), 0x12345678U);
}

TEST(reader, takes_the_long_form_of_a_short_string) {
  const bytes data = hex("fe03000061626300");
  reader in(data);
  EXPECT_EQ(in.string(), "abc");
  EXPECT_FALSE(in.error());
  EXPECT_EQ(in.remaining(), 0U);
}

TEST(reader, takes_padding_that_is_not_zero) {
  const bytes data = hex("0161ffff");
  reader in(data);
  EXPECT_EQ(in.string(), "a");
  EXPECT_FALSE(in.error());
}

TEST(reader, refuses_string_lengths_past_the_end) {
  for (const char* text : {"04616263", "fdffffff", "fe0000ff", "feffffff",
                           "fe050000"
                           "61626364"}) {
    const bytes data = hex(text);
    reader in(data);
    EXPECT_TRUE(in.string().empty()) << text;
    EXPECT_EQ(in.error(), protocol_errc::bad_length) << text;
  }
}

TEST(reader, refuses_a_string_whose_padding_is_cut) {
  const bytes data = hex("0561626364650000");
  for (std::size_t size = 0; size < data.size(); ++size) {
    reader in(byte_view(data).first(size));
    in.string();
    EXPECT_TRUE(in.error()) << size;
  }
}

TEST(reader, refuses_the_length_form_of_storage_files) {
  const bytes data = hex("ff01000000000000");
  reader in(data);
  in.bytes_view();
  EXPECT_EQ(in.error(), protocol_errc::bad_length);
}

TEST(reader, refuses_a_bool_that_is_neither) {
  const bytes data = hex("b5757298");
  reader in(data);
  EXPECT_FALSE(in.boolean());
  EXPECT_EQ(in.error(), protocol_errc::bad_value);
}

TEST(reader, holds_counts_against_what_is_left) {
  const auto count = [](std::uint32_t claimed, std::size_t behind, std::size_t item) {
    bytes data;
    writer(data).u32(claimed);
    data.resize(4 + behind);
    reader in(data);
    const std::size_t got = in.count(item);
    EXPECT_EQ(in.error(), got == claimed ? std::error_code() : protocol_errc::bad_length);
    return got;
  };
  EXPECT_EQ(count(0, 0, 4), 0U);
  EXPECT_EQ(count(3, 12, 4), 3U);
  EXPECT_EQ(count(3, 11, 4), 0U);
  EXPECT_EQ(count(2, 16, 8), 2U);
  EXPECT_EQ(count(3, 16, 8), 0U);
  EXPECT_EQ(count(0x80000000, 1024, 4), 0U) << "negative";
  EXPECT_EQ(count(0x7fffffff, 1024, 4), 0U);
  EXPECT_EQ(count(0xffffffff, 1024, 16), 0U) << "the product would overflow 32 bits";
  EXPECT_EQ(count(1000, 8, 0), 0U) << "an item always takes something";
}

TEST(reader, slices_long_bytes_of_an_owned_buffer_and_copies_short_ones) {
  bytes data;
  writer out(data);
  out.bytes(bytes(511, 1));
  out.bytes(bytes(512, 2));
  const auto owner = std::make_shared<const bytes>(data);
  reader in(*owner, owner);
  const shared_bytes brief = in.bytes();
  const shared_bytes large = in.bytes();
  EXPECT_FALSE(in.error());
  EXPECT_NE(brief.owner(), owner);
  EXPECT_EQ(large.owner(), owner);
  EXPECT_EQ(large.data(), owner->data() + 4 + 512 + 4);
  EXPECT_EQ(large, shared_bytes(bytes(512, 2)));
}

TEST(reader, copies_when_nobody_owns_the_buffer) {
  bytes data;
  writer(data).bytes(bytes(600, 7));
  reader in(data);
  const shared_bytes value = in.bytes();
  data.assign(data.size(), 0);
  EXPECT_EQ(value, shared_bytes(bytes(600, 7)));
}

TEST(reader, gives_the_rest_as_it_is) {
  const bytes data = hex("0100000011223344556677");
  reader in(data);
  in.i32();
  EXPECT_EQ(in.rest_shared(), shared_bytes(hex("11223344556677")));
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_FALSE(in.error());
}

TEST(reader, gives_raw_bytes_only_when_all_are_there) {
  const bytes data = hex("11223344");
  reader in(data);
  EXPECT_EQ(in.raw_view(3).size(), 3U);
  EXPECT_TRUE(in.raw_view(2).empty());
  EXPECT_EQ(in.error(), protocol_errc::bad_length);
}

TEST(reader, limits_the_depth_of_nesting) {
  const bytes data(8, 0);
  reader in(data, {}, {.max_depth = 2});
  EXPECT_TRUE(in.enter());
  EXPECT_TRUE(in.enter());
  in.leave();
  EXPECT_TRUE(in.enter());
  EXPECT_FALSE(in.enter());
  EXPECT_EQ(in.error(), protocol_errc::too_deep);
}

TEST(reader, reads_back_what_the_writer_wrote_at_every_length) {
  for (std::size_t size = 0; size < 600; ++size) {
    const bytes value(size, static_cast<std::uint8_t>(size));
    bytes data;
    writer(data).bytes(value);
    EXPECT_EQ(data.size() % 4, 0U);
    reader in(data);
    EXPECT_EQ(in.bytes(), shared_bytes(value));
    EXPECT_EQ(in.remaining(), 0U);
    ASSERT_FALSE(in.error()) << size;
  }
}

}  // namespace
}  // namespace mtfetch::tl
