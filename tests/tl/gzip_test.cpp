// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/gzip.hpp"

#include <gtest/gtest.h>

#include "mtfetch/error.hpp"
#include "mtproto/tl/hex.hpp"

namespace mtfetch::tl {
namespace {

constexpr std::size_t mebibyte = 1024 * 1024;

bytes hex(std::string_view text) {
  return from_hex(text).value();
}

TEST(gzip, opens_a_packed_bool_of_a_server) {
  const auto out = gunzip(hex("1f8b0800000000000203db5a5a3413009bfb08cd04000000"), mebibyte);
  ASSERT_TRUE(out);
  EXPECT_EQ(to_hex(*out), "b5757299");
}

TEST(gzip, opens_zlib_framing_too) {
  const auto out = gunzip(hex("789cdb5a5a34130005b40236"), mebibyte);
  ASSERT_TRUE(out);
  EXPECT_EQ(to_hex(*out), "b5757299");
}

TEST(gzip, holds_the_checksum_against_the_data) {
  EXPECT_EQ(gunzip(hex("789cdb5a5a34130005b40237"), mebibyte).error(), protocol_errc::gzip_corrupt);
}

TEST(gzip, gives_back_what_it_packed) {
  bytes data(100'000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * i >> 7);
  for (const std::size_t size : {0U, 1U, 1000U, 100'000U}) {
    const byte_view part = byte_view(data).first(size);
    const auto out = gunzip(gzip(part), size);
    ASSERT_TRUE(out) << size << ": " << out.error().message();
    EXPECT_EQ(shared_bytes(*out), shared_bytes::copy(part));
  }
}

TEST(gzip, ends_a_bomb_at_the_limit) {
  const bytes bomb = gzip(bytes(64 * mebibyte, 0));
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_EQ(gunzip(bomb, 10 * mebibyte).error(), protocol_errc::gzip_too_large);
}

TEST(gzip, allows_the_limit_and_not_one_byte_more) {
  const bytes packed = gzip(bytes(5000, 1));
  EXPECT_TRUE(gunzip(packed, 5000));
  EXPECT_EQ(gunzip(packed, 4999).error(), protocol_errc::gzip_too_large);
  EXPECT_EQ(gunzip(packed, 0).error(), protocol_errc::gzip_too_large);
}

TEST(gzip, refuses_data_cut_at_any_byte) {
  const bytes packed = gzip(bytes(300, 5));
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_EQ(gunzip(byte_view(packed).first(size), mebibyte).error(), protocol_errc::gzip_corrupt)
        << size;
  }
}

TEST(gzip, never_gives_other_data_for_a_turned_bit) {
  bytes data(200);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  const bytes packed = gzip(data);
  constexpr std::size_t header = 10;
  for (std::size_t i = header * 8; i < packed.size() * 8; ++i) {
    bytes damaged = packed;
    damaged[i / 8] = static_cast<std::uint8_t>(damaged[i / 8] ^ 1U << i % 8);
    const auto out = gunzip(damaged, mebibyte);
    // A few bits of a Huffman header do not matter to what it says.
    if (out) {
      EXPECT_EQ(*out, data) << i;
    }
  }
}

TEST(gzip, refuses_what_was_never_packed) {
  EXPECT_EQ(gunzip(bytes(100, 0x41), mebibyte).error(), protocol_errc::gzip_corrupt);
  EXPECT_EQ(gunzip({}, mebibyte).error(), protocol_errc::gzip_corrupt);
}

}  // namespace
}  // namespace mtfetch::tl
