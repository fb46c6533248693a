// SPDX-License-Identifier: BSL-1.0
// Links to many messages against the local data centre, over real sockets.
#include <mtfetch/resolve.hpp>

#include "tests/transfer/local_cluster.hpp"

namespace mtfetch {
namespace {

class listing_test : public download_test::local_cluster {
 protected:
  static constexpr int posts = 230;

  listing_test() {
    std::vector<std::pair<std::string, std::string>> files;
    for (int i = 1; i <= posts; ++i) {
      // File names in the order of the messages' ids.
      const std::string number = std::to_string(1000 + i);
      files.emplace_back("file" + number + ".txt", tests::random_text(20, i));
    }
    serve(files);
  }

  // Each page's files of one link, as a bot is given them.
  std::vector<resolved_link> pages_of(const std::string& link,
                                      resolve_options options = resolve_options()) {
    std::vector<resolved_link> pages;
    with_bot([&](client& of) -> asio::awaitable<void> {
      std::vector<std::string> links(1, link);
      link_reader reader(of, std::move(links), options);
      for (;;) {
        std::vector<resolved_link> some = co_await reader.next();
        if (some.empty()) break;
        for (resolved_link& one : some) pages.push_back(std::move(one));
      }
    });
    return pages;
  }

  static std::vector<media> files_of(const std::vector<resolved_link>& pages) {
    std::vector<media> files;
    for (const resolved_link& page : pages) {
      EXPECT_TRUE(page.ok()) << page.error;
      files.insert(files.end(), page.files.begin(), page.files.end());
    }
    return files;
  }
};

TEST_F(listing_test, a_bot_reads_a_chat_by_its_ids_page_by_page) {
  const std::vector<resolved_link> pages = pages_of("t.me/files");
  ASSERT_EQ(pages.size(), 3U) << "a hundred messages each";
  const std::vector<media> files = files_of(pages);
  ASSERT_EQ(files.size(), static_cast<std::size_t>(posts));
  for (int i = 1; i <= posts; ++i) {
    const media& file = files[static_cast<std::size_t>(i - 1)];
    EXPECT_EQ(file.origin.message_id, i);
    EXPECT_EQ(file.origin.link, "https://t.me/files/" + std::to_string(i) + "?single");
  }
  EXPECT_EQ(calls("messages.getHistory"), 0U) << "Telegram gives bots no history";
  EXPECT_EQ(calls("contacts.resolveUsername"), 1U);
}

TEST_F(listing_test, a_range_is_read_in_its_order_and_no_further) {
  const std::vector<media> files = files_of(pages_of("t.me/files/50-220"));
  ASSERT_EQ(files.size(), 171U);
  EXPECT_EQ(files.front().origin.message_id, 50);
  EXPECT_EQ(files.back().origin.message_id, 220);
  EXPECT_EQ(calls("channels.getMessages"), 2U);
}

TEST_F(listing_test, a_range_without_media_says_so) {
  const std::vector<resolved_link> pages = pages_of("t.me/files/1000-1010");
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].code, link_errc::no_media);
  EXPECT_NE(pages[0].error.find("t.me/files/1000-1010"), std::string::npos);
}

TEST_F(listing_test, dates_bound_what_is_read) {
  resolve_options options;
  options.since = 4'000'000'000;  // later than any post
  const std::vector<resolved_link> pages = pages_of("t.me/files", options);
  ASSERT_EQ(pages.size(), 1U);
  EXPECT_EQ(pages[0].code, link_errc::no_media);
}

TEST_F(listing_test, links_to_one_and_to_many_come_in_their_order) {
  std::vector<resolved_link> resolved;
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<std::string> links = {"t.me/files/3", "t.me/files/7-9", "t.me/nobody_here",
                                      "t.me/files/2", "t.me/+abcdefgh12345678"};
    resolved = co_await resolve(of, std::move(links));
  });
  ASSERT_EQ(resolved.size(), 5U);
  EXPECT_EQ(resolved[0].files.at(0).origin.message_id, 3);
  ASSERT_EQ(resolved[1].files.size(), 3U);
  EXPECT_EQ(resolved[1].files[2].origin.message_id, 9);
  EXPECT_EQ(resolved[2].code, link_errc::not_found);
  EXPECT_EQ(resolved[3].files.at(0).origin.message_id, 2);
  EXPECT_EQ(resolved[4].code, client_errc::not_for_bots);
  EXPECT_NE(resolved[4].error.find("person's account"), std::string::npos);
}

TEST_F(listing_test, a_listing_goes_on_after_a_flood_wait) {
  fault(error_answer(420, "FLOOD_WAIT_1000"), "channels.getMessages", 0, 1, 1);
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<std::string> links(1, "t.me/files");
    link_reader reader(of, std::move(links));
    std::vector<resolved_link> first = co_await reader.next();
    EXPECT_EQ(first.at(0).files.size(), 100U);
    bool refused = false;
    try {
      static_cast<void>(co_await reader.next());
    } catch (const rpc_error& failed) {
      refused = failed.is("FLOOD_WAIT");
    }
    EXPECT_TRUE(refused);
    std::vector<resolved_link> second = co_await reader.next();
    EXPECT_EQ(second.at(0).files.at(0).origin.message_id, 101);
  });
}

}  // namespace
}  // namespace mtfetch
