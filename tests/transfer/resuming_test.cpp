// SPDX-License-Identifier: BSL-1.0
// What a download leaves when it ends early, and what the next one makes of that.
#include "transfer_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace mtfetch::transfer {
namespace {

TEST_F(transfer_test, a_full_disk_stops_one_file_cleanly_and_goes_on_when_there_is_room) {
  auto room = std::make_shared<std::int64_t>(5 * mib);
  settings.calls.write = [room, real = settings.calls.write](int file, byte_view data,
                                                             std::int64_t offset) {
    if (*room < static_cast<std::int64_t>(data.size())) {
      errno = ENOSPC;
      return std::int64_t{-1};
    }
    *room -= static_cast<std::int64_t>(data.size());
    return real(file, data, offset);
  };
  const media file = server->add(1, 12 * mib, "film.mp4");
  const file_report failed = run_one(file);
  EXPECT_EQ(failed.code, make_error_code(storage_errc::no_space));
  EXPECT_NE(failed.error.find((folder / "film.mp4.part").string()), std::string::npos);
  *room = 100 * mib;
  no_copies();
  const std::int64_t before = server->bytes_served;
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GE(again.resumed, 4 * mib);
  EXPECT_LE(server->bytes_served - before, 8 * mib);
}

TEST_F(transfer_test, what_a_callback_throws_ends_the_download_which_keeps_what_it_has) {
  no_copies();
  const media file = server->add(1, 60 * mib, "film.mp4");
  const auto mine = std::make_error_code(std::errc::owner_dead);
  int calls = 0;
  options.on_progress = [&](const progress&) {
    ++calls;
    throw std::system_error(mine);
  };
  EXPECT_EQ(run({file}).thrown, mine);
  EXPECT_EQ(calls, 1) << "who has thrown is not called again";
  options.on_progress = {};
  calls = 0;
  options.on_part = [&](const part_statistics&) {
    if (++calls == 12) throw std::system_error(mine);
  };
  EXPECT_EQ(run({file}).thrown, mine);
  EXPECT_EQ(calls, 12);
  options.on_part = {};
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GT(again.resumed, 0);
}

TEST_F(transfer_test, a_disk_too_small_is_told_before_a_byte_is_asked_for) {
  settings.calls.allocate = [](int, std::int64_t) {
    errno = ENOSPC;
    return -1;
  };
  const file_report failed = run_one(server->add(1, 12 * mib, "film.mp4"));
  EXPECT_EQ(failed.code, make_error_code(storage_errc::no_space));
  EXPECT_EQ(server->part_requests, 0U);
}

TEST_F(transfer_test, cancelled_it_leaves_what_the_next_run_needs) {
  const media file = server->add(1, 40 * mib, "film.mp4");
  server->answer_time = std::chrono::milliseconds(5);
  asio::cancellation_signal* signal = nullptr;
  server->on_part = [&signal](std::size_t n, bytes&) {
    if (n == 20) signal->emit(asio::cancellation_type::terminal);
  };
  const ended out = run({file}, [&signal](asio::io_context&, asio::cancellation_signal& cancel) {
    signal = &cancel;
  });
  EXPECT_EQ(out.thrown, asio::error::operation_aborted);
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4.part", "film.mp4.part.journal"}));
  EXPECT_EQ(server->opened, server->closed);
  server->on_part = {};
  no_copies();
  const std::int64_t before = server->bytes_served;
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GT(again.resumed, 0);
  EXPECT_EQ(again.resumed + server->bytes_served - before, 40 * mib);
}

TEST_F(transfer_test, an_io_context_that_goes_away_in_the_middle_takes_all_with_it) {
  const media file = server->add(1, 40 * mib, "film.mp4");
  for (const std::size_t after : {0U, 1U, 7U, 30U}) {
    asio::io_context loop;
    server->part_requests = 0;
    server->on_part = [&loop, after](std::size_t n, bytes&) {
      if (n == after) loop.stop();
    };
    asio::co_spawn(loop, transfer_files(server->make_source(), {file}, options, settings),
                   [](std::exception_ptr, const report&) {});
    loop.run();
  }
  server->on_part = {};
  expect_right(run_one(file), 1);
}

TEST_F(transfer_test, a_changed_part_file_is_noticed_and_only_that_is_fetched_again) {
  const media file = server->add(1, 8 * mib, "film.mp4");
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 14) throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "upload.getFile");
  };
  EXPECT_FALSE(run_one(file).ok());
  {
    std::fstream part(folder / "film.mp4.part", std::ios::in | std::ios::out | std::ios::binary);
    part.seekp(200'000);
    part.put('\0');
    part.put('\1');
  }
  server->on_part = {};
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GE(again.resumed, 4 * mib);
}

TEST_F(transfer_test, a_damaged_journal_costs_nothing_where_hashes_vouch_for_the_bytes) {
  const media file = server->add(1, 8 * mib, "film.mp4");
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 14) throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "upload.getFile");
  };
  EXPECT_FALSE(run_one(file).ok());
  server->on_part = {};
  tests::write_file(folder / "film.mp4.part.journal", "no journal at all");
  no_copies();
  const std::int64_t before = server->bytes_served;
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_LE(server->bytes_served - before, 4 * mib);
  ASSERT_FALSE(again.notes.empty());
  EXPECT_NE(again.notes[0].find("damaged"), std::string::npos);
}

TEST_F(transfer_test, another_files_leftovers_are_left_alone) {
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 6) throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "upload.getFile");
  };
  const media first = server->add(1, 8 * mib, "film.mp4");
  EXPECT_FALSE(run_one(first).ok());
  server->on_part = {};
  const file_report second = run_one(server->add(2, 5 * mib, "film.mp4"));
  expect_right(second, 2);
  EXPECT_EQ(second.path, folder / "film (1).mp4");
  const file_report resumed = run_one(first);
  expect_right(resumed, 1);
  EXPECT_GT(resumed.resumed, 0);
  EXPECT_EQ(resumed.path, folder / "film.mp4");
}

TEST_F(transfer_test, a_strangers_part_file_is_left_alone) {
  tests::write_file(folder / "film.mp4.part", "another program's");
  expect_right(run_one(server->add(1, mib, "film.mp4")), 1);
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part"), "another program's");
}

TEST_F(transfer_test, while_one_run_makes_a_file_another_takes_other_names_and_refuses_the_same) {
  const media film = server->add(1, 3 * mib, "film.mp4");
  const media other = server->add(2, mib, "film.mp4");
  bool first = true;
  server->on_part = [&](std::size_t, bytes&) {
    if (!std::exchange(first, false)) return;
    const file_report beside = run_one(other);
    expect_right(beside, 2);
    EXPECT_EQ(beside.path, folder / "film (1).mp4");
    const file_report again = run_one(film);
    EXPECT_EQ(again.code, make_error_code(storage_errc::locked));
    EXPECT_NE(again.error.find("another mtfetch process is fetching"), std::string::npos);
    EXPECT_NE(again.error.find((folder / "film.mp4").string()), std::string::npos);
  };
  expect_right(run_one(film), 1);
  EXPECT_FALSE(first);
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4", "film (1).mp4"}));
}

// A child is killed at some moment; this process goes on from what it left.
TEST_F(transfer_test, goes_on_after_kill_9) {
  const std::int64_t size = 96 * mib + 77;
  const media file = server->add(1, size, "film.mp4");
  for (int round = 0; round < 6; ++round) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const std::size_t moment = 3 + 2 * static_cast<std::size_t>(round);
    const pid_t child = fork();
    if (child == 0) {
      server->on_part = [&](std::size_t n, bytes&) {
        if (n == moment && ::write(ready[1], "x", 1) == 1) kill(getpid(), SIGKILL);
      };
      static_cast<void>(run({file}));
      _exit(0);
    }
    close(ready[1]);
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(ready[0]);
    EXPECT_FALSE(fs::exists(folder / "film.mp4"));
  }
  no_copies();
  const std::int64_t before = server->bytes_served;
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GT(again.resumed + size - (server->bytes_served - before), 0);
  EXPECT_LE(server->bytes_served - before, size);
}

}  // namespace
}  // namespace mtfetch::transfer
