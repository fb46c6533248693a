// SPDX-License-Identifier: BSL-1.0
// Texts that are no links, or none that can be understood: each is refused with a reason.
#include <mtfetch/link.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <variant>

#include "tests/resolve/link_line.hpp"

namespace mtfetch {
namespace {

TEST(parse_link, refuses_what_is_no_telegram_link) {
  for (const char* text : {"",
                           "   ",
                           "example.com/levlam/1",
                           "https://example.com/t.me/levlam/1",
                           "https://levlam/1",
                           "http:t.me/levlam/1",
                           "www%252Etelegram.dog/levlam/1",
                           "t.me:8080/levlam/1",
                           "user@t.me/levlam/1",
                           "https://user@t.me/levlam/1",
                           "https://t.me.example.com/a/1",
                           "aaa.t.me/12345",
                           "0aaa.t.me/12345",
                           "a__a.t.me/1",
                           "web.t.me/1",
                           "addlist.t.me/1",
                           "joinchat.t.me/1",
                           "a.levlam.t.me/1",
                           "ftp://t.me/a/1",
                           "video.mp4",
                           "/tmp/video",
                           "./name",
                           "name:12",
                           "@",
                           "@@name",
                           "@+hash",
                           "@joinchat/abc",
                           "@na__me",
                           "1.2.3.4:80",
                           "--5:1"}) {
    EXPECT_EQ(read_line(text), "!not_telegram") << text;
  }
}

TEST(parse_link, refuses_links_that_cannot_be_read) {
  for (const char* text :
       {"t.me", "t.me/", "https://t.me//username/1", "t.me/us__er/1", "t.me/9user/1",
        "t.me/user_/1", "t.me/us-er", "t.me/%ff/1", "t.me/a23456789012345678901234567890123",
        "t.me/s", "t.me/c", "-", "abc", "abc/12", "name/file.mp4", "name/app",
        // channels
        "t.me/c/", "t.me/c//1", "t.me/c/l12345/1", "t.me/c/0/1", "t.me/c/-5/1", "t.me/c/1/c",
        "t.me/c/1/app", "t.me/c/99999999999999999999/1", "t.me/c/1/s/5",
        "tg://privatepost?channel=5", "tg://privatepost?post=5",
        "tg://privatepost?channel=x&post=5",
        // messages
        "t.me/username/0", "t.me/username/-1", "t.me/username/+1", "t.me/username/2147483648",
        "t.me/username/99999999999999999999", "t.me/username/12,13", "t.me/username/12;13",
        "t.me/username/1.5", "t.me/username/5/0", "t.me/username/5/-7", "t.me/username/0/5",
        "t.me/username/x.y", "t.me/username//5", "tg://resolve?domain=username&post=0",
        "tg://resolve?domain=username&post=-5", "tg://resolve?domain=username&post=c",
        "tg://resolve?domain=username&post=abc", "tg://resolve?post=5", "tg://resolve",
        "tg://resolve?domain=share&post=5", "tg://resolve?domain=c&post=5",
        // topics and comments
        "t.me/username/5?thread=x", "t.me/username/5?thread=0", "t.me/username?thread=-1",
        "t.me/username/5?comment=0", "t.me/username/5?comment=99999999999",
        "t.me/username/5?comment=a",
        // ranges
        "t.me/name/250-100", "t.me/name/0-5", "t.me/name/1-99999999999", "t.me/name/1-1000001",
        "t.me/name/5-", "t.me/name/-5", "t.me/name/5-a", "t.me/name/5--7", "t.me/name/1-2-3",
        "t.me/name/100-250/5", "t.me/name/1%2d", "t.me/name/1..5", "t.me/name/1-5x",
        // ids
        "12345", "12345/6", "0:5", "-0:5", "12345:", "12345:0", "12345:x", "12345:-1",
        "99999999999999999999:1", "-99999999999999999999:1", "1099511627776:1", "-1000000000000:1",
        "-2000000000000:1", "-2000000000777:1", "-4000000000001:1", "tg://user?id=0", "tg://user",
        "tg://user?id=-5", "tg://user?id=abc",
        // invitations, stories and others
        "t.me/+", "t.me/+a.b", "t.me/+a%20b", "t.me/joinchat", "t.me/joinchat/12345",
        "tg://join?invite=123", "tg://join", "t.me/name/s", "t.me/name/s/0", "t.me/name/s/x",
        "t.me/name/s/-1", "t.me/name/c/x", "t.me/name/a/0", "t.me/boost", "t.me/boost?c=0",
        "tg://boost?channel=x", "tg://resolve?phone=abc", "tg://resolve?domain=bot&appname=5",
        "tg:", "tg://", "tg:///resolve?domain=name", "t.me/na me", "t.me/name/5 t.me/name/6",
        "t.me/name/5\nt.me/name/6", "t.me/\x1b[31m/5"}) {
    EXPECT_TRUE(read_line(text) == "!malformed") << text << " is " << read_line(text);
  }
}

TEST(parse_link, refuses_tg_links_of_unknown_kinds) {
  for (const char* text :
       {"tg://unknown", "tg://test@resolve?domain=name", "tg:resolve:80?domain=a", "tg://web",
        "tg://c", "tg://joinchat?invite=a"}) {
    EXPECT_EQ(read_line(text), "!unsupported") << text;
  }
}

TEST(parse_link, says_why) {
  const std::pair<const char*, const char*> cases[] = {
      {"t.me/name/250-100", "write 100-250"},
      {"t.me/name/1-2000000", "more than a million"},
      {"t.me/name/0", "\"0\" is not a message number"},
      {"12345", "name/12345"},
      {"12345/6", "12345:6"},
      {"t.me/joinchat/", "no invitation"},
      {"t.me/name/5 t.me/name/6", "one link at a time"},
      {"abc", "at least four characters"},
  };
  for (const auto& [text, words] : cases) {
    const parsed_link parsed = parse_link(text);
    const auto* refused = std::get_if<refused_link>(&parsed);
    ASSERT_NE(refused, nullptr) << text;
    EXPECT_NE(refused->sentence.find(words), std::string::npos) << refused->sentence;
    EXPECT_EQ(to_string(parsed), "");
  }
}

TEST(parse_link, quotes_what_a_terminal_would_not_obey) {
  for (const std::string& text :
       {std::string("example.com/\x1b[2J\x07\xff\n5"), "t.me/%1b[2J/" + std::string(4000, 'a'),
        "\xe2\x80\xae" + std::string("name"), std::string("t.me/\0/5", 8), std::string("3/\x8a/5"),
        "-" + std::string(4000, '5') + ":1", "t.me/c/" + std::string(4000, '5'),
        "t.me/name/1-" + std::string(4000, '5'), std::string("tg://resolve?domain=%0a&post=%0d")}) {
    const auto refused = std::get<refused_link>(parse_link(text));
    EXPECT_TRUE(std::ranges::all_of(refused.sentence, [](char c) { return c >= ' ' && c <= '~'; }))
        << refused.sentence;
    EXPECT_LT(refused.sentence.size(), 1000U);
  }
  EXPECT_EQ(read_line(std::string(100'000, 'a')), "!malformed");
}

TEST(parse_link, takes_any_bytes_and_reads_what_it_prints) {
  std::mt19937 draw(1);
  const std::string_view pieces[] = {"t.me/",
                                     "tg:",
                                     "//",
                                     "resolve?",
                                     "domain=",
                                     "name",
                                     "post=",
                                     "c/",
                                     "s/",
                                     "5",
                                     "12345",
                                     "-100",
                                     "-",
                                     ":",
                                     "/",
                                     "?",
                                     "&",
                                     "=",
                                     "single",
                                     "t=",
                                     "comment=",
                                     "thread=",
                                     "1h",
                                     "%2e",
                                     "%",
                                     "+",
                                     "$",
                                     "@",
                                     "boost",
                                     "joinchat",
                                     "start",
                                     "#",
                                     ".t.me",
                                     "\xff",
                                     " ",
                                     "0",
                                     "privatepost?channel=",
                                     "user?id=",
                                     "999999999999",
                                     "story=",
                                     "-1001234567890"};
  int understood = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text = draw() % 2 == 0 ? "t.me/" : "";
    for (std::size_t i = draw() % 9; i > 0; --i) text += pieces[draw() % std::size(pieces)];
    const parsed_link parsed = parse_link(text);
    if (std::holds_alternative<refused_link>(parsed)) continue;
    ++understood;
    EXPECT_EQ(parse_link(to_string(parsed)), parsed) << text << " as " << to_string(parsed);
  }
  EXPECT_GT(understood, 20'000);
}

}  // namespace
}  // namespace mtfetch
