// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/target_name.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

namespace mtfetch {
namespace {

std::string safe(std::string_view name) {
  return safe_file_name(name, "file");
}

std::string utf8_of(char32_t character) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | (character >> shift & 0x3fU));
  };
  if (character < 0x800) return {static_cast<char>(0xc0U | character >> 6U), tail(0)};
  if (character < 0x10000) return {static_cast<char>(0xe0U | character >> 12U), tail(6), tail(0)};
  return {static_cast<char>(0xf0U | character >> 18U), tail(12), tail(6), tail(0)};
}

TEST(safe_file_name, leaves_good_names_alone) {
  for (const char* name :
       {"film.mp4", "Ünïcödé 名前.tar.gz", "a b (1).txt", "no extension", "-rf"}) {
    EXPECT_EQ(safe(name), name);
  }
}

TEST(safe_file_name, takes_away_what_leads_elsewhere) {
  EXPECT_EQ(safe("../../etc/passwd"), "_.._etc_passwd");
  EXPECT_EQ(safe("/etc/passwd"), "_etc_passwd");
  EXPECT_EQ(safe("..\\evil.exe"), "_evil.exe");
  EXPECT_EQ(safe("C:evil"), "C_evil");
  EXPECT_EQ(safe(".."), "file");
  EXPECT_EQ(safe("."), "file");
  EXPECT_EQ(safe(""), "file");
  EXPECT_EQ(safe(" . . "), "file");
  EXPECT_EQ(safe(".bashrc"), "bashrc");
  EXPECT_EQ(safe("trailing. "), "trailing");
}

TEST(safe_file_name, gives_nobody_the_names_of_unfinished_downloads) {
  EXPECT_EQ(safe("x.pdf.part"), "x.pdf.part_");
  EXPECT_EQ(safe("x.pdf.PART"), "x.pdf.PART_");
  EXPECT_EQ(safe("x.pdf.part.journal"), "x.pdf.part.journal_");
  EXPECT_EQ(safe("x.pdf.part.journal-wal"), "x.pdf.part.journal-wal_");
  EXPECT_EQ(safe("spare.parts"), "spare.parts");
}

TEST(safe_file_name, takes_away_control_characters_and_direction_marks) {
  EXPECT_EQ(safe("a\nb\x1b[31m\x7f.txt"), "ab[31m.txt");
  EXPECT_EQ(safe("a\xc2\x85"
                 "b"),
            "ab");
  EXPECT_EQ(safe("photo\xe2\x80\xaegpj.exe"), "photogpj.exe");
  EXPECT_EQ(safe(std::string("a\0b", 3)), "ab");
  for (const char32_t mark : {U'\x61c', U'\x200f', U'\x2028', U'\x202a', U'\x2067', U'\xad',
                              U'\x180e', U'\x3164', U'\xfff9', U'\xe0041'}) {
    std::string name = "a.txt";
    name.insert(1, utf8_of(mark));
    EXPECT_EQ(safe(name), "a.txt") << static_cast<std::uint32_t>(mark);
  }
  EXPECT_EQ(safe("שיר 🎬.mp4"), "שיר 🎬.mp4") << "text that runs right to left stays";
}

TEST(safe_file_name, replaces_what_is_no_utf8) {
  EXPECT_EQ(safe("a\xff"
                 "b"),
            "a_b");
  EXPECT_EQ(safe("\xc0\xaf.txt"), "__.txt") << "an overlong slash";
  EXPECT_EQ(safe("\xed\xa0\x80"), "___") << "a surrogate";
  EXPECT_EQ(safe("cut \xe5\x90"), "cut __");
}

TEST(safe_file_name, avoids_device_names) {
  EXPECT_EQ(safe("con"), "_con");
  EXPECT_EQ(safe("COM1.txt"), "_COM1.txt");
  for (const char* name : {"nul", "Aux.tar.gz", "prn .txt", "conin$", "com0", "lpt\xc2\xb2.txt"}) {
    EXPECT_EQ(safe(name), std::string("_") + name);
  }
  for (const char* name : {"console.txt", "com10", "com", "lpt\xc2\xb4", "nulls.txt"}) {
    EXPECT_EQ(safe(name), name);
  }
}

TEST(safe_file_name, cuts_between_characters_and_keeps_the_extension) {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "名";
  const std::string cut = safe(name + ".mp4");
  EXPECT_LE(cut.size(), 255U - 24U);
  EXPECT_TRUE(cut.ends_with("名.mp4"));
  EXPECT_LE(safe(std::string(400, 'x') + "." + std::string(300, 'y')).size(), 231U);
  EXPECT_EQ(safe_file_name(std::string(300, 'x'), "file", 0).size(), 255U);
}

TEST(safe_file_name, makes_one_path_element_of_any_bytes) {
  std::mt19937 draw(1);
  for (int round = 0; round < 20000; ++round) {
    std::string name;
    for (std::size_t i = draw() % 300; i > 0; --i) name += static_cast<char>(draw());
    const std::string made = safe(name);
    ASSERT_FALSE(made.empty());
    ASSERT_LE(made.size(), 231U);
    ASSERT_EQ(made.find_first_of(std::string("/\\\0\n", 4)), std::string::npos);
    ASSERT_NE(made, ".");
    ASSERT_NE(made, "..");
    ASSERT_EQ(safe(made), made) << "safe names stay as they are";
  }
}

TEST(numbered, puts_the_number_before_the_extension) {
  EXPECT_EQ(sink::numbered("out/film.mp4", 0), "out/film.mp4");
  EXPECT_EQ(sink::numbered("out/film.mp4", 2), "out/film (2).mp4");
  EXPECT_EQ(sink::numbered("plain", 1), "plain (1)");
}

}  // namespace
}  // namespace mtfetch
