// SPDX-License-Identifier: BSL-1.0
// What each placeholder stands for, what a template may not say, and hostile values.
#include <mtfetch/error.hpp>
#include <mtfetch/name_template.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <vector>

namespace mtfetch {
namespace {

media film() {
  media file;
  file.kind = media_kind::video;
  file.file_name = "Holiday.1080p.mp4";
  file.id = 5100200300;
  file.origin.username = "trips";
  file.origin.channel_id = 1234567;
  file.origin.message_id = 42;
  file.caption = "  By the\n\tsea ";
  file.chat_title = "Trips & Travels";
  file.sender = "Ada L.";
  file.sender_id = 77;
  file.album = 13579;
  file.date = 1769817600 + 3661;  // 2026-01-31T01:01:01Z
  file.width = 1920;
  file.height = 1080;
  return file;
}

std::string path_of(const std::string& text, const media& file, std::size_t n = 7) {
  return name_template(text).path_of(file, n).string();
}

TEST(name_template, fills_in_each_placeholder) {
  const struct {
    const char* text;
    const char* path;
  } cases[] = {
      {"{name}", "Holiday.1080p.mp4"},
      {"{stem}", "Holiday.1080p"},
      {"{ext}", "mp4"},
      {"{chat}", "Trips & Travels"},
      {"{chat_id}", "1234567"},
      {"{id}", "42"},
      {"{date}", "2026-01-31"},
      {"{date:%Y%m%d-%H%M%S}", "20260131-010101"},
      {"{caption}", "By the sea"},
      {"{album}", "13579"},
      {"{n}", "7"},
      {"{n:04}", "0007"},
      {"{n:4}", "0007"},
      {"{id:1}", "42"},
      {"{sender}", "Ada L"},
      {"{kind}", "video"},
      {"{width}x{height}", "1920x1080"},
      {"{document_id}", "5100200300"},
      {"{{{n}}}", "{7}"},
      {"{chat}/{date:%Y}/{n:03} {name}", "Trips & Travels/2026/007 Holiday.1080p.mp4"},
  };
  for (const auto& one : cases) EXPECT_EQ(path_of(one.text, film()), one.path) << one.text;
  EXPECT_EQ(name_template().path_of(film(), 1), "Holiday.1080p.mp4");
  EXPECT_EQ(name_template("{id} {name}").text(), "{id} {name}");
  EXPECT_TRUE(name_template("{chat}/{name}").makes_folders());
  EXPECT_FALSE(name_template("{name}").makes_folders());
}

TEST(name_template, leaves_out_what_is_not_there) {
  media bare;
  bare.id = 9;
  bare.kind = media_kind::round_video;
  EXPECT_EQ(path_of("{kind}", bare), "round_video");
  EXPECT_EQ(path_of("{album}/{sender}/{name}", bare), "round_video_9");
  EXPECT_EQ(path_of("a{chat}{chat_id}{id}{date}{ext}{caption}{album}{sender}{width}b", bare), "ab");
  EXPECT_EQ(path_of("{n}.{ext}", bare), "7") << "no dot at the end";
  EXPECT_EQ(path_of("{caption}", bare), "round_video_9") << "a file has some name";
  bare.origin.channel_id = 5;
  bare.sender_id = 6;
  EXPECT_EQ(path_of("{chat} {sender}", bare), "5 6");
  bare.origin.username = "trips";
  bare.origin.story_id = 3;
  EXPECT_EQ(path_of("{chat} {id}", bare), "trips 3");
}

TEST(name_template, makes_names_for_files_that_have_none) {
  media photo = film();
  photo.kind = media_kind::photo;
  photo.file_name.clear();
  EXPECT_EQ(made_file_name(photo, ".jpg"), "photo_trips_42_2026-01-31.jpg");
  EXPECT_EQ(path_of("{name}", photo), "photo_trips_42_2026-01-31");
  photo.origin.story_id = 9;
  EXPECT_EQ(made_file_name(photo, ".jpg"), "photo_story_trips_9_2026-01-31.jpg");
  photo.origin = {};
  photo.date = 0;
  EXPECT_EQ(made_file_name(photo, ".jpg"), "photo_5100200300.jpg");
  photo.origin.username = "../..";
  EXPECT_EQ(made_file_name(photo, ""), "photo_.._.._5100200300");
}

TEST(name_template, says_what_is_wrong_with_a_template) {
  const struct {
    const char* text;
    const char* words;
  } cases[] = {
      {"", "is empty"},
      {"{titel}",
       "{titel} that there is not; there are {chat} {chat_id} {id} {date} {name} {stem}"},
      {"{Name}", "{Name}"},
      {"{}", "{} that there is not"},
      {"{name", "a { without its }"},
      {"{na{me}", "a { without its }"},
      {"name}", "a } without its {"},
      {"{name:04}", "{name}, which is a text"},
      {"{n:x}", "a width of {n}"},
      {"{n:}", "a width of {n}"},
      {"{n:-1}", "a width of {n}"},
      {"{n:99}", "a width of {n}"},
      {"{date:%Q}", "a date whose %"},
      {"{date:%}", "a date whose %"},
      {"../{name}", "a folder \"..\""},
      {"./{name}", "a folder \".\""},
      {"a/..", "a folder \"..\""},
      {"/etc/{name}", "a / with no name before or after it"},
      {"a//{name}", "a / with no name before or after it"},
      {"{chat}/", "a / with no name before or after it"},
  };
  for (const auto& one : cases) {
    try {
      const name_template made(one.text);
      ADD_FAILURE() << one.text << " was taken";
    } catch (const error& refused) {
      EXPECT_EQ(refused.code(), client_errc::bad_config);
      EXPECT_NE(std::string(refused.what()).find(one.words), std::string::npos) << refused.what();
    }
  }
}

TEST(name_template, hostile_values_lead_nowhere_else) {
  const struct {
    const char* value;
    const char* path;  // of {chat}/{name}, both being the value
  } cases[] = {
      {"..", "video_42_2026-01-31"},
      {"../../etc/passwd", "_.._etc_passwd/_.._etc_passwd"},
      {"/root/.ssh/id", "_root_.ssh_id/_root_.ssh_id"},
      {"..\\..\\x", "_.._x/_.._x"},
      {"nul", "_nul/_nul"},
      {"a\xe2\x80\xaetxt.exe", "atxt.exe/atxt.exe"},
      {"x\xff", "x_/x_"},
      {"line\nend. . ", "line end/lineend"},
      {" ", "video_42_2026-01-31"},
      {".mtfetch.db", "mtfetch.db/mtfetch.db"},
      {"a.part", "a.part_/a.part_"},
      {"{n}", "{n}/{n}"},
  };
  for (const auto& one : cases) {
    media file = film();
    file.origin.username.clear();
    file.origin.channel_id = 0;
    file.chat_title = file.file_name = one.value;
    EXPECT_EQ(path_of("{chat}/{name}", file), one.path) << one.value;
  }
}

TEST(name_template, any_bytes_make_a_path_below_the_target) {
  std::mt19937 draw(2);
  const auto text = [&draw] {
    std::string made;
    for (std::size_t i = draw() % 400; i > 0; --i) {
      made += draw() % 3 == 0 ? "/.\\ "[draw() % 4] : static_cast<char>(draw());
    }
    return made;
  };
  const name_template names("{chat}/{caption} {sender}/{stem}-{n}.{ext}");
  for (int round = 0; round < 5000; ++round) {
    media file = film();
    file.chat_title = text();
    file.caption = text();
    file.sender = text();
    file.file_name = text();
    file.date = static_cast<std::int64_t>(draw()) << 20U;
    const std::filesystem::path path = names.path_of(file, round);
    ASSERT_TRUE(path.is_relative());
    ASSERT_EQ(path, path.lexically_normal()) << "no . and no ..";
    std::size_t depth = 0;
    for (const auto& element : path) {
      ++depth;
      ASSERT_LE(element.string().size(), 231U);
      ASSERT_NE(element, "..");
    }
    ASSERT_GE(depth, 1U);
    ASSERT_LE(depth, 3U);
  }
}

TEST(name_template, long_texts_are_cut_between_characters_and_leave_the_rest) {
  media file = film();
  file.caption.clear();
  for (int i = 0; i < 200; ++i) file.caption += "名";
  const std::string path = path_of("{caption} {id}.{ext}", file);
  EXPECT_TRUE(path.ends_with("名 42.mp4")) << path;
  EXPECT_LE(path.size(), 130U);
  file.file_name = file.caption + ".mp4";
  EXPECT_TRUE(path_of("{name}", file).ends_with("名.mp4"));
}

}  // namespace
}  // namespace mtfetch
