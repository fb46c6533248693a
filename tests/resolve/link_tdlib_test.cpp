// SPDX-License-Identifier: BSL-1.0
// The answers that TDLib's own tests expect of its link parser (test/link.cpp at 022d602), as known
// answers: "nullptr" is a text that is no link within Telegram.
#include <mtfetch/link.hpp>

#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace mtfetch {
namespace {

constexpr struct {
  const char* link;
  const char* expected;
} answers[] = {
    {"t.me/levlam/1", "message(tg://resolve?domain=levlam&post=1)"},
    {"telegram.dog/levlam/1", "message(tg://resolve?domain=levlam&post=1)"},
    {"www%2etelegram.me/levlam/1", "message(tg://resolve?domain=levlam&post=1)"},
    {"www%252Etelegram.dog/levlam/1", "nullptr"},
    {"www.t.me/s/s/s/s/s/joinchat/a", "chat_invite(a)"},
    {"http://t.me/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/s/joinchat/a", "chat_invite(a)"},
    {"https://t.me/levlam/1", "message(tg://resolve?domain=levlam&post=1)"},
    {"httPs://t.me:80/levlam/1", "message(tg://resolve?domain=levlam&post=1)"},
    {"http:t.me/levlam/1", "nullptr"},
    {"telegram.dog/levlam?boost", "chat_boost(tg://boost?domain=levlam)"},
    {"t.me/c/l12345?boost", "nullptr"},
    {"t.me/c/12345?boost", "chat_boost(tg://boost?channel=12345)"},
    {"t.me/c/123456789012?boost=12312&domain=123", "chat_boost(tg://boost?channel=123456789012)"},
    {"t.me/boost/s", "chat_boost(tg://boost?domain=s)"},
    {"t.me/boost?c=12telegram", "chat_boost(tg://boost?channel=12)"},
    {"tg:boost?domain=username/12345&single", "chat_boost(tg://boost?domain=username%2F12345)"},
    {"tg:boost?channel=12345&domain=username", "chat_boost(tg://boost?domain=username)"},
    {"tg:resolve?domain=username&post=12345&single",
     "message(tg://resolve?domain=username&post=12345&single)"},
    {"tg:resolve?domain=user%31name&post=%312345&single&comment=456&t=789&single&thread=123%20%31",
     "message(tg://resolve?domain=user1name&post=12345&single&thread=123%201&comment=456&t=789)"},
    {"TG://test@resolve?domain=username&post=12345&single", "nullptr"},
    {"t.me/username/12345?single", "message(tg://resolve?domain=username&post=12345&single)"},
    {"t.me/username/12345", "message(tg://resolve?domain=username&post=12345)"},
    {"t.me/username/12345#asdasd", "message(tg://resolve?domain=username&post=12345)"},
    {"t.me/username/12345/asdasd//asd/asd/asd/?single",
     "message(tg://resolve?domain=username&post=12345&single)"},
    {"t.me/username/1asdasdas/asdasd//asd/asd/asd/?single",
     "message(tg://resolve?domain=username&post=1&single)"},
    {"tg:privatepost?channel=username&post=12345",
     "message(tg://privatepost?channel=username&post=12345)"},
    {"t.me/c/1/c?single", "nullptr"},
    {"t.me/c//1?single", "nullptr"},
    {"t.me/c/12345/123?single", "message(tg://privatepost?channel=12345&post=123&single)"},
    {"t.me/c/12345/123/456/asd/asd////?single",
     "message(tg://privatepost?channel=12345&post=456&single&thread=123)"},
    {"t.me/c/%312345/%3123?comment=456&t=2h3m101s&single&thread=123%20%31",
     "message(tg://"
     "privatepost?channel=12345&post=123&single&thread=123%201&comment=456&t=2h3m101s)"},
    {"t.me/joinchat", "nullptr"},
    {"t.me/joinchat//abcdef", "nullptr"},
    {"t.me/joinchat/?abcdef", "nullptr"},
    {"t.me/joinchat/abacaba", "chat_invite(abacaba)"},
    {"t.me/joinchat/aba%30aba", "chat_invite(aba0aba)"},
    {"t.me/joinchat/12345678901", "nullptr"},
    {"t.me/joinchat/123456/123123/12/31/a/s//21w/?asdas#test", "nullptr"},
    {"t.me/joinchat/123456a/123123/12/31/a/s//21w/?asdas#test", "chat_invite(123456a)"},
    {"t.me/+a", "chat_invite(a)"},
    {"t.me/+/abcdef", "nullptr"},
    {"t.me/+#abcdef", "nullptr"},
    {"t.me/+aba%20aba", "nullptr"},
    {"t.me/+123456a", "chat_invite(123456a)"},
    {"t.me/+123456?startattach", "user_phone_number(123456)"},
    {"t.me/+123456?attach=", "user_phone_number(123456)"},
    {"t.me/+123456?attach=&startattach=1", "user_phone_number(123456)"},
    {"t.me/+123456?profile&text=@asd", "user_phone_number(123456,  @asd, true)"},
    {"telegram.t.me?text=asd", "public_chat(telegram, asd)"},
    {"tg://join?invite=abc%30def", "chat_invite(abc0def)"},
    {"tg:resolve:80?domain=username&voicechat=", "nullptr"},
    {"TG://test@resolve?domain=username&start=", "nullptr"},
    {"t.me//username?start=", "nullptr"},
    {"tg:resolve:80?domain=username&direct=", "nullptr"},
    {"TG://test@resolve?domain=username&startgroup=", "nullptr"},
    {"t.me//username?startgroup=", "nullptr"},
    {"tg:resolve:80?domain=username&game=asd", "nullptr"},
    {"TG://test@resolve?domain=username&collection=1", "nullptr"},
    {"t.me/username/c/", "public_chat(username)"},
    {"tg:resolve?domain=username&story=123", "story(username, 123)"},
    {"tg:resolve:80?domain=username&story=1", "nullptr"},
    {"tg:resolve?domain=telegram&&&&&&&story=%31%39", "story(telegram, 19)"},
    {"t.me/username/s/3?qwe=12312#12312", "story(username, 3)"},
    {"t.me/username/s/2", "story(username, 2)"},
    {"https://telegram.dog/tele%63ram/s/%31%39", "story(telecram, 19)"},
    {"tg:resolve:80?domain=username&album=1", "nullptr"},
    {"tg:resolve:80?domain=username&appname=asd", "nullptr"},
    {"TG://test@resolve?domain=username&startapp=asd", "nullptr"},
    {"TG://test@resolve?domain=username", "nullptr"},
    {"t.me//username", "nullptr"},
    {"aAAb.t.me/12345?single", "message(tg://resolve?domain=aaab&post=12345&single)"},
    {"shares.t.me", "public_chat(shares)"},
    {"aaa.t.me/12345?single", "nullptr"},
    {"0aaa.t.me/12345?single", "nullptr"},
    {"a.t.me", "nullptr"},
    {"k.t.me", "nullptr"},
    {"web.t.me", "nullptr"},
    {"addlist.t.me", "nullptr"},
    {"addstyle.t.me", "nullptr"},
    {"auction.t.me", "nullptr"},
    {"boost.t.me", "nullptr"},
    {"confirmphone.t.me", "nullptr"},
    {"giftcode.t.me", "nullptr"},
    {"joinchat.t.me", "nullptr"},
    {"m.t.me", "nullptr"},
    {"proxy.t.me", "nullptr"},
    {"share.t.me", "nullptr"},
};

std::string of_chat(const link_chat& chat) {
  return chat.username.empty() ? "privatepost?channel=" + std::to_string(chat.id)
                               : "resolve?domain=" + chat.username;
}

// In TDLib's words.
struct in_their_words {
  std::string operator()(const message_link& link) const {
    std::string text = "message(tg://" + of_chat(link.chat);
    text += "&post=" + std::to_string(link.message_id);
    if (link.single) text += "&single";
    if (link.thread_id > 0) text += "&thread=" + std::to_string(link.thread_id);
    if (link.comment_id > 0) text += "&comment=" + std::to_string(link.comment_id);
    if (link.at > 0) text += "&t=" + std::to_string(link.at);
    return text + ")";
  }
  std::string operator()(const range_link&) const { return "a range"; }
  std::string operator()(const chat_link& link) const {
    return "public_chat(" + link.chat.username + ")";
  }
  std::string operator()(const invite_link& link) const { return "chat_invite(" + link.hash + ")"; }
  std::string operator()(const story_link& link) const {
    return "story(" + link.chat.username + ", " + std::to_string(link.story_id) + ")";
  }
  std::string operator()(const other_link& link) const {
    if (link.kind == other_kind::boost) return "chat_boost(" + link.canonical + ")";
    const std::string_view number = std::string_view(link.canonical).substr(14);
    if (link.kind == other_kind::phone) return "user_phone_number(" + std::string(number) + ")";
    return std::string(to_string(link.kind));
  }
  std::string operator()(const refused_link&) const { return "nullptr"; }
};

// What TDLib passes on as text is read by it one step later, and by us at once; drafts to send are
// of no use to a downloader.
std::string as_we_read_it(const std::string& expected) {
  static const std::map<std::string, std::string> read = {
      {"message(tg://resolve?domain=user1name&post=12345&single&thread=123%201&comment=456&t=789)",
       "message(tg://resolve?domain=user1name&post=12345&single&thread=123&comment=456&t=789)"},
      {"message(tg://"
       "privatepost?channel=12345&post=123&single&thread=123%201&comment=456&t=2h3m101s)",
       "message(tg://privatepost?channel=12345&post=123&single&thread=123&comment=456&t=7481)"},
      {"message(tg://privatepost?channel=username&post=12345)", "nullptr"},
      {"user_phone_number(123456,  @asd, true)", "user_phone_number(123456)"},
      {"public_chat(telegram, asd)", "public_chat(telegram)"},
  };
  const auto found = read.find(expected);
  return found == read.end() ? expected : found->second;
}

TEST(parse_link, answers_as_tdlib_does) {
  EXPECT_EQ(std::size(answers), 87U);
  for (const auto& [link, expected] : answers) {
    EXPECT_EQ(std::visit(in_their_words{}, parse_link(link)), as_we_read_it(expected)) << link;
  }
}

}  // namespace
}  // namespace mtfetch
