// SPDX-License-Identifier: BSL-1.0
#include "downloader/sink/part_file.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <memory>

namespace mtfetch::sink {
namespace {

namespace fs = std::filesystem;

class part_file_test : public testing::Test {
 protected:
  part_file_test() {
    std::string pattern = (fs::temp_directory_path() / "mtfetch-sink-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    part = folder / "film.mp4.part";
    target = folder / "film.mp4";
  }
  ~part_file_test() override { fs::remove_all(folder); }

  static std::string content(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  template <class Action>
  static std::error_code code_of(Action action, std::string* sentence = nullptr) {
    try {
      action();
    } catch (const error& failed) {
      if (sentence != nullptr) *sentence = failed.what();
      return failed.code();
    }
    return {};
  }

  fs::path folder;
  fs::path part;
  fs::path target;
};

TEST_F(part_file_test, writes_at_offsets_and_takes_the_name_only_when_finished) {
  part_file file = part_file::open(part);
  file.reserve(11);
  file.write(6, as_bytes("world"));
  file.write(0, as_bytes("hello "));
  EXPECT_FALSE(fs::exists(target));
  bytes read(5);
  file.read(6, read);
  EXPECT_EQ(as_text(read), "world");
  EXPECT_EQ(file.finish(11, target, target), target);
  EXPECT_EQ(content(target), "hello world");
  EXPECT_FALSE(fs::exists(part));
}

TEST_F(part_file_test, never_overwrites_a_name_that_is_taken) {
  std::ofstream(target) << "mine";
  std::ofstream(folder / "film (1).mp4") << "mine too";
  part_file file = part_file::open(part);
  file.write(0, as_bytes("new"));
  EXPECT_EQ(file.finish(3, target, target), folder / "film (2).mp4");
  EXPECT_EQ(content(target), "mine");
  EXPECT_EQ(content(folder / "film (2).mp4"), "new");
}

TEST_F(part_file_test, cuts_what_lies_beyond_the_end) {
  part_file file = part_file::open(part);
  file.write(0, as_bytes("new and more"));
  file.finish(3, target, target);
  EXPECT_EQ(content(target), "new");
}

TEST_F(part_file_test, is_written_by_one_at_a_time) {
  part_file first = part_file::open(part);
  std::string sentence;
  EXPECT_EQ(code_of([&] { part_file::open(part); }, &sentence),
            make_error_code(storage_errc::locked));
  EXPECT_NE(sentence.find("film.mp4.part"), std::string::npos);
  first.write(0, as_bytes("x"));
  first.finish(1, target, target);
  EXPECT_NO_THROW(part_file::open(part));
}

TEST_F(part_file_test, says_to_others_what_it_writes_until_a_kill) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const part_file held = part_file::open(part, file_calls::system(), 7);
    if (::write(ready[1], "x", 1) != 1) _exit(1);
    pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  std::string sentence;
  EXPECT_EQ(code_of([&] { part_file::open(part, file_calls::system(), 7); }, &sentence),
            make_error_code(storage_errc::locked));
  EXPECT_EQ(sentence, "another mtfetch process is fetching " + part.string());
  EXPECT_THROW(part_file::open(part, file_calls::system(), 8), name_in_use);
  EXPECT_THROW(part_file::open(part), name_in_use);
  kill(child, SIGKILL);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_NO_THROW(part_file::open(part, file_calls::system(), 7));
}

TEST_F(part_file_test, knows_whether_there_is_one) {
  EXPECT_FALSE(part_file::open_existing(part));
  { part_file::open(part); }
  EXPECT_TRUE(part_file::open_existing(part));
}

TEST_F(part_file_test, does_not_follow_a_planted_link) {
  std::ofstream(folder / "precious") << "precious";
  fs::create_symlink(folder / "precious", part);
  EXPECT_TRUE(code_of([&] { part_file::open(part); }));
  EXPECT_EQ(content(folder / "precious"), "precious");
}

TEST_F(part_file_test, a_full_disk_is_told_with_the_path_and_keeps_what_is_there) {
  for (const int number : {ENOSPC, EDQUOT}) {
    file_calls calls = file_calls::system();
    auto room = std::make_shared<std::int64_t>(100);
    calls.write = [room, number, real = calls.write](int file, byte_view data,
                                                     std::int64_t offset) {
      if (*room == 0) {
        errno = number;
        return std::int64_t{-1};
      }
      const auto most = static_cast<std::size_t>(*room);
      const std::int64_t wrote = real(file, data.first(std::min(data.size(), most)), offset);
      *room -= wrote;
      return wrote;
    };
    part_file file = part_file::open(part, calls);
    std::string sentence;
    const bytes much(500, 'a');
    EXPECT_EQ(code_of([&] { file.write(0, much); }, &sentence),
              make_error_code(storage_errc::no_space));
    EXPECT_NE(sentence.find(part.string()), std::string::npos);
    EXPECT_EQ(content(part), std::string(100, 'a')) << "what fitted stays";
    *room = 1000;
    file.write(100, byte_view(much).subspan(100));
    file.finish(500, target, target);
    EXPECT_EQ(content(target).size(), 500U);
    fs::remove(target);
  }
}

TEST_F(part_file_test, finds_a_full_disk_before_the_first_byte) {
  file_calls calls = file_calls::system();
  calls.allocate = [](int, std::int64_t) {
    errno = ENOSPC;
    return -1;
  };
  part_file file = part_file::open(part, calls);
  std::string sentence;
  EXPECT_EQ(code_of([&] { file.reserve(12345); }, &sentence),
            make_error_code(storage_errc::no_space));
  EXPECT_NE(sentence.find("12345"), std::string::npos);
  calls.allocate = [](int, std::int64_t) {
    errno = EOPNOTSUPP;
    return -1;
  };
  EXPECT_NO_THROW(part_file::open(folder / "sparse.part", calls).reserve(12345));
}

TEST_F(part_file_test, a_limit_of_the_real_system_is_told_too) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    part_file file = part_file::open(part);
    const bytes much(5000, 'a');
    std::string sentence;
    const std::error_code code = code_of([&] { file.write(0, much); }, &sentence);
    _exit(code == std::errc::file_too_large && sentence.find("film.mp4.part") != std::string::npos
              ? 0
              : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(fs::file_size(part), 4096U);
}

// Every call fails once: each is an error that names the path, and a second try succeeds.
TEST_F(part_file_test, fails_at_every_step_and_can_be_finished_later) {
  for (int step = 0; step < 4; ++step) {
    auto armed = std::make_shared<bool>(true);
    file_calls calls = file_calls::system();
    const auto fails = [armed] {
      if (!*armed) return false;
      *armed = false;
      errno = EIO;
      return true;
    };
    if (step == 0) {
      calls.write = [fails, real = calls.write](int file, byte_view data, std::int64_t offset) {
        return fails() ? std::int64_t{-1} : real(file, data, offset);
      };
    }
    if (step == 1) {
      calls.sync_data = [fails, real = calls.sync_data](int file) {
        return fails() ? -1 : real(file);
      };
    }
    if (step == 2) {
      calls.sync_all = [fails, real = calls.sync_all](int file) {
        return fails() ? -1 : real(file);
      };
    }
    if (step == 3) {
      calls.rename_new = [fails, real = calls.rename_new](const fs::path& from,
                                                          const fs::path& to) {
        return fails() ? -1 : real(from, to);
      };
    }
    part_file file = part_file::open(part, calls);
    const auto all = [&] {
      file.write(0, as_bytes("all of it"));
      file.sync_data();
      file.finish(9, target, target);
    };
    std::string sentence;
    EXPECT_EQ(code_of(all, &sentence), std::errc::io_error) << step;
    EXPECT_NE(sentence.find(part.string()), std::string::npos) << step;
    EXPECT_FALSE(fs::exists(target));
    if (step == 1 || step == 2) {
      // The system forgets after one failed sync what it could not write.
      EXPECT_EQ(code_of(all), std::errc::io_error) << step;
      EXPECT_EQ(code_of([&] { file.finish(9, target, target); }), std::errc::io_error) << step;
      EXPECT_FALSE(fs::exists(target));
      const part_file let_go = std::move(file);
      file = part_file::open(folder / "other.part", calls);
    }
    all();
    EXPECT_EQ(content(target), "all of it");
    fs::remove(target);
    fs::remove(part);
  }
}

TEST_F(part_file_test, an_interrupted_call_is_made_again) {
  file_calls calls = file_calls::system();
  auto interruptions = std::make_shared<int>(3);
  calls.write = [interruptions, real = calls.write](int file, byte_view data, std::int64_t offset) {
    if ((*interruptions)-- > 0) {
      errno = EINTR;
      return std::int64_t{-1};
    }
    return real(file, data.first(1), offset);
  };
  part_file file = part_file::open(part, calls);
  file.write(0, as_bytes("byte by byte"));
  EXPECT_EQ(content(part), "byte by byte");
}

TEST_F(part_file_test, reaches_beyond_four_gibibytes) {
  part_file file = part_file::open(part);
  const std::int64_t far = (std::int64_t{4} << 30) + 12345;
  file.write(far, as_bytes("far"));
  bytes read(3);
  file.read(far, read);
  EXPECT_EQ(as_text(read), "far");
  EXPECT_EQ(file.size(), far + 3);
  const auto written = file.written_ranges();
  ASSERT_FALSE(written.empty());
  EXPECT_LE(written.back().first, far);
  EXPECT_EQ(written.back().second, far + 3);
}

TEST_F(part_file_test, an_early_end_is_told) {
  part_file file = part_file::open(part);
  file.write(0, as_bytes("short"));
  bytes read(10);
  EXPECT_EQ(code_of([&] { file.read(0, read); }), make_error_code(storage_errc::size_mismatch));
}

}  // namespace
}  // namespace mtfetch::sink
