// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/base64.hpp"

#include <gtest/gtest.h>

#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/utf8.hpp"

namespace mtfetch::tl {
namespace {

TEST(base64, gives_the_examples_of_the_rfc) {
  const std::pair<std::string_view, std::string_view> examples[] = {{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : examples) {
    EXPECT_EQ(to_base64(as_bytes(plain)), coded);
    ASSERT_TRUE(from_base64(coded)) << coded;
    EXPECT_EQ(as_text(*from_base64(coded)), plain);
  }
}

TEST(base64, reads_both_alphabets_with_and_without_padding) {
  const bytes data = {0xfb, 0xff, 0xfe, 0xff};
  for (const char* text : {"+//+/w==", "-__-_w==", "-__-_w", "+//+/w"}) {
    EXPECT_EQ(from_base64(text), data) << text;
  }
}

TEST(base64, refuses_anything_else) {
  for (const char* text : {"Z", "Zg=", "Zg===", "Z===", "=", "====", "Zm 9v", "Zm9v\n",
                           "Zh==", "Zm9=", "Zg==Zg==", "Zm9v="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

TEST(hex, goes_there_and_back) {
  EXPECT_EQ(to_hex(bytes{0, 0x1f, 0xab}), "001fab");
  EXPECT_EQ(from_hex("001FaB"), (bytes{0, 0x1f, 0xab}));
  EXPECT_EQ(from_hex(""), bytes());
  for (const char* text : {"0", "0g", "g0", " 0", "0x", "00 "}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
}

TEST(utf8, takes_well_formed_text_only) {
  for (const char* text : {"", "a", "\x7f", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf",
                           "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text : {"\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe1\x80",
                           "\xe1\x80\x41", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xff", "ok\xfe"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

}  // namespace
}  // namespace mtfetch::tl
