// SPDX-License-Identifier: BSL-1.0
// Downloads in takeout sessions, end to end: what is wrapped, how a session ends, who may not.
#include <mtfetch/download.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/takeout.hpp>

#include "tests/transfer/local_cluster.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace mtfetch {
namespace {

constexpr std::size_t mib = 1024 * 1024;
const std::vector<std::string> all_links = {"t.me/files/1", "t.me/files/2", "t.me/files/3"};
const std::vector<std::string> first_link = {"t.me/files/1"};
const std::vector<std::string> third_link = {"t.me/files/3"};

class takeout_test : public download_test::local_cluster {
 protected:
  takeout_test() {
    options.to = folder / "out" / "";
    options.takeout = true;
  }
  // One file on each of the data centres 1, 2 and 4.
  void begin() {
    serve({{"a.bin", tests::random_text(12 * mib + 1, 1)},
           {"b.bin", tests::random_text(9 * mib + 2, 2)},
           {"c.bin", tests::random_text(7 * mib + 3, 3)}});
  }
  void as_person(work todo) {
    const auto signed_in = [todo = std::move(todo)](client& user) {
      return sign_in_and(user, todo);
    };
    with_client(signed_in);
  }
  static asio::awaitable<std::vector<media>> find_all(client* of, std::vector<std::string> links) {
    std::vector<media> files;
    for (const std::string& link : links) {
      for (media& found : co_await resolve(*of, link)) files.push_back(std::move(found));
    }
    co_return files;
  }
  void expect_right(const report& out) {
    for (const file_report& file : out.files) {
      ASSERT_TRUE(file.ok()) << file.error;
      EXPECT_TRUE(tests::read_file(file.path) ==
                  tests::read_file(dc_options.serve / file.path.filename()));
      EXPECT_TRUE(file.notes.empty()) << file.notes.front();
    }
  }
  testing::statistics counted() { return cluster->dc().counted(); }
  static std::uint64_t at(const std::map<std::string, std::uint64_t>& counts, const char* method) {
    const auto found = counts.find(method);
    return found == counts.end() ? 0 : found->second;
  }
  // Each answer takes a while, so that no connection is done before the others are there.
  void slow_answers(std::chrono::milliseconds by = std::chrono::milliseconds(30)) {
    testing::delay_answer late;
    late.by = by;
    fault_part(late, 0, 0);
  }

  download_options options;

 private:
  static asio::awaitable<void> sign_in_and(client& user, work todo) {
    std::string number = download_test::phone;
    const sent_code sent = co_await user.request_code(number);
    std::string code = "12345";
    const sign_in_step done = co_await user.submit_code(sent, code);
    EXPECT_TRUE(done.done());
    co_await todo(user);
  }
};

TEST_F(takeout_test, every_call_of_a_download_is_in_the_session_on_all_connections) {
  begin();
  slow_answers();
  std::set<std::pair<int, std::uint32_t>> used;
  options.on_part = [&used](const part_statistics& one) {
    if (one.end == part_end::arrived) used.emplace(one.dc, one.connection);
  };
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, all_links);
    cluster->dc().expire_file_references();
    out = co_await download(of, files, options);
  });
  expect_right(out);
  const testing::statistics seen = counted();
  for (const char* method :
       {"upload.getFile", "upload.getFileHashes", "account.finishTakeoutSession"}) {
    EXPECT_GT(at(seen.calls, method), 0U) << method;
    EXPECT_EQ(at(seen.calls, method), at(seen.takeout_calls, method)) << method;
  }
  EXPECT_EQ(at(seen.takeout_calls, "channels.getMessages"), 1U) << "references read anew";
  EXPECT_EQ(at(seen.calls, "channels.getMessages"), 4U) << "and links, before it began";
  EXPECT_EQ(at(seen.calls, "account.initTakeoutSession"), 1U);
  EXPECT_EQ(seen.takeouts_done, 1U);
  EXPECT_EQ(seen.takeouts_given_up, 0U);
  std::map<int, int> connections;
  for (const auto& [dc, connection] : used) ++connections[dc];
  EXPECT_EQ(connections.size(), 3U);
  for (const auto& [dc, count] : connections) EXPECT_GT(count, 1) << "data centre " << dc;
}

TEST_F(takeout_test, without_it_nothing_is_wrapped) {
  begin();
  options.takeout = false;
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, first_link);
    out = co_await download(of, files, options);
  });
  expect_right(out);
  EXPECT_TRUE(counted().takeout_calls.empty());
}

TEST_F(takeout_test, a_download_that_fails_gives_its_session_up) {
  begin();
  fault_part(error_answer(400, "FILE_ID_INVALID"), 3, 0);
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, first_link);
    out = co_await download(of, files, options);
  });
  EXPECT_FALSE(out.ok());
  EXPECT_EQ(counted().takeouts_given_up, 1U);
  EXPECT_EQ(counted().takeouts_done, 0U);
}

TEST_F(takeout_test, so_does_one_that_is_cancelled) {
  begin();
  testing::delay_answer never;
  never.by = std::chrono::hours(1);
  fault_part(never, 4, 0);
  std::error_code ended;
  as_person([&](client& of) -> asio::awaitable<void> {
    const std::vector<media> files = co_await find_all(&of, first_link);
    asio::cancellation_signal stop;
    options.on_progress = [&stop](const progress& seen) {
      if (seen.done > 0) stop.emit(asio::cancellation_type::terminal);
    };
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer over(executor, std::chrono::hours(1));
    const auto note = [&](const std::exception_ptr& thrown, const report&) {
      over.cancel();
      if (!thrown) return;
      try {
        std::rethrow_exception(thrown);
      } catch (const std::system_error& why) {
        ended = why.code();
      }
    };
    asio::co_spawn(executor, download(of, files, options),
                   asio::bind_cancellation_slot(stop.slot(), note));
    std::error_code woken;
    co_await over.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  });
  EXPECT_EQ(ended, asio::error::operation_aborted);
  EXPECT_EQ(counted().takeouts_given_up, 1U);
}

TEST_F(takeout_test, a_bot_is_refused_before_any_call) {
  begin();
  std::string sentence;
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, first_link);
    const auto before = counted().calls;
    try {
      co_await download(of, files, options);
    } catch (const error& refused) {
      EXPECT_EQ(refused.code(), make_error_code(client_errc::not_for_bots));
      sentence = refused.what();
    }
    EXPECT_EQ(counted().calls, before);
  });
  EXPECT_NE(sentence.find("a bot is signed in"), std::string::npos) << sentence;
}

TEST_F(takeout_test, a_delay_is_told_in_words_and_not_asked_about_again) {
  dc_options.takeout_delay = std::chrono::hours(30);
  begin();
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, third_link);
    std::optional<takeout_delayed> delayed;
    try {
      co_await download(of, files, options);
    } catch (const takeout_delayed& later) {
      delayed = later;
    }
    EXPECT_TRUE(delayed);
    if (!delayed) co_return;
    EXPECT_LE(delayed->wait(), std::chrono::hours(30));
    EXPECT_GT(delayed->wait(), std::chrono::hours(29));
    const std::string sentence = delayed->what();
    for (const char* part : {" h ", " UTC", "confirm it there"}) {
      EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
    }
    EXPECT_EQ(calls("account.initTakeoutSession"), 1U);
    EXPECT_EQ(calls("upload.getFile"), 0U);
    cluster->dc().confirm_takeouts();
    out = co_await download(of, files, options);
  });
  expect_right(out);
}

TEST_F(takeout_test, one_that_a_kill_left_behind_is_in_nobodys_way) {
  begin();
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, third_link);
    const takeout left_behind = co_await begin_takeout(of, 5);
    out = co_await download(of, files, options);
    invoke_options within;
    within.takeout = left_behind.id();
    std::string refused;
    try {
      co_await refresh(of, files[0], within);
    } catch (const rpc_error& why) {
      refused = why.failure().message;
    }
    EXPECT_EQ(refused, "TAKEOUT_INVALID");
    takeout same = left_behind;
    co_await same.finish(false);  // over already: no error
  });
  expect_right(out);
  EXPECT_EQ(counted().takeouts_given_up, 0U);
  EXPECT_EQ(counted().takeouts_done, 1U);
}

TEST_F(takeout_test, a_session_that_another_took_over_ends_the_file_in_words) {
  begin();
  slow_answers(std::chrono::milliseconds(300));  // many rounds of them are left after the first
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    const std::vector<media> files = co_await find_all(&of, first_link);
    const auto executor = co_await asio::this_coro::executor;
    bool taken_over = false;
    const auto take_over = [](client* user) -> asio::awaitable<void> {
      co_await begin_takeout(*user, 1);
    };
    options.connections = 1;
    options.on_part = [&](const part_statistics&) {
      if (!std::exchange(taken_over, true)) {
        asio::co_spawn(executor, take_over(&of), asio::detached);
      }
    };
    out = co_await download(of, files, options);
    options.on_part = {};
  });
  ASSERT_EQ(out.files.size(), 1U);
  EXPECT_FALSE(out.files[0].ok());
  EXPECT_NE(out.files[0].error.find("the takeout is over"), std::string::npos)
      << out.files[0].error;
  EXPECT_TRUE(out.files[0].notes.empty()) << "that it cannot be finished any more is no news";
}

}  // namespace
}  // namespace mtfetch
