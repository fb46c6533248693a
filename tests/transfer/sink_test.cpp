// SPDX-License-Identifier: BSL-1.0
// Downloads into descriptors, pipes, sockets and sinks of one's own, from a source without a
// network.
#include "downloader/sink/descriptor_sink.hpp"
#include "downloader/transfer/transfer.hpp"
#include "fake_server.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/hashing_options.hpp"

#include <gtest/gtest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace mtfetch::transfer {
namespace {

using engine::hash_window;
using engine::mib;

// Served before a pipe that nobody reads is left: far more than it holds, and less than what is
// surely fetched while the worker stands in its write (engine::config::max_in_flight).
constexpr std::int64_t beyond_any_pipe = 20 * mib;

class sink_test : public testing::Test {
 protected:
  struct ended {
    std::optional<file_report> file;
    std::error_code thrown;
  };
  ended run(media file, byte_sink into, asio::cancellation_signal* cancel = nullptr) {
    asio::io_context loop;
    ended out;
    auto done = [&out](std::exception_ptr failed, report made) {
      if (!failed) {
        out.file = std::move(made.files.at(0));
        return;
      }
      try {
        std::rethrow_exception(failed);
      } catch (const std::system_error& why) {
        out.thrown = why.code();
      }
    };
    asio::cancellation_signal none;
    asio::co_spawn(
        loop,
        transfer_to(server->make_source(), std::move(file), std::move(into), options, settings),
        asio::bind_cancellation_slot((cancel != nullptr ? cancel : &none)->slot(), done));
    loop.run();
    return out;
  }
  // Keeps what it is given; says so where the order is not kept.
  byte_sink keeper() {
    byte_sink made;
    made.write = [this](std::int64_t offset, byte_view data) {
      EXPECT_EQ(offset, static_cast<std::int64_t>(kept.size()));
      EXPECT_FALSE(finished);
      kept.insert(kept.end(), data.begin(), data.end());
    };
    made.finish = [this] { finished = true; };
    return made;
  }
  // Fails the n-th request with a fault that leaves only the hash to tell, or with an error.
  void add_faults() {
    server->spoils = [](std::size_t n) { return n % 7 == 3; };
    server->on_part = [](std::size_t n, bytes&) {
      if (n % 11 == 5) throw rpc_error(rpc_failure::parse(500, "AGAIN"), "upload.getFile");
    };
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options = tests::hashing_options();
  transfer_settings settings;
  bytes kept;
  bool finished = false;
};

TEST_F(sink_test, a_sink_gets_checked_bytes_in_order_each_once) {
  add_faults();
  std::int64_t id = 1;
  for (const std::int64_t size :
       {std::int64_t{0}, std::int64_t{1}, hash_window, hash_window + 1, 30 * mib + 4711}) {
    kept.clear();
    finished = false;
    const ended out = run(server->add(id, size, "film.mp4"), keeper());
    ASSERT_TRUE(out.file);
    EXPECT_TRUE(out.file->ok()) << out.file->error;
    EXPECT_TRUE(finished);
    const bytes right = file_bytes(id, 0, size);
    EXPECT_TRUE(kept == right) << size;
    EXPECT_EQ(out.file->sha256, sha256_hex(right));
    EXPECT_EQ(out.file->verified, size);
    ++id;
  }
}

TEST_F(sink_test, works_where_the_server_has_no_hashes) {
  server->has_hashes = false;
  const ended out = run(server->add(1, 9 * mib + 3, "film.mp4"), keeper());
  ASSERT_TRUE(out.file);
  EXPECT_TRUE(out.file->ok()) << out.file->error;
  EXPECT_TRUE(kept == file_bytes(1, 0, 9 * mib + 3));
}

TEST_F(sink_test, a_sink_that_throws_makes_the_file_fail_and_is_not_called_again) {
  struct kind {
    std::function<void()> throws;
    std::error_code code;
    std::string sentence;
  };
  const kind kinds[] = {
      {[] { throw error(make_error_code(storage_errc::no_space), "the tape is full"); },
       make_error_code(storage_errc::no_space), "the tape is full"},
      {[] { throw std::runtime_error("the tape tore"); }, std::make_error_code(std::errc::io_error),
       "the tape tore"}};
  for (const kind& each : kinds) {
    for (const std::size_t at : {0U, 3U, 60U}) {
      std::size_t calls = 0;
      byte_sink into;
      into.write = [&](std::int64_t, byte_view) {
        if (calls++ == at) each.throws();
      };
      into.finish = [] { ADD_FAILURE() << "finished what failed"; };
      const ended out = run(server->add(1, 20 * mib, "film.mp4"), into);
      ASSERT_TRUE(out.file);
      EXPECT_EQ(out.file->code, each.code);
      EXPECT_NE(out.file->error.find(each.sentence), std::string::npos) << out.file->error;
      EXPECT_NE(out.file->error.find("film.mp4"), std::string::npos) << out.file->error;
      EXPECT_EQ(calls, at + 1);
    }
  }
}

TEST_F(sink_test, a_sink_whose_last_calls_fail_makes_the_file_fail) {
  byte_sink into = keeper();
  into.finish = [] { throw error(make_error_code(storage_errc::no_space), "no room at the end"); };
  const ended out = run(server->add(1, mib, "film.mp4"), into);
  ASSERT_TRUE(out.file);
  EXPECT_EQ(out.file->code, make_error_code(storage_errc::no_space));
}

TEST_F(sink_test, a_descriptor_of_a_file_is_written_at_offsets_and_stays_open) {
  add_faults();
  const auto path = folder / "mine";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_NE(file, -1);
  ASSERT_EQ(::lseek(file, 77, SEEK_SET), 77);
  const ended out = run(server->add(1, 12 * mib + 9, "film.mp4"), sink::descriptor_sink(file));
  ASSERT_TRUE(out.file);
  EXPECT_TRUE(out.file->ok()) << out.file->error;
  EXPECT_EQ(::lseek(file, 0, SEEK_CUR), 77) << "the position is the caller's";
  EXPECT_EQ(::close(file), 0) << "it is open still";
  EXPECT_TRUE(std::ranges::equal(as_bytes(tests::read_file(path)), file_bytes(1, 0, 12 * mib + 9)));
}

TEST_F(sink_test, a_descriptor_that_cannot_be_written_makes_the_file_fail) {
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const ended out = run(server->add(1, mib, "film.mp4"), sink::descriptor_sink(file));
  ::close(file);
  ASSERT_TRUE(out.file);
  EXPECT_EQ(out.file->code, std::error_code(EBADF, std::generic_category()));
}

// Reads a descriptor to its end, on a thread of its own.
struct other_side {
  explicit other_side(int descriptor, std::function<void(std::size_t)> before_each = {})
      : reader([this, descriptor, before_each] {
          bytes piece(65536);
          for (;;) {
            if (before_each) before_each(got.size());
            const ssize_t count = ::read(descriptor, piece.data(), piece.size());
            if (count <= 0) break;
            got.insert(got.end(), piece.begin(), piece.begin() + count);
          }
          ::close(descriptor);
        }) {}
  bytes got;
  std::thread reader;
};

TEST_F(sink_test, a_pipe_and_a_socket_get_the_bytes_in_order) {
  add_faults();
  for (const bool is_socket : {false, true}) {
    int ends[2];
    ASSERT_EQ(is_socket ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : ::pipe(ends), 0);
    other_side other(ends[0]);
    const ended out = run(server->add(1, 25 * mib + 5, "film.mp4"), sink::descriptor_sink(ends[1]));
    ::close(ends[1]);
    other.reader.join();
    ASSERT_TRUE(out.file);
    EXPECT_TRUE(out.file->ok()) << out.file->error;
    EXPECT_TRUE(other.got == file_bytes(1, 0, 25 * mib + 5));
  }
}

// Who reads slowly holds the download up, and memory is bounded: what was fetched and not yet read
// is never more than what may wait.
TEST_F(sink_test, a_slow_reader_of_a_pipe_bounds_what_is_fetched_ahead) {
  settings.engine.least_late = std::chrono::hours(1);  // copies are served twice and read once
  settings.engine.least_help = std::chrono::hours(1);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::atomic<std::int64_t> served = 0;
  std::atomic<std::int64_t> most_ahead = 0;
  server->on_part = [&](std::size_t, bytes& data) {
    served += static_cast<std::int64_t>(data.size());
  };
  other_side other(ends[0], [&](std::size_t read) {
    const std::int64_t ahead = served - static_cast<std::int64_t>(read);
    most_ahead = std::max<std::int64_t>(most_ahead, ahead);
    // The first bytes are read only when nothing more is fetched for lack of room.
    while (read == 0 && served < 26 * mib) std::this_thread::yield();
  });
  const ended out = run(server->add(1, 150 * mib, "film.mp4"), sink::descriptor_sink(ends[1]));
  ::close(ends[1]);
  other.reader.join();
  ASSERT_TRUE(out.file);
  EXPECT_TRUE(out.file->ok()) << out.file->error;
  EXPECT_TRUE(other.got == file_bytes(1, 0, 150 * mib));
  EXPECT_GE(most_ahead, 26 * mib);
  EXPECT_LE(most_ahead, 44 * mib);
}

TEST_F(sink_test, a_pipe_whose_reader_goes_away_makes_the_file_fail_and_kills_nobody) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const ended out = run(server->add(1, mib, "film.mp4"), sink::descriptor_sink(ends[1]));
  ::close(ends[1]);
  ASSERT_TRUE(out.file);
  EXPECT_EQ(out.file->code, std::error_code(EPIPE, std::generic_category()));
}

TEST_F(sink_test, cancelling_ends_a_write_that_nobody_reads) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  asio::cancellation_signal cancel;
  std::int64_t served = 0;
  server->on_part = [&](std::size_t, bytes& data) {
    served += static_cast<std::int64_t>(data.size());
    if (served > beyond_any_pipe) cancel.emit(asio::cancellation_type::terminal);
  };
  const ended out =
      run(server->add(1, 60 * mib, "film.mp4"), sink::descriptor_sink(ends[1]), &cancel);
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_FALSE(out.file);
  EXPECT_EQ(out.thrown, std::error_code(asio::error::operation_aborted));
}

TEST_F(sink_test, a_server_that_fails_while_nobody_reads_does_not_hold_the_report_up) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::int64_t served = 0;
  server->on_part = [&](std::size_t, bytes& data) {
    served += static_cast<std::int64_t>(data.size());
    if (served > beyond_any_pipe) throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "x");
  };
  const ended out = run(server->add(1, 60 * mib, "film.mp4"), sink::descriptor_sink(ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_TRUE(out.file);
  EXPECT_NE(out.file->error.find("LOCATION_INVALID"), std::string::npos) << out.file->error;
}

TEST_F(sink_test, an_io_context_that_goes_away_ends_a_write_that_nobody_reads) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const media file = server->add(1, 60 * mib, "film.mp4");
  {
    asio::io_context loop;
    std::int64_t served = 0;
    server->on_part = [&](std::size_t, bytes& data) {
      served += static_cast<std::int64_t>(data.size());
      if (served > beyond_any_pipe) loop.stop();
    };
    asio::co_spawn(
        loop,
        transfer_to(server->make_source(), file, sink::descriptor_sink(ends[1]), options, settings),
        [](std::exception_ptr, const report&) {});
    loop.run();
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace mtfetch::transfer
