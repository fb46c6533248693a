// SPDX-License-Identifier: BSL-1.0
// Pages of real shape in tests/resolve/pages; all that people would read in them is our own.
#include <gtest/gtest.h>

#include <algorithm>
#include <mtfetch/error.hpp>
#include <string>

#include "downloader/resolve/web_html.hpp"
#include "downloader/resolve/web_page.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mtfetch::web {
namespace {

const site telegram("https://t.me");

web_page saved(const std::string& name) {
  const std::filesystem::path folder = MTFETCH_TEST_DATA;
  return read_page(tests::read_file(folder / "pages" / (name + ".html")), telegram).value();
}

web_post saved_post(const std::string& name) {
  const web_page page = saved(name);
  EXPECT_EQ(page.posts.size(), 1U);
  EXPECT_FALSE(page.says_missing);
  return page.posts.at(0);
}

web_page read(std::string_view body) {
  return read_page(body, telegram).value();
}

TEST(web_page, a_photo_has_its_own_text_and_not_the_quoted_one) {
  const web_post post = saved_post("post_photo");
  EXPECT_EQ(post.chat, "harbour");
  EXPECT_EQ(post.message_id, 7);
  EXPECT_EQ(post.title, "Harbour & Tides");
  EXPECT_EQ(post.author, "Ada");
  EXPECT_EQ(post.text, "Low water at six.\n\nBring boots & a rope ⚓ tables");
  EXPECT_EQ(post.views, "1.2K");
  EXPECT_EQ(post.date, 1714559696);
  EXPECT_FALSE(post.hides_media);
  ASSERT_EQ(post.media.size(), 1U) << "the linked page's picture is not the post's";
  EXPECT_EQ(post.media[0].kind, media_kind::photo);
  EXPECT_EQ(post.media[0].url, "https://cdn4.telesco.pe/file/boats.jpg?token=a;b");
  EXPECT_EQ(post.media[0].width, 800);
  EXPECT_EQ(post.media[0].height, 600);
}

TEST(web_page, a_video_has_an_address_a_thumbnail_and_a_length) {
  const web_post post = saved_post("post_video");
  EXPECT_EQ(post.forwarded_from, "Ferry News");
  ASSERT_EQ(post.media.size(), 1U);
  const web_media& video = post.media[0];
  EXPECT_EQ(video.kind, media_kind::video);
  EXPECT_EQ(video.url, "https://cdn4.telesco.pe/file/ferry.mp4?token=xyz");
  EXPECT_EQ(video.thumb_url, "https://cdn4.telesco.pe/file/ferry-thumb.jpg");
  EXPECT_EQ(video.duration, 68);
  EXPECT_EQ(video.width, 640);
  EXPECT_EQ(video.height, 360);
}

TEST(web_page, hidden_media_is_said_to_be_hidden) {
  const web_post post = saved_post("post_hidden_media");
  EXPECT_TRUE(post.hides_media);
  ASSERT_EQ(post.media.size(), 1U);
  EXPECT_TRUE(post.media[0].signed_in_only());
  EXPECT_EQ(post.media[0].duration, 3723);
  EXPECT_EQ(post.media[0].thumb_url, "https://cdn4.telesco.pe/file/long-thumb.jpg");
  EXPECT_TRUE(read(R"(<div class="tgme_widget_message" data-post="a/1">
                      <div class="message_media_not_supported">No</div></div>)")
                  .posts.at(0)
                  .hides_media);
}

TEST(web_page, an_album_has_a_message_for_each_item) {
  const web_post post = saved_post("post_album");
  ASSERT_EQ(post.media.size(), 3U);
  EXPECT_EQ(post.media[0].message_id, 0) << "the post itself";
  EXPECT_EQ(post.media[1].message_id, 11);
  EXPECT_EQ(post.media[2].message_id, 12);
  EXPECT_EQ(post.media[1].url, "https://cdn4.telesco.pe/file/rope.jpg");
  EXPECT_EQ(post.media[2].kind, media_kind::video);
}

TEST(web_page, text_alone_has_no_media) {
  const web_post post = saved_post("post_text");
  EXPECT_TRUE(post.media.empty());
  EXPECT_FALSE(post.hides_media);
  EXPECT_EQ(post.text, "Fog. No boats today.");
}

TEST(web_page, documents_are_named_and_other_kinds_offered) {
  const web_post post = saved_post("post_files");
  ASSERT_EQ(post.media.size(), 4U);
  EXPECT_EQ(post.media[0].kind, media_kind::document);
  EXPECT_TRUE(post.media[0].signed_in_only());
  EXPECT_EQ(post.media[0].file_name, "tides ../2024.pdf");
  EXPECT_EQ(post.media[0].size_text, "1.4 MB");
  EXPECT_EQ(post.media[1].kind, media_kind::voice);
  EXPECT_EQ(post.media[1].duration, 12);
  EXPECT_EQ(post.media[2].kind, media_kind::round_video);
  EXPECT_EQ(post.media[2].duration, 9);
  EXPECT_EQ(post.media[3].kind, media_kind::sticker);
  EXPECT_EQ(post.media[3].url, "https://cdn4.telesco.pe/file/gull.webp");
  EXPECT_TRUE(post.hides_media);
}

TEST(web_page, a_post_that_is_not_there_is_told_apart) {
  const web_page page = saved("no_such_post");
  EXPECT_TRUE(page.says_missing);
  EXPECT_TRUE(page.posts.empty());
}

TEST(web_page, pages_of_chats_people_and_nobody) {
  const web_page channel = saved("chat_channel");
  EXPECT_TRUE(channel.has_chat);
  EXPECT_EQ(channel.title, "Harbour & Tides");
  EXPECT_EQ(channel.audience, "12 345 subscribers");
  EXPECT_EQ(channel.description, "Boats, ropes,\nand when the water comes.");
  EXPECT_EQ(channel.picture, "https://cdn4.telesco.pe/file/harbour-face.jpg");
  EXPECT_EQ(saved("chat_person").audience, "@ada_keeper");
  EXPECT_FALSE(saved("chat_nobody").has_chat);
  EXPECT_EQ(saved("chat_nobody").title, "Telegram: Contact @nobody_here");
  EXPECT_FALSE(saved("private_post").has_chat);
  EXPECT_EQ(saved("invite").title, "The crew only");
  EXPECT_EQ(saved("invite").audience, "14 members");
}

TEST(web_page, a_feed_has_its_channel_and_its_posts) {
  const web_page feed = saved("feed");
  EXPECT_EQ(feed.title, "Harbour & Tides");
  EXPECT_EQ(feed.audience, "12.3K subscribers");
  ASSERT_EQ(feed.posts.size(), 3U);
  EXPECT_EQ(feed.posts[0].message_id, 7);
  EXPECT_EQ(feed.posts[1].media.at(0).kind, media_kind::video);
  EXPECT_TRUE(feed.posts[2].hides_media);
}

TEST(web_page, an_address_elsewhere_is_as_if_hidden) {
  const char* const refused[] = {
      "http://cdn4.telesco.pe/a.mp4",
      "https://example.org/a.mp4",
      "https://nottelesco.pe/a.mp4",
      "https://cdn4.telesco.pe@example.org/a.mp4",
      "https://cdn4.telesco.pe:8443/a",
      "data:video/mp4;base64,AAAA",
      "file:///etc/passwd",
      "//example.org/a.mp4",
      "https://cdn4.telesco.pe\\@evil/a",
      "https://cdn4.telesco.pe/a&#13;&#10;X: 1",
      "javascript:alert(1)",
      "https://cdn4.telesco.pe.evil.example/a",
  };
  for (const std::string link : refused) {
    const web_page page = read(
        R"(<div class="tgme_widget_message" data-post="a/1"><a class="tgme_widget_message_video_player"><video src=")" +
        link + R"("></video></a></div>)");
    EXPECT_TRUE(page.posts.at(0).media.at(0).signed_in_only()) << link;
    EXPECT_TRUE(page.posts[0].hides_media) << link;
  }
  for (const char* link : {"https://CDN4.telesco.pe/a", "//cdn1.cdn-telegram.org/file/a",
                           "https://telegram-cdn.org/a", "https://telegram.org:443/x"}) {
    EXPECT_TRUE(telegram.allowed(link)) << link;
  }
  const site local("http://127.0.0.1:8080");
  EXPECT_EQ(local.allowed("/file/a?b")->to_string(), "http://127.0.0.1:8080/file/a?b");
  EXPECT_TRUE(local.allowed("http://127.0.0.1:8080/x"));
  EXPECT_FALSE(local.allowed("http://127.0.0.1:8081/x"));
  EXPECT_THROW(site("ftp://t.me"), error);
  EXPECT_THROW(site("https://t.me/s/"), error);
}

TEST(web_page, hostile_pages_have_bounds) {
  std::string deep;
  for (std::size_t i = 0; i < html_tree::most_tags; ++i) deep += "<div>";
  EXPECT_TRUE(read_page(deep, telegram)) << "deep pages are read without recursion";
  EXPECT_EQ(read_page(deep + "<b>", telegram).error(), protocol_errc::bad_length);
  EXPECT_EQ(read_page(std::string(html_tree::most_bytes + 1, 'a'), telegram).error(),
            protocol_errc::bad_length);
  // Each paragraph takes up all open elements again: memory squared.
  std::string copies = "<p>";
  for (int i = 0; i < 2000; ++i) copies += "<b id=" + std::to_string(i) + ">";
  for (int i = 0; i < 2000; ++i) copies += "</p><p>x";
  EXPECT_EQ(read_page(copies, telegram).error(), protocol_errc::bad_length);

  std::string many = R"(<div class="tgme_widget_message" data-post="a/1">)";
  for (int i = 0; i < 1000; ++i) many += R"(<a class="tgme_widget_message_document_wrap"></a>)";
  EXPECT_EQ(read(many).posts.at(0).media.size(), 100U);
  const std::string long_text(100'000, 'a');
  const std::string text =
      R"(<div class="tgme_widget_message" data-post="a/1"><p class="tgme_widget_message_text">)" +
      long_text;
  EXPECT_LE(read(text).posts.at(0).text.size(), 64U * 1024);
  const web_post odd =
      read(R"(<div class="tgme_widget_message" data-post="a/99999999999999"></div>)").posts.at(0);
  EXPECT_EQ(odd.message_id, 0);
  EXPECT_EQ(read(R"(<div class="tgme_widget_message" data-post="/-5">)").posts.at(0).message_id, 0);
}

TEST(web_page, dates_and_lengths) {
  EXPECT_EQ(unixtime_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(unixtime_of("2024-02-29T12:00:00+00:00"), 1709208000);
  EXPECT_EQ(unixtime_of("2024-02-29T12:00:00-05:30"), 1709208000 + 19800);
  for (const char* bad : {"", "2024-02-30T12:00:00Z", "2024-02-29", "2024-02-29T25:00:00Z",
                          "2024-02-29T12:00:00+1:00", "2024-02-29T12:00:00+99:00"}) {
    EXPECT_EQ(unixtime_of(bad), 0) << bad;
  }
  EXPECT_EQ(seconds_of("0:28"), 28);
  EXPECT_EQ(seconds_of(" 1:02:03 "), 3723);
  for (const char* bad : {"", "28", "a:b", "-1:00", "1:2:3:4", "99999999:00"}) {
    EXPECT_EQ(seconds_of(bad), 0) << bad;
  }
  EXPECT_EQ(background_of("width:3px; background-image: url(\"https://a/b;c\") ;x:y"),
            "https://a/b;c");
  EXPECT_EQ(background_of("background-image:url(https://a/b)"), "https://a/b");
  EXPECT_EQ(background_of("background-image:none"), "");
}

}  // namespace
}  // namespace mtfetch::web
