// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/target_name.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mtfetch {
namespace {

std::string safe(std::string_view name) {
  return safe_file_name(name, "file");
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
  EXPECT_EQ(safe("console.txt"), "console.txt");
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
