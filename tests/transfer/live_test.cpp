// SPDX-License-Identifier: BSL-1.0
// Files that are read while they are fetched, from a source without a network.
#include "downloader/engine/read_ahead.hpp"
#include "downloader/transfer/live_download.hpp"
#include "fake_server.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/hashing_options.hpp"

#include <gtest/gtest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/this_coro.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <utility>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::mib;
using std::chrono::milliseconds;
using std::chrono::seconds;

class live_test : public testing::Test {
 protected:
  using scene = std::function<asio::awaitable<void>(live_file)>;

  live_test() { options.to = folder.path(); }

  live_file open(const asio::io_context::executor_type& executor, media file) {
    return live_file(std::make_shared<live_download>(executor, server->make_source(),
                                                     std::move(file), options, mode, settings));
  }
  // Plays it to its end; the download is closed then, if it is not over.
  void play(media file, scene todo) {
    asio::io_context loop;
    live_file opened = open(loop.get_executor(), std::move(file));
    asio::co_spawn(loop, todo(opened), [&](const std::exception_ptr& failed) {
      opened.close();
      if (failed) std::rethrow_exception(failed);
    });
    loop.run();
  }
  // What a read comes to: its bytes are right, or it throws this.
  static asio::awaitable<std::error_code> outcome(live_file of, std::int64_t id,
                                                  std::int64_t offset, std::size_t size,
                                                  duration within) {
    try {
      const bytes got = co_await of.read(offset, size, within);
      const auto left = static_cast<std::size_t>(of.size() - offset);
      EXPECT_EQ(got.size(), std::min(size, left));
      EXPECT_TRUE(got == file_bytes(id, offset, static_cast<std::int64_t>(got.size()))) << offset;
      co_return std::error_code();
    } catch (const std::system_error& failed) {
      co_return failed.code();
    }
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options = tests::hashing_options();
  transfer_settings settings;
  live_mode mode = live_mode::whole;
};

TEST_F(live_test, reads_head_and_tail_while_the_file_is_fetched_and_all_of_it_afterwards) {
  const std::int64_t size = 40 * mib + 77;
  play(server->add(1, size, "film.mp4"), [&](live_file film) -> asio::awaitable<void> {
    EXPECT_FALSE(co_await outcome(film, 1, size - 1000, 5000, seconds(20)));
    EXPECT_FALSE(co_await outcome(film, 1, 0, 300'000, seconds(20)));
    EXPECT_LT(film.progress().done, size) << "long before its end";
    EXPECT_FALSE(co_await outcome(film, 1, size / 2, 3 * mib, seconds(20)));
    const file_report done = co_await film.report();
    EXPECT_TRUE(done.ok()) << done.error;
    EXPECT_EQ(done.sha256, sha256_hex(file_bytes(1, 0, size)));
    EXPECT_EQ(done.path, folder / "film.mp4");
    for (std::int64_t at = 0; at < size; at += 7 * mib) {
      EXPECT_FALSE(co_await outcome(film, 1, at, 7 * mib, seconds(20)));
    }
    fs::remove(done.path);
    EXPECT_FALSE(co_await outcome(film, 1, 5, 5, seconds(20))) << "it is open";
    EXPECT_EQ(film.progress().done, size);
  });
}

TEST_F(live_test, what_is_read_is_checked) {
  server->spoils = [](std::size_t n) { return n % 3 == 1; };
  const std::int64_t size = 6 * mib;
  play(server->add(1, size, "film.mp4"), [&](live_file film) -> asio::awaitable<void> {
    for (std::int64_t at = size - 400'000; at > 0; at -= 400'000) {
      EXPECT_FALSE(co_await outcome(film, 1, at, 400'000, seconds(20)));
    }
    const file_report done = co_await film.report();
    EXPECT_TRUE(done.ok()) << done.error;
  });
}

TEST_F(live_test, hundreds_of_reads_at_random_offsets_at_once) {
  server->spoils = [](std::size_t n) { return n % 23 == 7; };
  server->on_part = [](std::size_t n, bytes& data) {
    if (n % 31 == 11) throw rpc_error(rpc_failure::parse(500, "AGAIN"), "upload.getFile");
    if (n % 41 == 17) data.resize(data.size() / 2);
  };
  server->never_answers = [](std::size_t n) { return n % 97 == 13; };
  const std::int64_t size = 64 * mib + 4711;
  const media file = server->add(1, size, "film.mp4");
  asio::io_context loop;
  live_file film = open(loop.get_executor(), file);
  std::mt19937_64 random(11);
  int right = 0;
  for (int i = 0; i < 400; ++i) {
    const auto offset = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size));
    const auto count = static_cast<std::size_t>(random() % 500'000);
    asio::co_spawn(loop, outcome(film, 1, offset, count, seconds(60)),
                   [&right](const std::exception_ptr&, std::error_code code) {
                     EXPECT_FALSE(code) << code.message();
                     right += !code;
                   });
  }
  loop.run();
  EXPECT_EQ(right, 400);
  EXPECT_EQ(film.progress().done, size);
}

TEST_F(live_test, a_deadline_that_passes_names_what_was_missing) {
  server->never_answers = [](std::size_t) { return true; };
  play(server->add(1, 10 * mib, "film.mp4"), [&](live_file film) -> asio::awaitable<void> {
    bool missed = false;
    try {
      co_await film.read(5 * mib, 1000, milliseconds(100));
    } catch (const error& late) {
      missed = true;
      EXPECT_EQ(late.code(), make_error_code(client_errc::deadline));
      EXPECT_EQ(std::string(late.what()),
                "film.mp4: bytes 5242880 to 5243879 did not come before the deadline of the read");
    }
    EXPECT_TRUE(missed);
    const std::error_code at_once = co_await outcome(film, 1, 0, 1, seconds(0));
    EXPECT_EQ(at_once, make_error_code(client_errc::deadline));
  });
}

TEST_F(live_test, a_read_may_be_cancelled_and_the_download_goes_on) {
  const media file = server->add(1, 20 * mib, "film.mp4");
  asio::io_context loop;
  live_file film = open(loop.get_executor(), file);
  asio::cancellation_signal cancel;
  server->never_answers = [&](std::size_t n) {
    if (n == 2) cancel.emit(asio::cancellation_type::terminal);
    return false;
  };
  std::exception_ptr thrown;
  asio::co_spawn(
      loop, film.read(19 * mib, 1000, seconds(60)),
      asio::bind_cancellation_slot(
          cancel.slot(), [&](std::exception_ptr failed, const bytes&) { thrown = failed; }));
  loop.run();
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const std::system_error& why) {
    EXPECT_EQ(why.code(), std::error_code(asio::error::operation_aborted));
  }
  EXPECT_TRUE(fs::exists(folder / "film.mp4"));
}

TEST_F(live_test, a_file_that_fails_tells_its_readers_why) {
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 4) throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "upload.getFile");
  };
  play(server->add(1, 40 * mib, "film.mp4"), [&](live_file film) -> asio::awaitable<void> {
    const std::error_code code = co_await outcome(film, 1, 39 * mib, 16 * 1024, seconds(60));
    const std::error_code later = co_await outcome(film, 1, 0, 1, seconds(60));
    EXPECT_TRUE(!code || code == std::error_code(400, rpc_category())) << code.message();
    const file_report done = co_await film.report();
    EXPECT_EQ(done.code, std::error_code(400, rpc_category()));
    const std::error_code afterwards = co_await outcome(film, 1, 30 * mib, 1, seconds(60));
    EXPECT_EQ(afterwards, std::error_code(400, rpc_category()));
    EXPECT_TRUE(!later || later == afterwards);
  });
}

TEST_F(live_test, closing_ends_reads_and_leaves_what_was_fetched_for_the_next_run) {
  const std::int64_t size = 60 * mib;
  const media file = server->add(1, size, "film.mp4");
  server->never_answers = [](std::size_t n) { return n > 60; };
  std::error_code waiting;
  play(file, [&](live_file film) -> asio::awaitable<void> {
    EXPECT_FALSE(co_await outcome(film, 1, 50 * mib, 300'000, seconds(60)));
    const auto executor = co_await asio::this_coro::executor;
    const auto over = [&waiting](const std::exception_ptr&, std::error_code code) {
      waiting = code;
    };
    asio::co_spawn(executor, outcome(film, 1, 55 * mib, 5 * mib, seconds(600)), over);
    EXPECT_FALSE(co_await outcome(film, 1, 50 * mib, 300'000, seconds(60)));
    film.close();
    const std::error_code after = co_await outcome(film, 1, 40 * mib, 1, seconds(600));
    EXPECT_EQ(after, std::error_code(asio::error::operation_aborted));
  });
  EXPECT_EQ(waiting, std::error_code(asio::error::operation_aborted));
  server->never_answers = {};
  play(file, [&](live_file film) -> asio::awaitable<void> {
    EXPECT_FALSE(co_await outcome(film, 1, 50 * mib, 300'000, seconds(60)));
    const file_report done = co_await film.report();
    EXPECT_TRUE(done.ok()) << done.error;
    EXPECT_GT(done.resumed, 0);
    EXPECT_EQ(done.sha256, sha256_hex(file_bytes(1, 0, size)));
  });
}

TEST_F(live_test, with_the_last_handle_the_download_ends) {
  const media file = server->add(1, 60 * mib, "film.mp4");
  asio::io_context loop;
  {
    live_file film = open(loop.get_executor(), file);
    std::error_code code;
    asio::co_spawn(loop, outcome(std::move(film), 1, 59 * mib, 1000, seconds(60)),
                   [&code](const std::exception_ptr&, std::error_code met) { code = met; });
    loop.run();  // to the end of the read, whose handle is the last, and of what it closes
    EXPECT_FALSE(code);
  }
  EXPECT_TRUE(fs::exists(folder / "film.mp4.part"));
  EXPECT_FALSE(fs::exists(folder / "film.mp4"));
}

TEST_F(live_test, only_what_is_read_is_fetched_where_that_is_wanted) {
  mode = live_mode::only_read;
  play(server->add(1, 100 * mib, "film.mp4"), [&](live_file film) -> asio::awaitable<void> {
    EXPECT_FALSE(co_await outcome(film, 1, 99 * mib, mib, seconds(60)));
    EXPECT_FALSE(co_await outcome(film, 1, 0, 300'000, seconds(60)));
    EXPECT_FALSE(co_await outcome(film, 1, 50 * mib + 17, 100, seconds(60)));
    EXPECT_LE(server->bytes_served, 20 * mib);
  });
}

// A player that reads on finds the bytes there: fewer requests wait for their way.
TEST_F(live_test, what_is_read_in_order_is_fetched_ahead) {
  mode = live_mode::only_read;
  play(server->add(1, 100 * mib, "film.mp4"), [&](live_file film) -> asio::awaitable<void> {
    for (std::int64_t at = 30 * mib; at < 32 * mib; at += 256 * 1024) {
      EXPECT_FALSE(co_await outcome(film, 1, at, 256 * 1024, seconds(60)));
    }
    const auto farthest = [&] {
      std::int64_t end = 0;
      for (const auto& [offset, limit] : server->parts) end = std::max(end, offset + limit);
      return end;
    };
    EXPECT_GE(farthest(), 32 * mib + engine::read_ahead::least);
    EXPECT_LE(farthest(), 32 * mib + engine::read_ahead::most);
  });
}

TEST_F(live_test, refuses_what_is_no_range_of_the_file) {
  play(server->add(1, 1000, "a"), [&](live_file of) -> asio::awaitable<void> {
    const std::error_code refused = std::make_error_code(std::errc::invalid_argument);
    EXPECT_EQ(co_await outcome(of, 1, -1, 1, seconds(9)), refused);
    EXPECT_EQ(co_await outcome(of, 1, 1001, 1, seconds(9)), refused);
    EXPECT_EQ(co_await outcome(of, 1, 0, live_file::most_read + 1, seconds(9)), refused);
    EXPECT_FALSE(co_await outcome(of, 1, 1000, 1, seconds(9))) << "at the end there is nothing";
    EXPECT_FALSE(co_await outcome(of, 1, 0, 5000, duration::max())) << "fewer where it ends";
  });
}

TEST_F(live_test, an_io_context_that_goes_away_takes_all_with_it) {
  const media file = server->add(1, 40 * mib, "film.mp4");
  for (const std::size_t after : {0U, 1U, 9U, 30U}) {
    asio::io_context loop;
    server->part_requests = 0;
    server->on_part = [&loop, after](std::size_t n, bytes&) {
      if (n == after) loop.stop();
    };
    live_file film = open(loop.get_executor(), file);
    for (int i = 0; i < 20; ++i) {
      asio::co_spawn(loop, outcome(film, 1, i * 2 * mib, 100'000, seconds(60)),
                     [](const std::exception_ptr&, std::error_code) {});
    }
    loop.run();
  }
  server->on_part = {};
  play(file, [&](live_file film) -> asio::awaitable<void> {
    const file_report done = co_await film.report();
    EXPECT_EQ(done.sha256, sha256_hex(file_bytes(1, 0, 40 * mib)));
  });
}

}  // namespace
}  // namespace mtfetch::transfer
