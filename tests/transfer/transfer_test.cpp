// SPDX-License-Identifier: BSL-1.0
// The driver with a source of its own: files, workers and coroutines are real, the network is not.
#include "downloader/transfer/transfer.hpp"
#include "downloader/catalogue/catalogue.hpp"
#include "downloader/sink/part_file.hpp"
#include "fake_server.hpp"
#include "mtproto/crypto/sha.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::mib;

class transfer_test : public testing::Test {
 protected:
  transfer_test() { options.to = folder.path(); }

  struct ended {
    std::optional<report> files;
    std::error_code thrown;
  };
  // Else a machine under load makes the engine ask twice for what it thinks late.
  void no_copies() {
    settings.engine.least_late = std::chrono::hours(1);
    settings.engine.least_help = std::chrono::hours(1);
  }
  // Runs one download to its end; `during` may watch and cancel.
  ended run(std::vector<media> files,
            std::function<void(asio::io_context&, asio::cancellation_signal&)> during = {}) {
    asio::io_context loop;
    asio::cancellation_signal cancel;
    ended out;
    auto done = [&](std::exception_ptr failed, report made) {
      if (!failed) {
        out.files = std::move(made);
        return;
      }
      try {
        std::rethrow_exception(failed);
      } catch (const std::system_error& why) {
        out.thrown = why.code();
      }
    };
    asio::co_spawn(loop, transfer_files(server->make_source(), std::move(files), options, settings),
                   asio::bind_cancellation_slot(cancel.slot(), done));
    if (during) during(loop, cancel);
    loop.run();
    return out;
  }
  file_report run_one(media file) {
    ended out = run({std::move(file)});
    EXPECT_TRUE(out.files);
    return out.files ? std::move(out.files->files.at(0)) : file_report();
  }
  void expect_right(const file_report& file, std::int64_t id) const {
    EXPECT_TRUE(file.ok()) << file.error;
    const bytes right = file_bytes(id, 0, file.size);
    EXPECT_EQ(file.sha256, sha256_hex(right));
    const std::string there = tests::read_file(file.path);
    EXPECT_TRUE(std::ranges::equal(as_bytes(there), right)) << file.path;
    expect_catalogued(file, right);
  }
  // However its windows came here, in which run, order or attempt.
  static void expect_catalogued(const file_report& file, byte_view right) {
    auto in = catalogue::open_existing(file.path.parent_path());
    const auto known = in ? in->find(file.path.filename().string()) : std::nullopt;
    ASSERT_TRUE(known) << file.path;
    EXPECT_EQ(known->identity.size, file.size);
    EXPECT_EQ(known->sha256, file.sha256);
    EXPECT_EQ(known->windows.verified_bytes(), file.verified);
    for (std::size_t i = 0; i < known->windows.count(); ++i) {
      const engine::window_record window = known->windows.at(i);
      const auto at = static_cast<std::size_t>(window.offset);
      EXPECT_EQ(window.sha256,
                crypto::sha256(right.subspan(at, static_cast<std::size_t>(window.size))))
          << file.path << " at " << at;
    }
  }
  // The catalogue apart.
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      const std::string name = entry.path().filename().string();
      if (!catalogue::is_own_name(name)) found.insert(name);
    }
    return found;
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options;
  transfer_settings settings;
};

TEST_F(transfer_test, fetches_files_of_odd_sizes_and_leaves_nothing_else) {
  std::vector<media> files;
  const std::int64_t sizes[] = {0, 1, 4096, 131072, 131073, 700'001, 9 * mib + 3};
  for (const std::int64_t size : sizes) {
    const auto id = static_cast<std::int64_t>(files.size()) + 1;
    files.push_back(server->add(id, size, "file" + std::to_string(id)));
  }
  const ended out = run(files);
  ASSERT_TRUE(out.files);
  EXPECT_TRUE(out.files->ok());
  for (std::size_t i = 0; i < files.size(); ++i) {
    expect_right(out.files->files[i], files[i].id);
    EXPECT_EQ(out.files->files[i].fetched, files[i].size);
    EXPECT_EQ(out.files->files[i].verified, files[i].size);
  }
  EXPECT_EQ(names().size(), files.size()) << "no .part and no journal is left";
}

TEST_F(transfer_test, gives_the_file_its_name_only_when_it_is_whole) {
  server->on_part = [this](std::size_t, bytes&) {
    EXPECT_FALSE(fs::exists(folder / "film.mp4"));
    EXPECT_TRUE(fs::exists(folder / "film.mp4.part"));
  };
  expect_right(run_one(server->add(1, 3 * mib, "film.mp4")), 1);
  EXPECT_EQ(names(), std::set<std::string>{"film.mp4"});
}

TEST_F(transfer_test, overwrites_nothing_and_keeps_names_of_one_run_apart) {
  tests::write_file(folder / "film.mp4", "mine");
  const ended out = run({server->add(1, 1000, "film.mp4"), server->add(2, 2000, "film.mp4")});
  ASSERT_TRUE(out.files && out.files->ok());
  EXPECT_EQ(tests::read_file(folder / "film.mp4"), "mine");
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4", "film (1).mp4", "film (2).mp4"}));
  expect_right(out.files->files[0], 1);
  expect_right(out.files->files[1], 2);
}

TEST_F(transfer_test, writes_one_file_under_the_name_given) {
  options.to = folder / "new" / "name.bin";
  const file_report file = run_one(server->add(1, 1000, "film.mp4"));
  EXPECT_EQ(file.path, folder / "new" / "name.bin");
  expect_right(file, 1);
}

TEST_F(transfer_test, a_folder_that_cannot_be_made_is_named) {
  tests::write_file(folder / "blocked", "a file");
  options.to = folder / "blocked" / "deeper" / "";
  const ended out = run({server->add(1, 1000, "film.mp4")});
  EXPECT_FALSE(out.files);
  EXPECT_TRUE(out.thrown);
}

TEST_F(transfer_test, makes_hostile_names_safe) {
  const file_report file = run_one(server->add(1, 100, "../../../etc/cron.d/evil"));
  EXPECT_EQ(file.path.parent_path(), folder.path());
  expect_right(file, 1);
}

TEST_F(transfer_test, repairs_a_corrupt_part_alone) {
  server->on_part = [](std::size_t n, bytes& data) {
    if (n == 2) data[140'000] ^= 1U;
  };
  const file_report file = run_one(server->add(1, 4 * mib, "film.mp4"));
  expect_right(file, 1);
  EXPECT_EQ(server->parts.back().second, hash_window);
  EXPECT_EQ(file.fetched, 4 * mib + hash_window);
  ASSERT_FALSE(file.notes.empty());
}

TEST_F(transfer_test, names_a_range_that_stays_corrupt_and_keeps_the_rest) {
  server->on_part = [this](std::size_t n, bytes& data) {
    const std::int64_t at = server->parts[n].first;
    if (at <= mib && mib < at + static_cast<std::int64_t>(data.size())) {
      data[static_cast<std::size_t>(mib - at)] ^= 1U;
    }
  };
  const media file = server->add(1, 4 * mib, "film.mp4");
  const file_report failed = run_one(file);
  EXPECT_EQ(failed.code, make_error_code(storage_errc::hash_mismatch));
  EXPECT_NE(failed.error.find("bytes 1048576 to 1179647"), std::string::npos) << failed.error;
  EXPECT_NE(failed.error.find("film.mp4"), std::string::npos);
  EXPECT_FALSE(fs::exists(folder / "film.mp4"));
  server->on_part = {};
  no_copies();
  const std::int64_t before = server->bytes_served;
  const file_report again = run_one(file);
  expect_right(again, 1);
  EXPECT_GT(again.resumed, 0);
  EXPECT_LT(server->bytes_served - before, 4 * mib);
}

TEST_F(transfer_test, a_connection_whose_bytes_come_slowly_is_not_dead) {
  server->answer_time = std::chrono::milliseconds(400);
  settings.engine.first_answer = std::chrono::milliseconds(5);
  settings.engine.least_dead = std::chrono::milliseconds(5);
  settings.engine.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(10)};
  no_copies();
  const media file = server->add(1, 2 * mib, "film.mp4");
  // Without a sign of life each connection is given up before it can answer.
  EXPECT_EQ(run_one(file).code, make_error_code(transport_errc::timed_out));
  server->drips = true;
  const std::size_t before = server->opened;
  expect_right(run_one(file), 1);
  EXPECT_LE(server->opened - before, 8U);
}

TEST_F(transfer_test, follows_a_migration_once_and_remembers_it) {
  media file = server->add(1, 6 * mib, "film.mp4", 4);
  file.dc = 2;
  expect_right(run_one(file), 1);
  // Refused is what was under way when the first refusal came, a question for hashes included.
  EXPECT_LE(server->migrations, 8U * 2U + 1U);
}

TEST_F(transfer_test, refreshes_a_lapsed_reference_and_goes_on) {
  server->on_part = [this](std::size_t n, bytes&) {
    if (n == 5) server->wants_new_reference = true;
  };
  expect_right(run_one(server->add(1, 8 * mib, "film.mp4")), 1);
  EXPECT_EQ(server->refreshed, 1U);
}

TEST_F(transfer_test, a_message_that_is_gone_ends_the_file_in_words) {
  server->wants_new_reference = true;
  server->refresh_fails.emplace(make_error_code(link_errc::not_found),
                                "there is no message 1 (t.me/files/1)");
  const file_report failed = run_one(server->add(1, mib, "film.mp4"));
  EXPECT_EQ(failed.code, make_error_code(link_errc::not_found));
  EXPECT_EQ(failed.error, "film.mp4: there is no message 1 (t.me/files/1)");
}

TEST_F(transfer_test, a_short_or_empty_answer_is_never_the_end) {
  server->on_part = [](std::size_t n, bytes& data) {
    if (n == 1) data.resize(1000);
    if (n == 3) data.clear();
  };
  expect_right(run_one(server->add(1, 4 * mib, "film.mp4")), 1);
}

TEST_F(transfer_test, waits_out_a_flood_and_says_so) {
  server->on_part = [](std::size_t n, bytes&) {
    if (n == 2) throw rpc_error(rpc_failure::parse(420, "FLOOD_PREMIUM_WAIT_1"), "upload.getFile");
  };
  std::set<std::string> pauses;
  options.on_progress = [&pauses](const progress& seen) { pauses.insert(seen.pause); };
  expect_right(run_one(server->add(1, 4 * mib, "film.mp4")), 1);
  EXPECT_TRUE(
      pauses.contains("Telegram asks to wait 1 s (with Telegram Premium it would be less)"));
}

TEST_F(transfer_test, an_answer_that_never_comes_is_asked_for_again) {
  server->never_answers = [](std::size_t n) { return n == 3; };
  expect_right(run_one(server->add(1, 16 * mib, "film.mp4")), 1);
}

TEST_F(transfer_test, opens_a_lost_way_again) {
  server->on_open = [](std::size_t n) {
    if (n == 0) throw error(make_error_code(transport_errc::unreachable), "nobody listens");
  };
  expect_right(run_one(server->add(1, mib, "film.mp4")), 1);
}

TEST_F(transfer_test, gives_up_in_words_when_there_is_no_way) {
  settings.engine.retry.base = std::chrono::milliseconds(1);
  server->on_open = [](std::size_t) {
    throw error(make_error_code(transport_errc::unreachable), "nobody listens");
  };
  const file_report failed = run_one(server->add(1, mib, "film.mp4"));
  EXPECT_EQ(failed.code, make_error_code(transport_errc::unreachable));
  EXPECT_EQ(failed.error, "film.mp4: nobody listens");
  EXPECT_LT(server->opened, 10U);
}

TEST_F(transfer_test, a_file_that_fails_does_not_hold_up_the_others) {
  media gone = server->add(1, 1000, "gone.bin");
  gone.location = shared_bytes::copy(as_bytes("99:0"));
  const ended out = run({gone, server->add(2, 2 * mib, "here.bin")});
  ASSERT_TRUE(out.files);
  EXPECT_FALSE(out.files->ok());
  EXPECT_NE(out.files->files[0].error.find("LOCATION_INVALID"), std::string::npos);
  expect_right(out.files->files[1], 2);
}

TEST_F(transfer_test, hashes_that_a_server_lacks_are_a_note_and_no_error) {
  server->has_hashes = false;
  const file_report file = run_one(server->add(1, 2 * mib, "film.mp4"));
  expect_right(file, 1);
  EXPECT_EQ(file.verified, 0);
  ASSERT_EQ(file.notes.size(), 1U);
}

TEST_F(transfer_test, asks_for_no_hashes_when_told_not_to) {
  options.verify = false;
  options.whole_file_sha256 = false;
  const file_report file = run_one(server->add(1, 2 * mib, "film.mp4"));
  EXPECT_TRUE(file.ok());
  EXPECT_EQ(file.sha256, "");
  EXPECT_EQ(server->hash_requests, 0U);
}

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

TEST_F(transfer_test, tells_progress_seldom_and_its_beginning_and_end) {
  std::vector<progress> told;
  options.on_progress = [&told](const progress& seen) { told.push_back(seen); };
  server->answer_time = std::chrono::milliseconds(20);
  const auto begin = std::chrono::steady_clock::now();
  const ended out = run({server->add(1, 30 * mib, "a"), server->add(2, 3 * mib, "b")});
  ASSERT_TRUE(out.files && out.files->ok());
  const double took =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_LE(static_cast<double>(told.size()), 4 + 10 * took + 1);
  ASSERT_GE(told.size(), 4U);
  EXPECT_EQ(told.front().done, 0);
  std::size_t finished = 0;
  for (const progress& seen : told) {
    EXPECT_LE(seen.done, seen.total);
    EXPECT_EQ(seen.all_total, 33 * mib);
    EXPECT_EQ(seen.files, 2U);
    finished += seen.finished;
  }
  EXPECT_EQ(finished, 2U);
  EXPECT_EQ(told.back().all_done, 33 * mib);
}

TEST_F(transfer_test, many_files_a_few_at_once) {
  std::vector<media> files;
  for (int i = 1; i <= 120; ++i) {
    files.push_back(server->add(i, 1000 + 3571LL * i, "file" + std::to_string(i), 1 + i % 3));
  }
  options.files_at_once = 7;
  const ended out = run(files);
  ASSERT_TRUE(out.files);
  EXPECT_TRUE(out.files->ok());
  for (std::size_t i = 0; i < files.size(); ++i) expect_right(out.files->files[i], files[i].id);
  EXPECT_LE(server->opened, 3U * 8U);
}

TEST_F(transfer_test, a_small_file_does_not_wait_for_large_ones) {
  std::vector<media> files;
  files.push_back(server->add(1, 40 * mib, "large"));
  files.push_back(server->add(2, 40 * mib, "larger"));
  files.push_back(server->add(3, 20 * 1024, "small"));
  options.files_at_once = 1;
  std::vector<std::string> order;
  options.on_progress = [&order](const progress& seen) {
    if (seen.finished) order.push_back(seen.name);
  };
  const ended out = run(files);
  ASSERT_TRUE(out.files && out.files->ok());
  EXPECT_EQ(order, (std::vector<std::string>{"small", "large", "larger"}));
}

}  // namespace
}  // namespace mtfetch::transfer
