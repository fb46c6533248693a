// SPDX-License-Identifier: BSL-1.0
// Each form of link that leads to media: what it says, and that it is printed and read again.
#include <mtfetch/link.hpp>

#include <gtest/gtest.h>

#include "tests/resolve/link_line.hpp"

namespace mtfetch {
namespace {

struct row {
  const char* link;
  const char* says;
  const char* canonical;
};

template <std::size_t size>
void check(const row (&rows)[size]) {
  for (const auto& [link, says, canonical] : rows) {
    const parsed_link parsed = parse_link(link);
    EXPECT_EQ(in_one_line(parsed), says) << link;
    EXPECT_EQ(to_string(parsed), canonical) << link;
    EXPECT_EQ(parse_link(canonical), parsed) << link;
  }
}

TEST(parse_link, reads_hosts_and_schemes) {
  constexpr const char* levlam = "message levlam 1";
  constexpr const char* canonical = "https://t.me/levlam/1";
  check({{"t.me/levlam/1", levlam, canonical},
         {"telegram.dog/levlam/1", levlam, canonical},
         {"telegram.me/levlam/1/", levlam, canonical},
         {"www.telegram.me/levlam/1", levlam, canonical},
         {"www%2etelegram.me/levlam/1", levlam, canonical},
         {"https://t.me/levlam/1", levlam, canonical},
         {"httPs://t.me:80/levlam/1", levlam, canonical},
         {"HTTP://WWW.T.ME:443/levlam/1", levlam, canonical},
         {"  https://t.me/levlam/1\n", levlam, canonical},
         {"levlam.t.me/1", levlam, canonical},
         {"https://www.levlam.t.me/1", levlam, canonical},
         {"t.me/s/levlam/1", levlam, canonical},
         {"t.me/s/s/s/levlam/1", levlam, canonical},
         {"aAAb.t.me/12345?single", "message aaab 12345 single", "https://t.me/aaab/12345?single"},
         {"https://shares.t.me/9", "message shares 9", "https://t.me/shares/9"}});
}

TEST(parse_link, reads_messages_of_public_chats) {
  check(
      {{"t.me/username/12345", "message username 12345", "https://t.me/username/12345"},
       {"t.me/UserName/12345", "message UserName 12345", "https://t.me/UserName/12345"},
       {"t.me/user%6eame/%312", "message username 12", "https://t.me/username/12"},
       {"t.me/username/12345#asdasd", "message username 12345", "https://t.me/username/12345"},
       {"t.me/username/2147483647", "message username 2147483647",
        "https://t.me/username/2147483647"},
       {"username/12", "message username 12", "https://t.me/username/12"},
       {"@username/12", "message username 12", "https://t.me/username/12"},
       {"@username/12?single&t=5", "message username 12 single t=5",
        "https://t.me/username/12?single&t=5"},
       {"tg://resolve?domain=username&post=12", "message username 12", "https://t.me/username/12"},
       {"tg:resolve?domain=username&post=12", "message username 12", "https://t.me/username/12"},
       {"TG://Resolve?post=12&domain=username&single", "message username 12 single",
        "https://t.me/username/12?single"},
       {"t.me/username/1asdasdas/asdasd//asd/", "message username 1", "https://t.me/username/1"},
       {"t.me/username/12?utm=1&x=y", "message username 12", "https://t.me/username/12"}});
}

TEST(parse_link, reads_messages_by_id) {
  check(
      {{"t.me/c/12345/123", "message channel:12345 123", "https://t.me/c/12345/123"},
       {"t.me/c/123456789012/7?single", "message channel:123456789012 7 single",
        "https://t.me/c/123456789012/7?single"},
       {"t.me/c/%312345/%3123", "message channel:12345 123", "https://t.me/c/12345/123"},
       {"c/12345/123", "message channel:12345 123", "https://t.me/c/12345/123"},
       {"tg://privatepost?channel=12345&post=123", "message channel:12345 123",
        "https://t.me/c/12345/123"},
       {"-1001234567890:12", "message channel:1234567890 12", "https://t.me/c/1234567890/12"},
       {"-1001234567890/12", "message channel:1234567890 12", "https://t.me/c/1234567890/12"},
       {"-1001234567890/5/12", "message channel:1234567890 12 thread=5",
        "https://t.me/c/1234567890/5/12"},
       {"-1000000000005:12?single", "message channel:5 12 single", "https://t.me/c/5/12?single"},
       {"-3000000000005:12", "message channel:2000000000005 12", "https://t.me/c/2000000000005/12"},
       {"-4012345678:12", "message group:4012345678 12", "-4012345678:12"},
       {"-5/12", "message group:5 12", "-5:12"},
       {"12345:12", "message user:12345 12", "12345:12"},
       {"12345:12?single&t=1m", "message user:12345 12 single t=60", "12345:12?single&t=60"},
       {"1099511627775:1", "message user:1099511627775 1", "1099511627775:1"}});
}

TEST(parse_link, reads_topics_and_comments) {
  check(
      {{"t.me/username/5/77", "message username 77 thread=5", "https://t.me/username/5/77"},
       {"t.me/username/77?thread=5", "message username 77 thread=5", "https://t.me/username/5/77"},
       {"t.me/username/1/77", "message username 77 thread=1", "https://t.me/username/1/77"},
       {"t.me/c/9/5/77", "message channel:9 77 thread=5", "https://t.me/c/9/5/77"},
       {"t.me/c/9/77?thread=5", "message channel:9 77 thread=5", "https://t.me/c/9/5/77"},
       {"t.me/username/5/77?thread=6", "message username 77 thread=5",
        "https://t.me/username/5/77"},
       {"tg://resolve?domain=username&post=77&thread=5", "message username 77 thread=5",
        "https://t.me/username/5/77"},
       {"tg://privatepost?channel=9&post=77&thread=5", "message channel:9 77 thread=5",
        "https://t.me/c/9/5/77"},
       {"t.me/username/5?comment=7", "message username 5 comment=7",
        "https://t.me/username/5?comment=7"},
       {"t.me/c/9/5?single&comment=%37&t=9", "message channel:9 5 comment=7 single t=9",
        "https://t.me/c/9/5?comment=7&single&t=9"},
       {"t.me/username/3/5?comment=7", "message username 5 thread=3 comment=7",
        "https://t.me/username/3/5?comment=7"},
       {"t.me/username/5?thread=&comment=", "message username 5", "https://t.me/username/5"}});
}

TEST(parse_link, reads_ranges) {
  check({{"t.me/name/100-250", "range name 100-250", "https://t.me/name/100-250"},
         {"name/100-250", "range name 100-250", "https://t.me/name/100-250"},
         {"@name/7-7", "range name 7-7", "https://t.me/name/7-7"},
         {"t.me/name/5/100-250", "range name 100-250 thread=5", "https://t.me/name/5/100-250"},
         {"t.me/name/100-250?thread=5&single", "range name 100-250 thread=5",
          "https://t.me/name/5/100-250"},
         {"t.me/c/9/100-250", "range channel:9 100-250", "https://t.me/c/9/100-250"},
         {"t.me/c/9/5/100-250", "range channel:9 100-250 thread=5", "https://t.me/c/9/5/100-250"},
         {"t.me/name/1-1000000", "range name 1-1000000", "https://t.me/name/1-1000000"},
         {"t.me/name/2147483000-2147483647", "range name 2147483000-2147483647",
          "https://t.me/name/2147483000-2147483647"},
         {"-1001234567890:1-9", "range channel:1234567890 1-9", "https://t.me/c/1234567890/1-9"},
         {"12345:1-9", "range user:12345 1-9", "12345:1-9"},
         {"-77:1-9", "range group:77 1-9", "-77:1-9"}});
}

TEST(parse_link, reads_whole_chats) {
  check({{"t.me/username", "chat username", "https://t.me/username"},
         {"t.me/username/", "chat username", "https://t.me/username"},
         {"t.me/s/username", "chat username", "https://t.me/username"},
         {"username.t.me", "chat username", "https://t.me/username"},
         {"@username", "chat username", "https://t.me/username"},
         {"username", "chat username", "https://t.me/username"},
         {"t.me/username?text=hello&profile", "chat username", "https://t.me/username"},
         {"t.me/username?thread=5", "chat username thread=5", "https://t.me/username?thread=5"},
         {"tg://resolve?domain=username", "chat username", "https://t.me/username"},
         {"t.me/c/12345", "chat channel:12345", "https://t.me/c/12345"},
         {"t.me/c/12345?thread=5", "chat channel:12345 thread=5", "https://t.me/c/12345?thread=5"},
         {"-1001234567890", "chat channel:1234567890", "https://t.me/c/1234567890"},
         {"-4012345678", "chat group:4012345678", "-4012345678"},
         {"-5?thread=2", "chat group:5 thread=2", "-5?thread=2"},
         {"tg://user?id=12345", "chat user:12345", "tg://user?id=12345"}});
}

TEST(parse_link, reads_invitations) {
  check({{"t.me/+AbC-_9", "invite AbC-_9", "https://t.me/+AbC-_9"},
         {"t.me/%20AbC", "invite AbC", "https://t.me/+AbC"},
         {"t.me/%2BAbC", "invite AbC", "https://t.me/+AbC"},
         {"+AbC", "invite AbC", "https://t.me/+AbC"},
         {"https://telegram.me/joinchat/AbC", "invite AbC", "https://t.me/+AbC"},
         {"joinchat/AbC", "invite AbC", "https://t.me/+AbC"},
         {"t.me/JoinChat/AbC", "invite AbC", "https://t.me/+AbC"},
         {"tg://join?invite=AbC", "invite AbC", "https://t.me/+AbC"},
         {"tg:join?invite=A%62C", "invite AbC", "https://t.me/+AbC"}});
}

TEST(parse_link, reads_stories) {
  check({{"t.me/name/s/5", "story name 5", "https://t.me/name/s/5"},
         {"t.me/s/name/s/5", "story name 5", "https://t.me/name/s/5"},
         {"name.t.me/s/5", "story name 5", "https://t.me/name/s/5"},
         {"@name/s/5", "story name 5", "https://t.me/name/s/5"},
         {"tg://resolve?domain=name&story=5", "story name 5", "https://t.me/name/s/5"},
         {"12345:s/5", "story user:12345 5", "12345:s/5"},
         {"-1001234567890:s/5", "story channel:1234567890 5", "-1001234567890:s/5"}});
}

TEST(parse_link, reads_a_time) {
  const std::pair<const char*, int> times[] = {
      {"90", 90},         {"90s", 90},
      {"1m30s", 90},      {"1m30", 90},
      {"2h3m101s", 7481}, {"1h", 3600},
      {"1H2M3S", 3723},   {"1:30", 90},
      {"1:02:03", 3723},  {"01:05", 65},
      {"0", 0},           {"", 0},
      {"abc", 0},         {"-5", 0},
      {"1:", 0},          {"10000000", 10'000'000},
      {"10000001", 0},    {"99999999999999999999", 0},
      {"9999999h", 0},    {"1x", 0},
      {"1:3m", 0},        {":30", 0},
  };
  for (const auto& [text, seconds] : times) {
    const parsed_link link = parse_link("t.me/name/1?t=" + std::string(text));
    ASSERT_TRUE(std::holds_alternative<message_link>(link)) << text;
    EXPECT_EQ(std::get<message_link>(link).at, seconds) << text;
  }
}

}  // namespace
}  // namespace mtfetch
