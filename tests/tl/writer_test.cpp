// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/writer.hpp"

#include <gtest/gtest.h>

#include "mtproto/tl/hex.hpp"

namespace mtfetch::tl {
namespace {

std::string written(std::string_view value) {
  bytes out;
  writer(out).string(value);
  return to_hex(out);
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(writer, writes_strings_as_the_protocol_says) {
  EXPECT_EQ(written(""), "00000000");
  EXPECT_EQ(written("a"), "01610000");
  EXPECT_EQ(written("abc"), "03616263");
  EXPECT_EQ(written(std::string(253, 'x')), "fd" + repeated("78", 253) + "0000");
  EXPECT_EQ(written(std::string(254, 'x')), "fefe0000" + repeated("78", 254) + "0000");
  EXPECT_EQ(written(std::string(256, 'x')), "fe000100" + repeated("78", 256));
}

TEST(writer, writes_numbers_least_byte_first) {
  bytes out;
  writer to(out);
  to.i32(-2);
  to.u32(0x01020304);
  to.i64(-3);
  to.f64(-0.5);
  to.boolean(true);
  to.boolean(false);
  EXPECT_EQ(to_hex(out),
            "feffffff"
            "04030201"
            "fdffffffffffffff"
            "000000000000e0bf"
            "b5757299"
            "379779bc");
}

TEST(writer, never_turns_the_bytes_of_big_numbers) {
  bytes out;
  writer to(out);
  int128 nonce{};
  nonce[15] = 1;
  to.i128(nonce);
  EXPECT_EQ(to_hex(out), "00000000000000000000000000000001");
}

TEST(writer, appends_behind_what_is_there) {
  bytes out = {9};
  writer(out).raw(bytes{1, 2});
  EXPECT_EQ(out, (bytes{9, 1, 2}));
}

TEST(writer, refuses_a_string_that_tl_has_no_form_for) {
  bytes out;
  EXPECT_NO_THROW(writer(out).bytes(bytes(max_string_size)));
  EXPECT_THROW(writer(out).bytes(bytes(max_string_size + 1)), std::length_error);
}

}  // namespace
}  // namespace mtfetch::tl
