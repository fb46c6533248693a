// SPDX-License-Identifier: BSL-1.0
// What a filter lets pass, where it ends a chat, and patterns that strangers' texts meet.
#include <mtfetch/error.hpp>
#include <mtfetch/media_filter.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace mtfetch {
namespace {

media film() {
  media file;
  file.kind = media_kind::video;
  file.file_name = "Holiday.mp4";
  file.caption = "By the sea";
  file.size = 1000;
  file.date = 5000;
  return file;
}

TEST(media_filter, lets_pass_what_fits_all_that_it_says) {
  const struct {
    const char* what;
    std::function<void(media_filter&)> set;
    bool passes;
  } cases[] = {
      {"nothing said", [](auto&) {}, true},
      {"its kind",
       [](auto& f) {
         f.kinds = {media_kind::photo, media_kind::video};
       },
       true},
      {"another kind", [](auto& f) { f.kinds = {media_kind::photo}; }, false},
      {"since then", [](auto& f) { f.since = 5000; }, true},
      {"since later", [](auto& f) { f.since = 5001; }, false},
      {"until later", [](auto& f) { f.until = 5001; }, true},
      {"until then", [](auto& f) { f.until = 5000; }, false},
      {"smallest", [](auto& f) { f.min_size = 1000; }, true},
      {"too small", [](auto& f) { f.min_size = 1001; }, false},
      {"largest", [](auto& f) { f.max_size = 1000; }, true},
      {"too large", [](auto& f) { f.max_size = 999; }, false},
      {"name", [](auto& f) { f.name = text_pattern("\\.mp4$"); }, true},
      {"capitals", [](auto& f) { f.name = text_pattern("holiday"); }, false},
      {"no capitals", [](auto& f) { f.name = text_pattern("(?i)holiday"); }, true},
      {"caption", [](auto& f) { f.caption = text_pattern("sea|lake"); }, true},
      {"other caption", [](auto& f) { f.caption = text_pattern("^sea"); }, false},
      {"one of two", [](auto& f) { f.min_size = 1, f.name = text_pattern("x"); }, false},
  };
  for (const auto& one : cases) {
    media_filter filter;
    one.set(filter);
    EXPECT_EQ(filter.matches(film()), one.passes) << one.what;
  }
}

TEST(media_filter, says_where_a_chat_has_nothing_more) {
  media_filter filter;
  EXPECT_FALSE(filter.is_past(1));
  filter.since = 100;
  filter.until = 200;
  EXPECT_TRUE(filter.is_past(99));
  EXPECT_FALSE(filter.is_past(100));
  EXPECT_FALSE(filter.is_past(500)) << "read from the newest, it comes to it yet";
  filter.reverse = true;
  EXPECT_FALSE(filter.is_past(99));
  EXPECT_FALSE(filter.is_past(199));
  EXPECT_TRUE(filter.is_past(200));
}

TEST(text_pattern, says_what_is_wrong_with_it) {
  for (const char* text : {"(", "[a", "*", "a{99999}", "(?<=x)y", "\\1"}) {
    try {
      const text_pattern made(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const error& refused) {
      EXPECT_EQ(refused.code(), client_errc::bad_config);
      EXPECT_NE(std::string(refused.what()).find(text), std::string::npos) << refused.what();
    }
  }
}

TEST(text_pattern, no_text_makes_it_slow_or_deep) {
  const text_pattern nested("^(([a-z])+.)+[A-Z]([a-z])+$");
  EXPECT_FALSE(nested.found_in(std::string(100'000, 'a')));
  const text_pattern many("(a|b|ab)*c");
  EXPECT_TRUE(many.found_in(std::string(1'000'000, 'a') + "c"));
  EXPECT_FALSE(text_pattern("x").found_in("\xff\xfe")) << "what is no UTF-8";
  EXPECT_TRUE(text_pattern("名.$").found_in("の名前"));
}

}  // namespace
}  // namespace mtfetch
