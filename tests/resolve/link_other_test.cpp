// SPDX-License-Identifier: BSL-1.0
// Links of other kinds: typed, said in words, and printed without what they carry.
#include <mtfetch/link.hpp>

#include <gtest/gtest.h>

#include "tests/resolve/link_line.hpp"

namespace mtfetch {
namespace {

TEST(parse_link, tells_other_kinds_apart) {
  const std::pair<const char*, const char*> cases[] = {
      {"t.me/addstickers/Cats", "stickers https://t.me/addstickers/Cats"},
      {"tg://addstickers?set=Cats", "stickers https://t.me/addstickers/Cats"},
      {"t.me/addemoji/Cats", "emoji https://t.me/addemoji/Cats"},
      {"tg:addemoji?set=C%61ts", "emoji https://t.me/addemoji/Cats"},
      {"t.me/addlist/a-b_C", "folder https://t.me/addlist/a-b_C"},
      {"tg://addlist?slug=a%2Fb", "folder https://t.me/addlist/a%2Fb"},
      {"t.me/addtheme/night", "theme https://t.me/addtheme/night"},
      {"t.me/addstyle/x", "style https://t.me/addstyle/x"},
      {"t.me/auction/x", "auction https://t.me/auction/x"},
      {"tg://stargift_auction?slug=x", "auction https://t.me/auction/x"},
      {"t.me/bg/abc?mode=blur", "background https://t.me/bg/abc"},
      {"tg://bg?slug=abc", "background https://t.me/bg/abc"},
      {"t.me/call/abc", "call https://t.me/call"},
      {"t.me/confirmphone?phone=1&hash=2", "confirm_phone https://t.me/confirmphone"},
      {"t.me/contact/abc", "contact https://t.me/contact"},
      {"t.me/giftcode/abc", "gift_code https://t.me/giftcode"},
      {"t.me/invoice/abc", "invoice https://t.me/invoice/abc"},
      {"t.me/$abc", "invoice https://t.me/invoice/abc"},
      {"t.me/iv?url=https://example.com&rhash=1", "instant_view https://t.me/iv"},
      {"t.me/login/12345", "login https://t.me/login"},
      {"tg://login?token=abc", "login https://t.me/login"},
      {"t.me/m/abc", "business_chat https://t.me/m/abc"},
      {"tg://message?slug=abc", "business_chat https://t.me/m/abc"},
      {"t.me/nft/Gift-1", "collectible https://t.me/nft/Gift-1"},
      {"t.me/proxy?server=a&port=1&secret=dd00", "proxy https://t.me/proxy"},
      {"tg://proxy?server=a&port=1&secret=dd00", "proxy https://t.me/proxy"},
      {"t.me/socks?server=a&port=1&user=b&pass=c", "socks https://t.me/socks"},
      {"t.me/setlanguage/de-raw", "language https://t.me/setlanguage/de-raw"},
      {"tg://setlanguage?lang=de", "language https://t.me/setlanguage/de"},
      {"t.me/share/url?url=https://example.com", "share https://t.me/share"},
      {"tg://msg_url?url=https://example.com", "share https://t.me/share"},
      {"t.me/web", "web_version https://t.me/web"},
      {"t.me/a/#5", "web_version https://t.me/web"},
      {"tg://passport?bot_id=1", "passport tg://passport"},
      {"tg://settings/devices", "settings tg://settings"},
      {"tg://premium_multigift?ref=x", "purchase tg://premium_offer"},
      {"t.me/+12345", "phone https://t.me/+12345"},
      {"t.me/%2012345", "phone https://t.me/+12345"},
      {"tg://resolve?phone=12345&text=x", "phone https://t.me/+12345"},
      {"tg://resolve?phone=%2B12345", "phone https://t.me/+12345"},
      {"t.me/boost/name", "boost tg://boost?domain=name"},
      {"t.me/name?boost", "boost tg://boost?domain=name"},
      {"t.me/c/5?boost", "boost tg://boost?channel=5"},
      {"t.me/bot?start=secret", "bot_start https://t.me/bot?start"},
      {"tg://resolve?domain=bot&start=secret", "bot_start https://t.me/bot?start"},
      {"t.me/bot?startgroup=x&admin=y", "bot_to_group https://t.me/bot?startgroup"},
      {"t.me/bot?startchannel&admin=y", "bot_to_group https://t.me/bot?startgroup"},
      {"t.me/bot?startattach", "attachment https://t.me/bot?startattach"},
      {"t.me/bot?attach=other", "attachment https://t.me/bot?startattach"},
      {"t.me/bot?startapp=x", "web_app https://t.me/bot?startapp"},
      {"t.me/bot/app?startapp=x", "web_app https://t.me/bot/app"},
      {"tg://resolve?domain=bot&appname=app", "web_app https://t.me/bot/app"},
      {"t.me/bot?game=x", "game https://t.me/bot?game"},
      {"t.me/name?voicechat=x", "video_chat https://t.me/name?videochat"},
      {"t.me/name?livestream", "video_chat https://t.me/name?videochat"},
      {"t.me/c/5?videochat", "video_chat https://t.me/c/5?videochat"},
      {"t.me/name?direct", "direct_messages https://t.me/name?direct"},
      {"t.me/bot?ref=x", "referral https://t.me/bot?ref"},
      {"t.me/name/s/live", "live_story https://t.me/name/s/live"},
      {"tg://resolve?domain=name&story=live", "live_story https://t.me/name/s/live"},
      {"t.me/name/c/5", "gift_collection https://t.me/name/c/5"},
      {"tg://resolve?domain=name&collection=5", "gift_collection https://t.me/name/c/5"},
      {"t.me/name/a/5", "story_album https://t.me/name/a/5"},
      {"tg://resolve?domain=name&album=5", "story_album https://t.me/name/a/5"},
  };
  for (const auto& [link, says] : cases) {
    const parsed_link parsed = parse_link(link);
    EXPECT_EQ(in_one_line(parsed), "other " + std::string(says)) << link;
    EXPECT_EQ(parse_link(to_string(parsed)), parsed) << link;
  }
}

TEST(parse_link, says_what_other_links_lead_to) {
  const std::pair<const char*, const char*> cases[] = {
      {"t.me/addstickers/Cats",
       "https://t.me/addstickers/Cats leads to a set of stickers, not to media"},
      {"t.me/proxy?server=a", "https://t.me/proxy leads to a proxy"},
      {"t.me/name?boost", "leads to a boost of a chat"},
      {"t.me/name/s/live", "leads to a live broadcast"},
      {"t.me/bot?start=1", "leads to the start of a bot"},
  };
  for (const auto& [link, words] : cases) {
    const parsed_link parsed = parse_link(link);
    const auto* other = std::get_if<other_link>(&parsed);
    ASSERT_NE(other, nullptr) << link;
    EXPECT_NE(other->sentence.find(words), std::string::npos) << other->sentence;
  }
}

TEST(parse_link, repeats_no_secret) {
  for (const char* link :
       {"t.me/proxy?server=a&port=1&secret=Hidden", "tg://socks?server=a&port=1&pass=Hidden",
        "t.me/login/Hidden", "tg://login?token=Hidden", "t.me/giftcode/Hidden",
        "t.me/confirmphone?hash=Hidden", "t.me/contact/Hidden", "t.me/bot?start=Hidden",
        "tg://passport?nonce=Hidden", "tg://oauth?token=Hidden", "t.me/call/Hidden",
        "tg://unknown?token=Hidden", "https://example.com/?token=Hidden"}) {
    const parsed_link parsed = parse_link(link);
    std::string said = to_string(parsed);
    if (const auto* other = std::get_if<other_link>(&parsed)) said += other->sentence;
    if (const auto* refused = std::get_if<refused_link>(&parsed)) said += refused->sentence;
    EXPECT_FALSE(said.empty());
    EXPECT_EQ(said.find("Hidden"), std::string::npos) << said;
  }
}

TEST(other_kind, has_names_in_their_order) {
  EXPECT_EQ(to_string(other_kind::attachment), "attachment");
  EXPECT_EQ(to_string(other_kind::folder), "folder");
  EXPECT_EQ(to_string(other_kind::proxy), "proxy");
  EXPECT_EQ(to_string(other_kind::web_version), "web_version");
}

}  // namespace
}  // namespace mtfetch
