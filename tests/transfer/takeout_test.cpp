// SPDX-License-Identifier: BSL-1.0
// Downloads in takeout sessions, end to end: what is wrapped, how a session ends, who may not.
#include <mtfetch/download.hpp>
#include <mtfetch/live_file.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/takeout.hpp>
#include <mtfetch/target.hpp>

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
#include <stdexcept>
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

  struct ending {
    std::optional<report> done;
    std::error_code thrown;
    std::string sentence;
  };
  // A download that is cancelled as soon as the data centre was called so.
  static asio::awaitable<ending> cancel_after(takeout_test* test, client* of,
                                              std::vector<media> files, std::string method) {
    asio::cancellation_signal stop;
    const auto executor = co_await asio::this_coro::executor;
    ending out;
    bool over = false;
    const auto note = [&](const std::exception_ptr& thrown, report made) {
      over = true;
      try {
        if (thrown) std::rethrow_exception(thrown);
        out.done = std::move(made);
      } catch (const std::system_error& why) {
        out.thrown = why.code();
        out.sentence = why.what();
      }
    };
    asio::co_spawn(executor, download(*of, std::move(files), test->options),
                   asio::bind_cancellation_slot(stop.slot(), note));
    asio::steady_timer pause(executor);
    for (bool told = false; !over;) {
      if (!told && test->calls(method) > 0) {
        told = true;
        stop.emit(asio::cancellation_type::terminal);
      }
      pause.expires_after(std::chrono::milliseconds(2));
      co_await pause.async_wait(asio::use_awaitable);
    }
    co_return out;
  }

  download_options options;
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

TEST_F(takeout_test, one_that_is_cancelled_before_the_session_is_known_finishes_it) {
  begin();
  testing::delay_answer late;  // run at once, and told when it has been cancelled
  late.by = std::chrono::seconds(2);
  fault(late, "account.initTakeoutSession");
  ending out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, third_link);
    out = co_await cancel_after(this, &of, std::move(files), "account.initTakeoutSession");
  });
  EXPECT_EQ(out.thrown, asio::error::operation_aborted);
  EXPECT_EQ(counted().takeouts_given_up, 1U);
}

TEST_F(takeout_test, one_whose_begin_is_never_answered_can_be_cancelled_and_says_what_may_be) {
  begin();
  fault(testing::drop_answer{}, "account.initTakeoutSession");
  ending out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, third_link);
    out = co_await cancel_after(this, &of, std::move(files), "account.initTakeoutSession");
  });
  EXPECT_EQ(out.thrown, asio::error::operation_aborted);
  EXPECT_NE(out.sentence.find("it may be open"), std::string::npos) << out.sentence;
}

TEST_F(takeout_test, a_session_that_cannot_be_finished_is_told_whatever_the_end) {
  begin();
  fault(error_answer(400, "NOT_NOW"), "account.finishTakeoutSession", 0, 0);
  report whole;
  report nothing;
  file_report only;
  ending cancelled;
  as_person([&](client& of) -> asio::awaitable<void> {
    const std::vector<media> files = co_await find_all(&of, third_link);
    whole = co_await download(of, files, options);
    const media_supply none = []() -> asio::awaitable<std::vector<media>> {
      co_return std::vector<media>();
    };
    nothing = co_await download(of, none, options);
    const target memory = memory_target(std::make_shared<bytes>(), 8 * mib);
    only = co_await download_to(of, files[0], memory, options);
    testing::delay_answer never;
    never.by = std::chrono::hours(1);
    fault_part(never, 0, 0);
    cancelled = co_await cancel_after(this, &of, files, "upload.getFile");
  });
  const std::string words = "the takeout could not be finished: ";
  expect_right(whole);
  ASSERT_EQ(whole.notes.size(), 1U);
  EXPECT_TRUE(whole.notes[0].starts_with(words)) << whole.notes[0];
  EXPECT_TRUE(nothing.files.empty());
  EXPECT_EQ(nothing.notes, whole.notes);
  EXPECT_TRUE(only.ok()) << only.error;
  ASSERT_EQ(only.notes, whole.notes);
  EXPECT_EQ(cancelled.thrown, asio::error::operation_aborted);
  EXPECT_NE(cancelled.sentence.find(words), std::string::npos) << cancelled.sentence;
}

TEST_F(takeout_test, a_callback_that_throws_leaves_no_session_open) {
  begin();
  bool thrown = false;
  as_person([&](client& of) -> asio::awaitable<void> {
    const std::vector<media> files = co_await find_all(&of, third_link);
    options.on_progress = [once = true](const progress&) mutable {
      if (std::exchange(once, false)) throw std::logic_error("of the user's own");
    };
    try {
      co_await download(of, files, options);
    } catch (const std::logic_error&) {
      thrown = true;
    }
  });
  EXPECT_TRUE(thrown);
  EXPECT_EQ(counted().takeouts_given_up, 1U);
}

TEST_F(takeout_test, a_supply_that_fails_gives_the_session_up_and_keeps_the_report) {
  begin();
  report out;
  as_person([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await find_all(&of, third_link);
    const media_supply more = [&]() -> asio::awaitable<std::vector<media>> {
      if (files.empty()) throw error(transport_errc::unreachable, "no way to Telegram");
      co_return std::exchange(files, {});
    };
    out = co_await download(of, more, options);
  });
  ASSERT_EQ(out.files.size(), 1U);
  expect_right(out);
  EXPECT_TRUE(out.supply_failure);
  EXPECT_EQ(counted().takeouts_given_up, 1U);
  EXPECT_EQ(counted().takeouts_done, 0U);
}

TEST_F(takeout_test, a_file_that_is_read_while_it_is_fetched_is_refused_one_in_words) {
  begin();
  std::error_code code;
  std::string sentence;
  as_person([&](client& of) -> asio::awaitable<void> {
    const std::vector<media> files = co_await find_all(&of, third_link);
    try {
      co_await open_download(of, files[0], options);
    } catch (const error& refused) {
      code = refused.code();
      sentence = refused.what();
    }
  });
  EXPECT_EQ(code, std::make_error_code(std::errc::operation_not_supported));
  EXPECT_NE(sentence.find("takeout"), std::string::npos) << sentence;
  EXPECT_EQ(calls("upload.getFile"), 0U);
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
