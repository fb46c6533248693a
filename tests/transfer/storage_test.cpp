// SPDX-License-Identifier: BSL-1.0
// What a download does when storage fails it, and when what it finds there is not what it left.
#include "downloader/catalogue/catalogue.hpp"
#include "downloader/journal/journal.hpp"
#include "downloader/transfer/target_file.hpp"
#include "tests/support/power_loss/disk.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/fake_server.hpp"
#include "tests/transfer/run_download.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::mib;

class storage_test : public testing::Test {
 protected:
  storage_test() {
    options.to = folder / "";
    options.whole_file_sha256 = true;
    settings.engine.checkpoint_bytes = mib;
  }

  file_report fetch(const media& what) const { return fetch_with(what, settings.calls); }
  file_report fetch_with(const media& what, sink::file_calls calls) const {
    transfer_settings with = settings;
    with.calls = std::move(calls);
    report made = run_download(server, {what}, options, with);
    return std::move(made.files.at(0));
  }
  void expect_right(const file_report& file, std::int64_t id) const {
    ASSERT_TRUE(file.ok()) << file.error;
    const std::string there = tests::read_file(file.path);
    EXPECT_TRUE(std::ranges::equal(as_bytes(there), file_bytes(id, 0, file.size))) << file.path;
    EXPECT_EQ(file.sha256, sha256_hex(as_bytes(there)));
  }
  // The catalogue apart.
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(options.to)) {
      const std::string name = entry.path().filename().string();
      if (!catalogue::is_own_name(name)) found.insert(name);
    }
    return found;
  }
  // Fetches a part of it and fails, as a server does that lets it go.
  void begin(const media& what, std::size_t parts) const {
    const auto before = server->part_requests;
    server->on_part = [before, parts](std::size_t n, bytes&) {
      if (n >= before + parts) {
        throw rpc_error(rpc_failure::parse(400, "LOCATION_INVALID"), "upload.getFile");
      }
    };
    EXPECT_FALSE(fetch(what).ok());
    server->on_part = {};
  }
  static bool has_note(const file_report& file, const std::string& text) {
    return std::ranges::any_of(
        file.notes, [&](const std::string& note) { return note.find(text) != std::string::npos; });
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options;
  transfer_settings settings;
};

const std::set<std::string> only_film = {"film.mp4"};

// The n-th of the calls that need room finds none: wherever that is, up to the last rename.
TEST_F(storage_test, a_full_disk_at_any_step_stops_cleanly_and_goes_on_when_there_is_room) {
  const media film = server->add(1, 5 * mib + 77, "film.mp4");
  bool reached_the_end = false;
  int failed = 0;
  for (int step = 0; !reached_the_end; ++step) {
    SCOPED_TRACE("step " + std::to_string(step));
    ASSERT_LT(step, 200);
    auto left = std::make_shared<int>(step);
    const auto is_full = [left] {
      if ((*left)-- != 0) return false;
      errno = ENOSPC;
      return true;
    };
    sink::file_calls calls = sink::file_calls::system();
    calls.open = [is_full, real = calls.open](const fs::path& path, int flags) {
      return (flags & O_CREAT) != 0 && is_full() ? -1 : real(path, flags);
    };
    calls.allocate = [is_full, real = calls.allocate](int file, std::int64_t size) {
      return is_full() ? -1 : real(file, size);
    };
    calls.write = [is_full, real = calls.write](int file, byte_view data, std::int64_t offset) {
      return is_full() ? std::int64_t{-1} : real(file, data, offset);
    };
    const auto syncs = [&](std::function<int(int)> real) {
      return [is_full, real = std::move(real)](int file) { return is_full() ? -1 : real(file); };
    };
    calls.sync_data = syncs(calls.sync_data);
    calls.sync_all = syncs(calls.sync_all);
    calls.rename_new = [is_full, real = calls.rename_new](const fs::path& from,
                                                          const fs::path& to) {
      return is_full() ? -1 : real(from, to);
    };
    const file_report stopped = fetch_with(film, calls);
    reached_the_end = *left >= 0;
    if (!stopped.ok()) {
      ++failed;
      EXPECT_EQ(stopped.code, make_error_code(storage_errc::no_space)) << stopped.error;
      EXPECT_NE(stopped.error.find("film.mp4"), std::string::npos);
      EXPECT_FALSE(fs::exists(folder / "film.mp4"));
    }
    const std::int64_t before = server->bytes_served;
    const file_report again = stopped.ok() ? stopped : fetch(film);
    expect_right(again, 1);
    EXPECT_TRUE(stopped.fetched < 2 * mib || server->bytes_served - before < film.size)
        << "what was fetched stays";
    EXPECT_EQ(names(), only_film);
    fs::remove(folder / "film.mp4");
  }
  EXPECT_GT(failed, 10);
}

TEST_F(storage_test, a_journal_that_cannot_be_written_stops_cleanly_and_goes_on_later) {
  const media film = server->add(1, 5 * mib + 77, "film.mp4");
  for (const int refusal : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    int failed = 0;
    for (int step = 0;; ++step) {
      SCOPED_TRACE("write " + std::to_string(step) + " of SQLite gives " + std::to_string(refusal));
      tests::power_loss_disk disk(folder.path());
      int left = step;
      // A full disk stays full.
      disk.on_sqlite_write = [&](const std::string&) { return left-- > 0 ? SQLITE_OK : refusal; };
      const file_report stopped = fetch_with(film, disk.calls());
      if (stopped.ok()) {  // whole before that write, or with it: the journal matters no more
        expect_right(stopped, 1);
        fs::remove(folder / "film.mp4");
        if (left >= 0) break;
        continue;
      }
      ++failed;
      EXPECT_EQ(stopped.code, make_error_code(refusal == SQLITE_FULL ? storage_errc::no_space
                                                                     : storage_errc::bad_journal))
          << stopped.error;
      EXPECT_NE(stopped.error.find("film.mp4.part.journal"), std::string::npos) << stopped.error;
      EXPECT_EQ(fs::exists(folder / "film.mp4"), false);
      const std::int64_t before = server->bytes_served;
      const file_report again = fetch(film);
      expect_right(again, 1);
      EXPECT_LT(server->bytes_served - before, film.size) << "what was fetched stays";
      EXPECT_EQ(names(), only_film);
      fs::remove(folder / "film.mp4");
      ASSERT_LT(step, 200);
    }
    EXPECT_GT(failed, 5);
  }
}

TEST_F(storage_test, no_room_for_the_whole_file_is_told_before_the_first_byte_and_leaves_nothing) {
  sink::file_calls calls = sink::file_calls::system();
  calls.allocate = [](int, std::int64_t) {
    errno = ENOSPC;
    return -1;
  };
  const file_report refused = fetch_with(server->add(1, 5 * mib, "film.mp4"), calls);
  EXPECT_EQ(refused.code, make_error_code(storage_errc::no_space));
  EXPECT_EQ(server->part_requests, 0U);
  EXPECT_EQ(names(), std::set<std::string>());
}

TEST_F(storage_test, a_journal_that_cannot_be_made_is_told_and_leaves_nothing) {
  fs::create_directory(folder / "film.mp4.part.journal");
  const file_report refused = fetch(server->add(1, 5 * mib, "film.mp4"));
  EXPECT_EQ(refused.code, make_error_code(storage_errc::bad_journal));
  EXPECT_NE(refused.error.find("film.mp4.part.journal"), std::string::npos) << refused.error;
  EXPECT_EQ(server->part_requests, 0U);
  EXPECT_EQ(names(), std::set<std::string>{"film.mp4.part.journal"});
}

TEST_F(storage_test, a_file_system_without_preallocation_gets_a_sparse_file) {
  sink::file_calls calls = sink::file_calls::system();
  calls.allocate = [](int, std::int64_t) {
    errno = EOPNOTSUPP;
    return -1;
  };
  expect_right(fetch_with(server->add(1, 5 * mib, "film.mp4"), calls), 1);
}

// The same on a file system that is full in earnest.
class full_file_system : public storage_test {
 protected:
  void SetUp() override {
    options.to = folder / "small" / "";
    fs::create_directories(options.to);
    if (::mount("mtfetch-test", place().c_str(), "tmpfs", 0, "size=6m") != 0) {
      GTEST_SKIP() << "a file system cannot be mounted here: " << std::strerror(errno);
    }
    mounted = true;
  }
  ~full_file_system() override {
    if (mounted) ::umount2(place().c_str(), MNT_DETACH);
  }
  void make_room() const {
    ASSERT_EQ(::mount("mtfetch-test", place().c_str(), "tmpfs", MS_REMOUNT, "size=40m"), 0);
  }
  std::string place() const { return (folder / "small").string(); }
  bool mounted = false;
};

TEST_F(full_file_system, is_noticed_before_the_first_byte) {
  const media film = server->add(1, 12 * mib, "film.mp4");
  EXPECT_EQ(fetch(film).code, make_error_code(storage_errc::no_space));
  EXPECT_EQ(server->part_requests, 0U);
  EXPECT_EQ(names(), std::set<std::string>());
  make_room();
  expect_right(fetch(film), 1);
}

TEST_F(full_file_system, fills_up_in_the_middle_and_is_gone_on_with_when_there_is_room) {
  const media film = server->add(1, 12 * mib, "film.mp4");
  sink::file_calls sparse = sink::file_calls::system();
  sparse.allocate = [](int, std::int64_t) {
    errno = EOPNOTSUPP;
    return -1;
  };
  const file_report stopped = fetch_with(film, sparse);
  EXPECT_EQ(stopped.code, make_error_code(storage_errc::no_space)) << stopped.error;
  EXPECT_FALSE(fs::exists(options.to / "film.mp4"));
  // With as little room as before nothing changes, and nothing is lost.
  EXPECT_EQ(fetch_with(film, sparse).code, make_error_code(storage_errc::no_space));
  make_room();
  const std::int64_t before = server->bytes_served;
  expect_right(fetch(film), 1);
  EXPECT_LT(server->bytes_served - before, 9 * mib);
  EXPECT_EQ(names(), only_film);
}

TEST_F(storage_test, another_document_under_the_name_is_never_mixed_with_what_was_begun) {
  begin(server->add(1, 5 * mib, "film.mp4"), 6);
  const file_report changed = fetch(server->add(2, 5 * mib, "film.mp4"));
  expect_right(changed, 2);
  EXPECT_EQ(changed.path, folder / "film (1).mp4");
  EXPECT_EQ(changed.resumed, 0);
  EXPECT_TRUE(has_note(changed, "film.mp4.part is the beginning of another file"));
  EXPECT_EQ(names(),
            (std::set<std::string>{"film (1).mp4", "film.mp4.part", "film.mp4.part.journal"}));
}

TEST_F(storage_test, the_same_document_of_another_size_is_never_mixed_with_what_was_begun) {
  begin(server->add(1, 5 * mib, "film.mp4"), 6);
  const file_report changed = fetch(server->add(1, 5 * mib + 4096, "film.mp4"));
  expect_right(changed, 1);
  EXPECT_EQ(changed.path, folder / "film (1).mp4");
  EXPECT_EQ(changed.resumed, 0);
  EXPECT_TRUE(has_note(changed, "film.mp4.part is the beginning of another file"));
}

// Before its first checkpoint a journal does not say of which file it is; then hashes do.
TEST_F(storage_test, bytes_of_another_document_without_a_checkpoint_are_replaced) {
  for (const bool has_hashes : {true, false}) {
    server->has_hashes = has_hashes;
    tests::write_file(folder / "film.mp4.part", as_text(file_bytes(1, 0, 3 * mib)));
    tests::write_file(folder / "film.mp4.part.journal", "");
    const file_report changed = fetch(server->add(2, 2 * mib, "film.mp4"));
    expect_right(changed, 2);
    EXPECT_EQ(changed.resumed, 0);
    EXPECT_EQ(names(), only_film);
    fs::remove(folder / "film.mp4");
  }
}

TEST_F(storage_test, what_a_later_version_began_is_left_alone) {
  const media film = server->add(1, 5 * mib, "film.mp4");
  begin(film, 6);
  {
    sqlite3* opened = nullptr;
    const std::string journal = (folder / "film.mp4.part.journal").string();
    ASSERT_EQ(sqlite3_open(journal.c_str(), &opened), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(opened, "PRAGMA user_version = 2", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(opened);
  }
  const std::string part = tests::read_file(folder / "film.mp4.part");
  const std::string journal = tests::read_file(folder / "film.mp4.part.journal");
  const file_report beside = fetch(film);
  expect_right(beside, 1);
  EXPECT_EQ(beside.path, folder / "film (1).mp4");
  EXPECT_TRUE(has_note(beside, "was made by a later version of mtfetch"));
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part"), part);
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part.journal"), journal);
}

TEST_F(storage_test, a_strangers_part_file_is_named_and_left_alone) {
  tests::write_file(folder / "film.mp4.part", "another program's");
  const file_report beside = fetch(server->add(1, mib, "film.mp4"));
  expect_right(beside, 1);
  EXPECT_TRUE(has_note(beside, "film.mp4.part was not made by mtfetch"));
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part"), "another program's");
}

TEST_F(storage_test, small_files_need_no_database) {
  bool seen = false;
  server->on_part = [&](std::size_t, bytes&) {
    seen = true;
    EXPECT_EQ(fs::file_size(folder / "film.mp4.part.journal"), 0U);
  };
  settings.engine.checkpoint_interval = std::chrono::hours(1);
  expect_right(fetch(server->add(1, mib / 2, "film.mp4")), 1);
  EXPECT_TRUE(seen);
  EXPECT_EQ(names(), only_film);
}

// At each part of it, all before the first checkpoint: the next run knows its own.
TEST_F(storage_test, a_kill_before_the_first_checkpoint_leaves_nothing_for_ever) {
  settings.engine.checkpoint_bytes = 100 * mib;
  settings.engine.checkpoint_interval = std::chrono::hours(1);
  const media film = server->add(1, 5 * mib, "film.mp4");
  for (std::size_t moment = 0; moment < 8; ++moment) {
    const pid_t child = fork();
    if (child == 0) {
      server->on_part = [last = server->part_requests + moment](std::size_t n, bytes&) {
        if (n == last) ::kill(::getpid(), SIGKILL);
      };
      static_cast<void>(fetch(film));
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(fs::exists(folder / "film.mp4.part"));
    expect_right(fetch(film), 1);
    EXPECT_EQ(names(), only_film);
    fs::remove(folder / "film.mp4");
  }
}

TEST_F(storage_test, a_journal_left_behind_by_a_kill_after_the_rename_goes_at_the_next_meeting) {
  const media film = server->add(1, 5 * mib, "film.mp4");
  begin(film, 6);
  fs::rename(folder / "film.mp4.part", folder / "film.mp4");
  expect_right(fetch(film), 1);
  EXPECT_EQ(names(), (std::set<std::string>{"film.mp4", "film (1).mp4"}));
}

// Several processes claim one name at the same moment.
class processes : public storage_test {
 protected:
  // Runs `work` in each of them; it gives a letter, and the process lives on until all have.
  static std::string run(int count, const std::function<char(int)>& work) {
    int go[2];
    int said[2];
    int end[2];
    if (pipe(go) != 0 || pipe(said) != 0 || pipe(end) != 0) return "no pipe";
    std::vector<pid_t> children;
    for (int i = 0; i < count; ++i) {
      children.push_back(fork());
      if (children.back() != 0) continue;
      close(go[1]);
      close(end[1]);
      char byte = 0;
      static_cast<void>(::read(go[0], &byte, 1));  // until all are there
      byte = work(i);
      if (::write(said[1], &byte, 1) != 1) _exit(1);
      static_cast<void>(::read(end[0], &byte, 1));
      _exit(0);
    }
    close(go[1]);
    std::string letters(static_cast<std::size_t>(count), ' ');
    for (char& letter : letters) static_cast<void>(::read(said[0], &letter, 1));
    close(end[1]);
    for (const pid_t child : children) waitpid(child, nullptr, 0);
    for (const int each : {go[0], said[0], said[1], end[0]}) close(each);
    std::ranges::sort(letters);
    return letters;
  }
};

TEST_F(processes, only_one_of_several_makes_a_file) {
  for (int round = 0; round < 20; ++round) {
    target_wish wish;
    wish.name = folder / ("film" + std::to_string(round));
    wish.identity.id = 1;
    wish.identity.size = mib;
    std::optional<target_file> held;  // until the process ends
    EXPECT_EQ(run(4,
                  [&](int) {
                    try {
                      held = target_file::claim(wish);
                      return held->name() == wish.name ? 'a' : 'x';
                    } catch (const error& refused) {
                      return refused.code() == make_error_code(storage_errc::locked) ? 'l' : 'e';
                    }
                  }),
              "alll");
  }
}

TEST_F(processes, that_fetch_different_files_of_one_name_get_all_of_them) {
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(run(4,
                  [&](int i) {
                    const file_report made = fetch(server->add(i + 1, mib + i, "film.mp4"));
                    const bytes right = file_bytes(i + 1, 0, mib + i);
                    const std::string there = made.ok() ? tests::read_file(made.path) : "";
                    return std::ranges::equal(as_bytes(there), right) ? 'r' : 'w';
                  }),
              "rrrr");
    EXPECT_EQ(names().size(), 4U);
    for (const std::string& name : names()) fs::remove(folder / name);
  }
}

// A journal's file that is no journal of ours stays, even beside a finished file.
TEST_F(storage_test, another_programs_file_with_a_journals_name_stays) {
  tests::write_file(folder / "film.mp4", "mine");
  tests::write_file(folder / "film.mp4.part.journal", "notes on the film");
  expect_right(fetch(server->add(1, mib, "film.mp4")), 1);
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part.journal"), "notes on the film");
  EXPECT_EQ(tests::read_file(folder / "film.mp4"), "mine");
}

}  // namespace
}  // namespace mtfetch::transfer
