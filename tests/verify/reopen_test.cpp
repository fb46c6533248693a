// SPDX-License-Identifier: BSL-1.0
// A finished file made an interrupted download again, killed at every step of it.
#include "downloader/transfer/reopen.hpp"

#include "downloader/journal/database.hpp"
#include "downloader/transfer/target_file.hpp"
#include "tests/verify/fetched_folder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace mtfetch::verify_test {
namespace {

namespace fs = std::filesystem;
constexpr int windows = 6;
constexpr int steps = 3;  // calls of the file layer: sync the file, the folder, the folder

class reopen_test : public testing::Test {
 protected:
  reopen_test() : content(tests::random_text(windows * window, 4)) {
    film = folder / "film.mp4";
    begin();
  }
  void begin() {
    for (const auto& entry : fs::directory_iterator(folder.path())) fs::remove(entry.path());
    tests::write_file(film, content);
    damage(film, 2 * window + 5, 2 * window + 6);
    damaged_content = tests::read_file(film);
    known = entry_of("film.mp4", content, 11);
    good.clear();
    for (std::size_t i = 0; i < windows; ++i) {
      if (i != 2) good.push_back(known.windows.at(i));
    }
  }
  // What the next download of that file into that name finds there.
  std::size_t resumed() const {
    transfer::target_wish wish;
    wish.name = film;
    wish.identity = known.identity;
    transfer::target_file claimed = transfer::target_file::claim(wish);
    while (!claimed.examine()) {
    }
    EXPECT_EQ(claimed.name(), film);
    return claimed.complete().size();
  }
  // The file layer does `what` instead of its call number `step`.
  static sink::file_calls at(int step, std::function<int()> what) {
    const auto count = std::make_shared<int>(0);
    const auto here = [count, step, what] { return (*count)++ == step; };
    sink::file_calls calls = sink::file_calls::system();
    calls.sync_data = [here, what, real = calls.sync_data](int file) {
      return here() ? what() : real(file);
    };
    calls.sync_all = [here, what, real = calls.sync_all](int file) {
      return here() ? what() : real(file);
    };
    return calls;
  }

  tests::temporary_folder folder;
  std::string content;
  std::string damaged_content;
  fs::path film;
  catalogued_file known;
  std::vector<engine::window_record> good;
};

TEST_F(reopen_test, the_next_download_finds_all_but_the_damaged_windows) {
  transfer::reopen(film, known.identity, good);
  EXPECT_FALSE(fs::exists(film));
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part"), damaged_content);
  EXPECT_EQ(resumed(), good.size());
}

TEST_F(reopen_test, killed_at_any_step_it_loses_nothing) {
  for (int step = 0; step < steps; ++step) {
    begin();
    const pid_t pid = fork();
    if (pid == 0) {
      transfer::reopen(film, known.identity, good, at(step, [] {
                         _exit(7);
                         return 0;
                       }));
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_EQ(WEXITSTATUS(status), 7) << "step " << step << " never came";
    if (fs::exists(film)) {
      EXPECT_EQ(tests::read_file(film), damaged_content) << step;
      transfer::reopen(film, known.identity, good);  // the next repair begins anew
    }
    EXPECT_EQ(tests::read_file(folder / "film.mp4.part"), damaged_content) << step;
    EXPECT_EQ(resumed(), good.size()) << step;
  }
}

TEST_F(reopen_test, what_fails_before_the_rename_leaves_the_folder_as_it_was) {
  const auto full = [] {
    errno = ENOSPC;
    return -1;
  };
  try {
    transfer::reopen(film, known.identity, good, at(0, full));
    FAIL() << "it did not fail";
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), make_error_code(storage_errc::no_space));
  }
  EXPECT_EQ(tests::read_file(film), damaged_content);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
  fs::remove(film);
  EXPECT_THROW(transfer::reopen(film, known.identity, good), error);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST_F(reopen_test, another_download_under_that_name_is_left_alone) {
  tests::write_file(folder / "film.mp4.part", "somebody else's bytes");
  try {
    transfer::reopen(film, known.identity, good);
    FAIL() << "it took the name";
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), std::make_error_code(std::errc::file_exists)) << failed.what();
  }
  EXPECT_EQ(tests::read_file(folder / "film.mp4.part"), "somebody else's bytes");
  EXPECT_EQ(tests::read_file(film), damaged_content);
}

TEST_F(reopen_test, a_journal_of_a_later_version_is_left_alone) {
  const fs::path path = folder / "film.mp4.part.journal";
  { journal(path, known.identity).record(good); }
  { journal_impl::database(path, {}).run("PRAGMA user_version = 1000"); }
  EXPECT_THROW(transfer::reopen(film, known.identity, good), error);
  EXPECT_EQ(journal(path, known.identity).state(), journal::found::foreign);
  EXPECT_EQ(tests::read_file(film), damaged_content);
  EXPECT_FALSE(fs::exists(folder / "film.mp4.part"));
}

TEST_F(reopen_test, the_journal_of_a_download_without_a_byte_is_no_loss) {
  file_identity other = known.identity;
  ++other.id;
  { journal(folder / "film.mp4.part.journal", other).record(good); }
  transfer::reopen(film, known.identity, good);
  EXPECT_EQ(resumed(), good.size());
}

TEST_F(reopen_test, waits_for_nobody_who_is_writing_under_that_name) {
  const auto held = sink::part_file::open(folder / "film.mp4.part");
  EXPECT_THROW(transfer::reopen(film, known.identity, good), error);
  EXPECT_EQ(tests::read_file(film), damaged_content);
  EXPECT_TRUE(fs::exists(folder / "film.mp4.part"));
}

}  // namespace
}  // namespace mtfetch::verify_test
