// SPDX-License-Identifier: BSL-1.0
#include "downloader/journal/journal.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <fstream>

namespace mtfetch {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::window_record;

class journal_test : public testing::Test {
 protected:
  journal_test() {
    std::string pattern = (fs::temp_directory_path() / "mtfetch-journal-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    path = folder / "film.mp4.part.journal";
    identity.id = 7'000'000'001;
    identity.size = 100 * hash_window + 5;
  }
  ~journal_test() override { fs::remove_all(folder); }

  std::vector<window_record> windows(int from, int to) const {
    std::vector<window_record> made;
    for (int i = from; i < to; ++i) {
      window_record window;
      window.offset = i * hash_window;
      window.size = static_cast<std::int32_t>(std::min(hash_window, identity.size - window.offset));
      window.sha256.fill(static_cast<std::uint8_t>(i + 1));
      window.verified = i % 2 == 0;
      made.push_back(window);
    }
    return made;
  }
  void write(const fs::path& where, const std::string& content) const {
    std::ofstream(where, std::ios::binary) << content;
  }

  fs::path folder;
  fs::path path;
  file_identity identity;
};

TEST_F(journal_test, remembers_what_was_recorded) {
  {
    journal fresh(path, identity);
    EXPECT_EQ(fresh.state(), journal::found::fresh);
    EXPECT_TRUE(fresh.windows().empty());
    fresh.record(windows(0, 10));
    fresh.record(windows(95, 101));
    fresh.set_dc(4);
  }
  journal again(path, identity);
  EXPECT_EQ(again.state(), journal::found::resumed);
  EXPECT_EQ(again.dc(), 4);
  std::vector<window_record> expected = windows(0, 10);
  for (const window_record& tail : windows(95, 101)) expected.push_back(tail);
  EXPECT_EQ(again.windows(), expected);
}

TEST_F(journal_test, forgets_windows_that_turned_out_wrong) {
  {
    journal fresh(path, identity);
    fresh.record(windows(0, 10));
    fresh.forget(windows(3, 5));
  }
  journal again(path, identity);
  EXPECT_EQ(again.windows().size(), 8U);
}

TEST_F(journal_test, goes_away_with_all_its_files) {
  journal fresh(path, identity);
  fresh.record(windows(0, 10));
  fresh.remove();
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(journal_test, leaves_the_journal_of_another_file_alone) {
  { journal(path, identity).record(windows(0, 10)); }
  file_identity other = identity;
  other.id = 8;
  EXPECT_EQ(journal(path, other).state(), journal::found::other);
  other = identity;
  other.size += 1;
  EXPECT_EQ(journal(path, other).state(), journal::found::other);
  other = identity;
  other.variant = "y";
  EXPECT_EQ(journal(path, other).state(), journal::found::other);
  EXPECT_EQ(journal(path, identity).windows().size(), 10U);
}

TEST_F(journal_test, puts_a_file_that_is_no_journal_aside_and_begins_anew) {
  write(path, std::string(5000, 'x'));
  journal begun(path, identity);
  EXPECT_EQ(begun.state(), journal::found::damaged);
  EXPECT_TRUE(fs::exists(path.string() + ".damaged"));
  begun.record(windows(0, 3));
  EXPECT_TRUE(begun.windows().empty());
}

TEST_F(journal_test, leaves_the_database_of_another_program_alone) {
  { journal(path, identity).record(windows(0, 1)); }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(68);  // the application id in SQLite's header
  file.write("\0\0\0\1", 4);
  file.close();
  EXPECT_EQ(journal(path, identity).state(), journal::found::foreign);
}

// Cuts the journal anywhere and flips any byte: it opens, or begins anew, and never claims a window
// that was not recorded.
TEST_F(journal_test, survives_damage_anywhere) {
  { journal(path, identity).record(windows(0, 60)); }
  std::ifstream in(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  ASSERT_GT(whole.size(), 4096U);
  const std::vector<window_record> recorded = windows(0, 60);
  const auto check = [&](const std::string& content, std::size_t at) {
    for (const auto& entry : fs::directory_iterator(folder)) fs::remove(entry.path());
    write(path, content);
    const journal opened(path, identity);
    for (const window_record& window : opened.windows()) {
      const window_record& was = recorded.at(static_cast<std::size_t>(window.offset / hash_window));
      // A flipped digest bit cannot be seen here; the bytes are hashed again before use.
      ASSERT_EQ(window.size, was.size) << "byte " << at;
    }
  };
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    check(whole.substr(0, at), at);
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
    check(flipped, at);
  }
}

TEST_F(journal_test, refuses_windows_that_cannot_be) {
  std::vector<window_record> odd = windows(0, 3);
  odd[1].offset += 4096;
  { journal(path, identity).record(odd); }
  EXPECT_EQ(journal(path, identity).state(), journal::found::damaged);
}

// Kills a child between and within transactions: what it had recorded is there, and nothing torn.
TEST_F(journal_test, keeps_what_was_recorded_before_a_kill) {
  for (int round = 0; round < 5; ++round) {
    for (const auto& entry : fs::directory_iterator(folder)) fs::remove(entry.path());
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      journal begun(path, identity);
      for (int i = 0; i < 100; ++i) {
        begun.record(windows(i, i + 1));
        const char done = static_cast<char>(i);
        if (::write(ready[1], &done, 1) != 1) _exit(1);
      }
      pause();
      _exit(0);
    }
    char last = 0;
    for (int i = 0; i < 5 + 20 * round; ++i) ASSERT_EQ(read(ready[0], &last, 1), 1);
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    close(ready[0]);
    close(ready[1]);
    const journal again(path, identity);
    EXPECT_EQ(again.state(), journal::found::resumed);
    ASSERT_GT(again.windows().size(), static_cast<std::size_t>(last));
    EXPECT_EQ(again.windows(), windows(0, static_cast<int>(again.windows().size())));
  }
}

// version_1.journal was written by the first version that wrote this form, and is what it is for
// ever; every version reads it.
TEST_F(journal_test, reads_what_version_1_wrote) {
  fs::copy_file(fs::path(MTFETCH_TEST_DATA) / "version_1.journal", path);
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  identity.id = 5'123'456'789'012'345'678;
  identity.size = 40 * hash_window + 99;
  identity.variant = "y";
  std::vector<window_record> expected;
  for (const int number : {0, 1, 2, 7, 40}) {
    expected.push_back(windows(number, number + 1).at(0));
    expected.back().verified = number != 2;
  }
  {
    journal old(path, identity);
    EXPECT_EQ(old.state(), journal::found::resumed);
    EXPECT_EQ(old.dc(), 4);
    EXPECT_EQ(old.windows(), expected);
    old.record(windows(3, 4));
  }
  EXPECT_EQ(journal(path, identity).windows().size(), 6U);
}

TEST_F(journal_test, leaves_what_a_later_version_wrote_alone) {
  { journal(path, identity).record(windows(0, 10)); }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(60);  // the user version in SQLite's header
  file.write("\0\0\0\2", 4);
  file.close();
  const auto content = [&] {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string before = content();
  EXPECT_EQ(journal(path, identity).state(), journal::found::foreign);
  EXPECT_EQ(content(), before);
  journal::remove_orphan(path);
  EXPECT_EQ(content(), before);
}

TEST_F(journal_test, is_a_file_of_no_bytes_until_something_is_recorded) {
  {
    journal begun(path, identity);
    EXPECT_EQ(begun.state(), journal::found::fresh);
    EXPECT_EQ(fs::file_size(path), 0U);
  }
  EXPECT_EQ(journal(path, identity).state(), journal::found::fresh);
  { journal(path, identity).record({}); }
  file_identity other = identity;
  other.id = 8;
  EXPECT_EQ(journal(path, other).state(), journal::found::other) << "it says whose it is";
}

TEST_F(journal_test, names_the_path_when_it_cannot_be_made) {
  try {
    journal(folder / "absent" / "x.journal", identity);
    FAIL();
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), make_error_code(storage_errc::bad_journal));
    EXPECT_NE(std::string(failed.what()).find("absent/x.journal"), std::string::npos);
  }
}

TEST_F(journal_test, can_be_written_again_after_a_write_failed) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    journal begun(path, identity);
    begun.record(windows(0, 2));
    const auto limit_to = [](rlim_t bytes) {
      rlimit limit{bytes, RLIM_INFINITY};
      setrlimit(RLIMIT_FSIZE, &limit);
    };
    limit_to(1000);
    try {
      begun.record(windows(2, 50));
      _exit(1);
    } catch (const error&) {
    }
    limit_to(RLIM_INFINITY);
    begun.record(windows(2, 20));
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(journal(path, identity).windows(), windows(0, 20));
}

}  // namespace
}  // namespace mtfetch
