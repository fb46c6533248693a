// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/resolve.hpp>

#include <gtest/gtest.h>

#include <random>

namespace mtfetch {
namespace {

// The link in one line: "name/12", "c/5/12", "!unsupported".
std::string read(std::string_view text) {
  const parsed_link parsed = parse_link(text);
  const auto tail = [](const auto& link) {
    return std::to_string(link.message_id) +
           (link.thread_id > 0 ? " thread " + std::to_string(link.thread_id) : "") +
           (link.single ? " single" : "");
  };
  if (const auto* open = std::get_if<public_message_link>(&parsed)) {
    return open->username + "/" + tail(*open);
  }
  if (const auto* closed = std::get_if<private_message_link>(&parsed)) {
    return "c/" + std::to_string(closed->channel_id) + "/" + tail(*closed);
  }
  const refused_link& refused = std::get<refused_link>(parsed);
  EXPECT_FALSE(refused.sentence.empty());
  switch (refused.why) {
    case link_errc::not_telegram:
      return "!not_telegram";
    case link_errc::malformed:
      return "!malformed";
    default:
      return "!unsupported";
  }
}

TEST(parse_link, reads_message_links_in_all_their_spellings) {
  const std::pair<const char*, const char*> cases[] = {
      {"t.me/levlam/1", "levlam/1"},
      {"telegram.dog/levlam/1", "levlam/1"},
      {"telegram.me/levlam/1/", "levlam/1"},
      {"www%2etelegram.me/levlam/1", "levlam/1"},
      {"https://t.me/levlam/1", "levlam/1"},
      {"httPs://t.me:80/levlam/1", "levlam/1"},
      {"HTTP://WWW.T.ME:443/levlam/1", "levlam/1"},
      {"  https://t.me/levlam/1\n", "levlam/1"},
      {"t.me/username/12345?single", "username/12345 single"},
      {"t.me/username/12345?utm=1&single&x=y", "username/12345 single"},
      {"t.me/username/12345#asdasd", "username/12345"},
      {"t.me/username/12345/asdasd//asd/asd/asd/?single", "username/12345 single"},
      {"t.me/username/1asdasdas/asdasd//asd/asd/asd/?single", "username/1 single"},
      {"t.me/s/username/7", "username/7"},
      {"t.me/s/s/s/username/7", "username/7"},
      {"t.me/username/5/77", "username/77 thread 5"},
      {"t.me/username/77?thread=5", "username/77 thread 5"},
      {"aAAb.t.me/12345?single", "aaab/12345 single"},
      {"https://shares.t.me/9", "shares/9"},
      {"t.me/c/12345/123?single", "c/12345/123 single"},
      {"t.me/c/123456789012/7", "c/123456789012/7"},
      {"t.me/c/12345/123/456/asd/asd////?single", "c/12345/456 thread 123 single"},
      {"t.me/c/%312345/%3123", "c/12345/123"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(read(text), expected) << text;
}

TEST(parse_link, refuses_what_is_no_telegram_link) {
  for (const char* text :
       {"", "hello", "example.com/levlam/1", "https://example.com/t.me/levlam/1",
        "http:t.me/levlam/1", "www%252Etelegram.dog/levlam/1", "t.me:8080/levlam/1",
        "user@t.me/levlam/1", "https://t.me.example.com/a/1", "aaa.t.me/12345", "0aaa.t.me/12345",
        "web.t.me/1", "addlist.t.me/1", "joinchat.t.me/1", "ftp://t.me/a/1"}) {
    EXPECT_EQ(read(text), "!not_telegram") << text;
  }
}

TEST(parse_link, refuses_links_that_cannot_be_read) {
  for (const char* text : {"t.me", "t.me/", "https://t.me//username/1", "t.me/c/", "t.me/c//1",
                           "t.me/c/l12345/1", "t.me/c/1/c", "t.me/username/0", "t.me/username/-1",
                           "t.me/username/99999999999", "t.me/us__er/1", "t.me/9user/1",
                           "t.me/user_/1", "t.me/username/app", "t.me/c/99999999999999999999/1"}) {
    EXPECT_EQ(read(text), "!malformed") << text;
  }
}

TEST(parse_link, says_what_other_links_lead_to) {
  const std::pair<const char*, const char*> cases[] = {
      {"t.me/joinchat/abacaba", "an invitation"},
      {"t.me/+abacaba", "an invitation"},
      {"t.me/addstickers/Cats", "stickers"},
      {"t.me/addlist/x", "a folder"},
      {"t.me/proxy?server=a", "a proxy"},
      {"t.me/boost/name", "a boost"},
      {"t.me/$slug", "an invoice"},
      {"t.me/username", "names a chat and no message"},
      {"t.me/c/12345", "names a channel and no message"},
      {"t.me/username/s/3", "a story"},
      {"t.me/username/5?comment=7", "a comment"},
      {"tg://resolve?domain=username&post=12345", "give the t.me link"},
  };
  for (const auto& [text, words] : cases) {
    const parsed_link parsed = parse_link(text);
    const auto* refused = std::get_if<refused_link>(&parsed);
    ASSERT_NE(refused, nullptr) << text;
    EXPECT_EQ(refused->why, link_errc::unsupported) << text;
    EXPECT_NE(refused->sentence.find(words), std::string::npos) << refused->sentence;
    EXPECT_NE(refused->sentence.find(text), std::string::npos) << refused->sentence;
  }
}

TEST(parse_link, takes_any_bytes) {
  std::mt19937 draw(1);
  const std::string_view alphabet = "t.me/c/user1234567890?single&#%2e+$:@ \n\xff";
  for (int round = 0; round < 50000; ++round) {
    std::string text = draw() % 2 == 0 ? "t.me/" : "";
    for (std::size_t i = draw() % 40; i > 0; --i) text += alphabet[draw() % alphabet.size()];
    static_cast<void>(read(text));
  }
  EXPECT_EQ(read(std::string(100'000, 'a')), "!malformed");
}

}  // namespace
}  // namespace mtfetch
