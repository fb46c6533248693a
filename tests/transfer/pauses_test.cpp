// SPDX-License-Identifier: BSL-1.0
// Pauses in words: every sentence, and that progress carries it while it is true. What is waited
// for comes only after its sentence was seen, so that no timing decides.
#include "downloader/transfer/pause_words.hpp"
#include "downloader/transfer/transfer.hpp"
#include "fake_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <future>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace mtfetch::transfer {
namespace {

using engine::mib;
using std::chrono::milliseconds;
using std::chrono::seconds;

const time_point now = time_point(std::chrono::hours(5));

TEST(pause_words, say_how_long_telegram_asks_to_wait) {
  engine::told_to_wait why;
  why.until = now + milliseconds(11'100);
  EXPECT_EQ(in_words(why, now), "Telegram asks to wait 12 s");
  why.premium = true;
  EXPECT_EQ(in_words(why, now),
            "Telegram asks to wait 12 s (with Telegram Premium it would be less)");
}

TEST(pause_words, say_where_there_is_no_way_and_why) {
  engine::no_way why;
  why.dc = 4;
  EXPECT_EQ(in_words(why, now), "connecting to data centre 4 and agreeing on keys");
  why.failures = 2;
  why.last = "nobody listens";
  EXPECT_EQ(in_words(why, now), "connecting to data centre 4 once more: nobody listens");
  why.next = now + milliseconds(2500);
  EXPECT_EQ(in_words(why, now), "no way to data centre 4, next try in 3 s: nobody listens");
}

TEST(pause_words, say_what_else_is_waited_for) {
  EXPECT_EQ(in_words(engine::reads_reference(), now), "reading the file reference anew");
  EXPECT_EQ(in_words(engine::waits_for_hashes(), now), "waiting for the server's hashes");
  engine::disk_is_slow disk;
  disk.bytes = 38 * mib + mib / 2;
  EXPECT_EQ(in_words(disk, now), "waiting for the disk to take 38.5 MiB");
  engine::tries_again again;
  again.when = now + seconds(4);
  again.why = "the server answered RPC_CALL_FAIL";
  EXPECT_EQ(in_words(again, now), "trying again in 4 s: the server answered RPC_CALL_FAIL");
  engine::no_answer silent;
  silent.dc = 2;
  silent.since = now - milliseconds(7900);
  EXPECT_EQ(in_words(silent, now), "data centre 2 has not answered for 7 s");
  engine::paced slow;
  slow.rate = 3'149'000;
  EXPECT_EQ(in_words(slow, now), "held to 3.1 MB/s, which is what Telegram lets through");
}

class pauses_test : public testing::Test {
 protected:
  pauses_test() {
    options.to = folder.path();
    from = server->make_source();
    options.on_progress = [this](const progress& seen) {
      if (seen.pause.starts_with(expected)) said = true;
      if (said && release) std::exchange(release, nullptr)();
    };
  }
  // Runs to the end; whatever it waits for is there once the sentence was seen.
  void expect_said(std::string sentence, std::int64_t size = 100'000) {
    expected = std::move(sentence);
    std::optional<report> out;
    const auto done = [&](const std::exception_ptr& failed, report made) {
      if (!failed) out = std::move(made);
    };
    const media file = server->add(1, size, "film.mp4");
    asio::co_spawn(loop, transfer_files(from, {file}, options, settings), done);
    loop.run_for(seconds(60));
    EXPECT_TRUE(said) << expected;
    ASSERT_TRUE(out) << "did not end";
    EXPECT_TRUE(out->ok()) << out->files.at(0).error;
  }
  // A wait that ends when the sentence was seen.
  std::shared_ptr<asio::steady_timer> gate() {
    auto closed = std::make_shared<asio::steady_timer>(loop, std::chrono::hours(1));
    release = [closed] { closed->expires_at(time_point::min()); };
    return closed;
  }
  static asio::awaitable<void> pass(std::shared_ptr<asio::steady_timer> gate) {
    std::error_code woken;
    co_await gate->async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  static asio::awaitable<open_source> open_behind(std::shared_ptr<asio::steady_timer> gate,
                                                  source real, int dc) {
    co_await pass(gate);
    co_return co_await real.open(dc);
  }
  static asio::awaitable<std::vector<refreshed_media>> refresh_behind(
      std::shared_ptr<asio::steady_timer> gate, source real, std::vector<media> lapsed) {
    co_await pass(gate);
    co_return co_await real.refresh(std::move(lapsed));
  }
  using hashes = std::vector<engine::server_hash>;
  static asio::awaitable<hashes> hashes_behind(std::shared_ptr<asio::steady_timer> gate,
                                               open_source real, shared_bytes where,
                                               std::int64_t offset) {
    co_await pass(gate);
    co_return co_await real.get_hashes(std::move(where), offset);
  }
  static asio::awaitable<open_source> open_with_hashes_behind(
      std::shared_ptr<asio::steady_timer> gate, source real, int dc) {
    open_source opened = co_await real.open(dc);
    opened.get_hashes = [gate, opened](shared_bytes where, std::int64_t offset) {
      return hashes_behind(gate, opened, std::move(where), offset);
    };
    co_return opened;
  }

  tests::temporary_folder folder;
  asio::io_context loop;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  source from;
  download_options options;
  transfer_settings settings;
  std::string expected;
  bool said = false;
  std::function<void()> release;
};

TEST_F(pauses_test, while_connecting) {
  from.open = [gate = gate(), real = from](int dc) { return open_behind(gate, real, dc); };
  expect_said("connecting to data centre 2 and agreeing on keys");
}

TEST_F(pauses_test, while_connecting_once_more_after_a_failure) {
  server->on_open = [](std::size_t n) {
    if (n == 0) throw error(make_error_code(transport_errc::unreachable), "nobody listens");
  };
  auto closed = gate();
  from.open = [this, closed, real = from](int dc) {
    return server->opened == 0 ? real.open(dc) : open_behind(closed, real, dc);
  };
  expect_said("connecting to data centre 2 once more: nobody listens");
}

TEST_F(pauses_test, before_the_next_try_to_connect) {
  settings.engine.max_connection_failures = 1000;
  server->on_open = [this](std::size_t) {
    if (!said) throw error(make_error_code(transport_errc::unreachable), "nobody listens");
  };
  expect_said("no way to data centre 2, next try in ");
}

TEST_F(pauses_test, while_a_reference_is_read) {
  server->wants_new_reference = true;
  from.refresh = [gate = gate(), real = from](std::vector<media> lapsed) {
    return refresh_behind(gate, real, std::move(lapsed));
  };
  expect_said("reading the file reference anew");
}

TEST_F(pauses_test, while_telegram_asks_to_wait_before_a_reference_is_read) {
  server->wants_new_reference = true;
  server->on_refresh = [this](std::size_t) {
    if (!said) throw rpc_error(rpc_failure::parse(420, "FLOOD_WAIT_1"), "channels.getMessages");
  };
  expect_said("Telegram asks to wait 1 s");
}

TEST_F(pauses_test, before_a_reference_is_read_once_more) {
  settings.engine.max_attempts = 1000;
  server->wants_new_reference = true;
  server->on_refresh = [this](std::size_t) {
    if (!said) throw error(make_error_code(transport_errc::unreachable), "nobody answers");
  };
  expect_said("trying again in ");
}

TEST_F(pauses_test, while_the_disk_is_slow) {
  settings.engine.max_in_flight = 4 * mib;
  auto written = std::make_shared<std::promise<void>>();
  settings.calls.write = [may = written->get_future().share(), real = settings.calls.write](
                             int file, byte_view data, std::int64_t offset) {
    may.wait();
    return real(file, data, offset);
  };
  release = [written] { written->set_value(); };
  expect_said("waiting for the disk to take ", 12 * mib);
}

TEST_F(pauses_test, before_a_part_is_asked_for_again) {
  settings.engine.max_attempts = 1000;
  server->on_part = [this](std::size_t, bytes&) {
    if (!said) throw rpc_error(rpc_failure::parse(500, "RPC_CALL_FAIL"), "upload.getFile");
  };
  expect_said("trying again in ");
}

TEST_F(pauses_test, while_the_server_is_silent) {
  settings.engine.told_silence = milliseconds(200);
  settings.engine.first_answer = milliseconds(100);
  settings.engine.least_dead = seconds(1);
  settings.engine.max_connection_failures = 1000;
  server->never_answers = [this](std::size_t) { return !said; };
  expect_said("data centre 2 has not answered for ");
}

TEST_F(pauses_test, while_the_hashes_do_not_come) {
  settings.engine.told_silence = milliseconds(200);
  settings.engine.least_late = std::chrono::minutes(10);
  settings.engine.least_dead = std::chrono::minutes(10);
  from.open = [gate = gate(), real = from](int dc) {
    return open_with_hashes_behind(gate, real, dc);
  };
  expect_said("waiting for the server's hashes");
}

TEST_F(pauses_test, while_telegram_asks_to_wait) {
  server->on_part = [this](std::size_t, bytes&) {
    if (!said) throw rpc_error(rpc_failure::parse(420, "FLOOD_WAIT_1"), "upload.getFile");
  };
  expect_said("Telegram asks to wait 1 s");
}

}  // namespace
}  // namespace mtfetch::transfer
