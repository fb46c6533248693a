// SPDX-License-Identifier: BSL-1.0
// Links against the local data centre, over real sockets.
#include <mtfetch/resolve.hpp>

#include "tests/transfer/local_cluster.hpp"

#include <algorithm>

namespace mtfetch {
namespace {

class resolve_test : public download_test::local_cluster {
 protected:
  resolve_test() {
    serve({{"a.bin", tests::random_text(1000, 1)},
           {"b.txt", tests::random_text(2000, 2)},
           {"private/secret.bin", tests::random_text(3000, 3)}});
  }
  struct outcome {
    std::vector<media> found;
    std::error_code code;
    std::string sentence;
  };
  static asio::awaitable<outcome> try_resolve(client* of, std::string link) {
    outcome out;
    try {
      out.found = co_await resolve(*of, link);
    } catch (const std::system_error& failed) {
      out.code = failed.code();
      out.sentence = failed.what();
    }
    co_return out;
  }
  outcome read(std::string link) {
    outcome out;
    with_bot([&out, link](client& of) -> asio::awaitable<void> {
      out = co_await try_resolve(&of, link);
    });
    return out;
  }
  void expect_refusal(const std::string& link, link_errc why) {
    const outcome out = read(link);
    EXPECT_EQ(out.code, make_error_code(why)) << out.sentence;
    EXPECT_NE(out.sentence.find(link), std::string::npos) << out.sentence;
  }
};

TEST_F(resolve_test, leads_from_a_public_link_to_its_file) {
  const outcome out = read("https://t.me/files/2?single");
  ASSERT_EQ(out.found.size(), 1U) << out.sentence;
  const media& file = out.found[0];
  EXPECT_EQ(file.file_name, "b.txt");
  EXPECT_EQ(file.size, 2000);
  EXPECT_GT(file.dc, 0);
  EXPECT_FALSE(file.location.empty());
  EXPECT_EQ(file.origin.username, "files");
  EXPECT_EQ(file.origin.message_id, 2);
  EXPECT_EQ(read("https://t.me/files/2").found.size(), 1U) << "neighbours are no album";
}

TEST_F(resolve_test, asks_for_a_name_once) {
  with_bot([](client& of) -> asio::awaitable<void> {
    for (int round = 0; round < 3; ++round) {
      const outcome out = co_await try_resolve(&of, "t.me/Files/1");
      EXPECT_EQ(out.found.size(), 1U) << out.sentence;
    }
  });
  EXPECT_EQ(calls("contacts.resolveUsername"), 1U);
  EXPECT_EQ(calls("channels.getMessages"), 3U);
}

TEST_F(resolve_test, leads_a_member_from_a_private_link_to_its_file) {
  const auto files = cluster->dc().files();
  const auto hidden = std::ranges::find(files, "secret.bin", &testing::served_file::name);
  ASSERT_NE(hidden, files.end());
  const std::string channel = "t.me/c/" + std::to_string(hidden->channel_id) + "/";
  const outcome out = read(channel + std::to_string(hidden->message_id));
  ASSERT_EQ(out.found.size(), 1U) << out.sentence;
  EXPECT_EQ(out.found[0].file_name, "secret.bin");
  expect_refusal("t.me/c/987654321/1", link_errc::not_found);
}

TEST_F(resolve_test, names_the_link_that_leads_nowhere) {
  expect_refusal("t.me/files/999", link_errc::not_found);
  expect_refusal("t.me/nobody_here/1", link_errc::not_found);
  expect_refusal("t.me/proxy", link_errc::unsupported);
  expect_refusal("https://example.com/1", link_errc::not_telegram);
  EXPECT_EQ(calls("channels.getMessages"), 1U) << "the others were not asked about";
}

TEST_F(resolve_test, asks_again_when_the_remembered_channel_is_no_more) {
  with_bot([](client& of) -> asio::awaitable<void> {
    cached_peer stale;
    stale.id = 12345;
    stale.access_hash = 1;
    stale.username = "files";
    of.peers().remember(stale);
    const outcome out = co_await try_resolve(&of, "t.me/files/1");
    EXPECT_EQ(out.found.size(), 1U) << out.sentence;
  });
}

TEST_F(resolve_test, a_notice_of_the_server_is_passed_on) {
  fault(error_answer(400, "MSG_ID_INVALID"), "channels.getMessages", 0, 0);
  const outcome out = read("t.me/files/1");
  EXPECT_EQ(out.code.category(), rpc_category());
  EXPECT_NE(out.sentence.find("MSG_ID_INVALID"), std::string::npos);
}

TEST_F(resolve_test, many_links_cost_a_call_for_a_hundred_messages) {
  std::vector<std::string> links;
  for (int id = 1; id <= 250; ++id) links.push_back("t.me/files/" + std::to_string(id));
  links.emplace_back("t.me/nobody_here/1");
  links.emplace_back("https://example.com/1");
  std::vector<resolved_link> resolved;
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<std::string> asked = links;
    resolved = co_await resolve(of, std::move(asked));
  });
  ASSERT_EQ(resolved.size(), links.size());
  for (std::size_t i = 0; i < links.size(); ++i) EXPECT_EQ(resolved[i].link, links[i]);
  ASSERT_EQ(resolved[0].files.size(), 1U) << resolved[0].error;
  EXPECT_EQ(resolved[0].files[0].file_name, "a.bin");
  ASSERT_EQ(resolved[1].files.size(), 1U) << resolved[1].error;
  EXPECT_EQ(resolved[1].files[0].file_name, "b.txt");
  for (std::size_t i : {2U, 100U, 249U, 250U}) {
    EXPECT_EQ(resolved[i].code, make_error_code(link_errc::not_found)) << i;
    EXPECT_NE(resolved[i].error.find(links[i]), std::string::npos) << resolved[i].error;
  }
  EXPECT_EQ(resolved[251].code, make_error_code(link_errc::not_telegram));
  EXPECT_EQ(calls("channels.getMessages"), 3U);
  EXPECT_EQ(calls("contacts.resolveUsername"), 2U);
}

TEST_F(resolve_test, refresh_gives_the_same_file_with_a_new_reference) {
  with_bot([this](client& of) -> asio::awaitable<void> {
    const outcome out = co_await try_resolve(&of, "t.me/files/1");
    EXPECT_EQ(out.found.size(), 1U);
    cluster->dc().expire_file_references();
    const media fresh = co_await refresh(of, out.found[0]);
    EXPECT_EQ(fresh.id, out.found[0].id);
    EXPECT_FALSE(fresh.location == out.found[0].location);
    media other = out.found[0];
    other.id += 1;
    std::error_code code;
    try {
      co_await refresh(of, other);
    } catch (const error& failed) {
      code = failed.code();
    }
    EXPECT_EQ(code, make_error_code(storage_errc::file_changed));
  });
}

TEST_F(resolve_test, many_references_are_read_in_one_call_and_each_failure_is_its_own) {
  std::vector<std::string> links = {"t.me/files/1", "t.me/files/2"};
  std::vector<refreshed_media> fresh;
  std::vector<media> old;
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<std::string> asked = links;
    for (const resolved_link& one : co_await resolve(of, std::move(asked))) {
      old.push_back(one.files.at(0));
    }
    for (int copy = 0; copy < 3; ++copy) old.push_back(old[0]);
    old[2].origin.message_id = 999;
    old[3].id += 1;
    old[4].origin.channel_id += 1;
    cluster->dc().expire_file_references();
    fresh = co_await refresh(of, old);
  });
  ASSERT_EQ(fresh.size(), 5U);
  for (const std::size_t i : {0U, 1U}) {
    EXPECT_TRUE(fresh[i].ok()) << fresh[i].error;
    EXPECT_EQ(fresh[i].file.id, old[i].id);
    EXPECT_FALSE(fresh[i].file.location == old[i].location);
  }
  EXPECT_EQ(fresh[2].code, make_error_code(link_errc::not_found));
  EXPECT_NE(fresh[2].error.find("no message 999"), std::string::npos) << fresh[2].error;
  EXPECT_EQ(fresh[3].code, make_error_code(storage_errc::file_changed));
  EXPECT_EQ(fresh[4].code.category(), rpc_category()) << fresh[4].error;
  EXPECT_EQ(fresh[4].file.location, old[4].location);
  EXPECT_EQ(calls("channels.getMessages"), 3U) << "one for the links, one for each channel";
}

}  // namespace
}  // namespace mtfetch
