// SPDX-License-Identifier: BSL-1.0
// Finished files on their way into the catalogue, in a time of the test's own.
#include "downloader/transfer/finished_files.hpp"

#include "tests/verify/fetched_folder.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <string>

namespace mtfetch::verify_test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class finished_files_test : public testing::Test {
 protected:
  void add(std::size_t index, const fs::path& where) {
    const std::string name = std::to_string(index) + ".bin";
    files.add(index, where / name, entry_of("", "content", static_cast<std::int64_t>(index) + 1));
    files.flush_due(now);
  }
  static std::size_t known(const fs::path& where) {
    auto found = catalogue::open_existing(where);
    return found ? found->names().size() : 0;
  }

  tests::temporary_folder folder;
  transfer::finished_files files;
  time_point now{1h};
};

TEST_F(finished_files_test, are_entered_at_once_and_then_once_a_second) {
  add(0, folder.path());
  EXPECT_EQ(known(folder.path()), 1U);
  for (std::size_t i = 1; i < 500; ++i) add(i, folder.path());
  EXPECT_EQ(known(folder.path()), 1U);
  now += 1s;
  files.flush_due(now);
  EXPECT_EQ(known(folder.path()), 500U);
  add(500, folder.path());
  EXPECT_EQ(known(folder.path()), 500U);
  EXPECT_TRUE(files.end().empty());
  EXPECT_EQ(known(folder.path()), 501U) << "the end waits for nothing";
}

TEST_F(finished_files_test, go_to_the_catalogue_of_their_own_folder_with_name_and_date) {
  fs::create_directory(folder / "other");
  add(0, folder.path());
  add(1, folder / "other");
  const auto entry = catalogue::open_existing(folder / "other")->find("1.bin");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->identity.id, 2);
  EXPECT_GT(entry->finished, 1'700'000'000);
  EXPECT_FALSE(catalogue::open_existing(folder.path())->find("1.bin"));
}

TEST_F(finished_files_test, wait_for_a_catalogue_that_cannot_be_written) {
  fs::create_directory(folder / ".mtfetch.db");  // a folder where the file should be
  add(0, folder.path());
  now += 1s;
  add(1, folder.path());
  fs::remove(folder / ".mtfetch.db");
  now += 1s;
  add(2, folder.path());
  EXPECT_EQ(known(folder.path()), 3U);
  EXPECT_TRUE(files.end().empty());
}

TEST_F(finished_files_test, are_a_note_when_they_cannot_be_entered_at_all) {
  fs::create_directory(folder / ".mtfetch.db");
  add(0, folder.path());
  add(1, folder.path());
  const auto notes = files.end();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0].first, 1U);
  EXPECT_NE(notes[0].second.find("2 files"), std::string::npos) << notes[0].second;
  EXPECT_NE(notes[0].second.find(".mtfetch.db"), std::string::npos) << notes[0].second;
}

// The file layer of SQLite, but that it sleeps no time: it counts how often it should have.
class sleepless {
 public:
  sleepless() : usual_(sqlite3_vfs_find(nullptr)), layer_(*usual_) {
    slept = 0;
    layer_.zName = "sleepless";
    layer_.xSleep = [](sqlite3_vfs*, int time) {
      ++slept;
      return time;
    };
    sqlite3_vfs_register(&layer_, 1);
  }
  ~sleepless() {
    sqlite3_vfs_unregister(&layer_);
    sqlite3_vfs_register(usual_, 1);
  }
  sleepless(const sleepless&) = delete;
  sleepless& operator=(const sleepless&) = delete;
  static inline int slept = 0;

 private:
  sqlite3_vfs* usual_;
  sqlite3_vfs layer_;
};

TEST_F(finished_files_test, wait_for_another_process_at_the_end_only) {
  add(0, folder.path());
  const sleepless layer;
  {
    sqlite3* other = nullptr;
    const std::string path = catalogue::path_of(folder.path()).string();
    ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    now += 1s;
    add(1, folder.path());
    transfer::finished_files second;  // of another run, which has not opened it yet
    second.add(2, folder / "2.bin", entry_of("", "content", 3));
    second.flush_due(now);
    EXPECT_EQ(sleepless::slept, 0);
    const auto notes = second.end();
    EXPECT_GT(sleepless::slept, 0);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0].second.find("locked"), std::string::npos) << notes[0].second;
    sqlite3_close(other);
  }
  EXPECT_EQ(known(folder.path()), 1U);
  now += 1s;
  files.flush_due(now);
  EXPECT_EQ(known(folder.path()), 2U) << "what could not be written stayed due";
  EXPECT_TRUE(files.end().empty());
}

TEST_F(finished_files_test, a_damaged_catalogue_is_a_note_too) {
  tests::write_file(folder / ".mtfetch.db", tests::random_text(5000, 1));
  add(0, folder.path());
  const auto notes = files.end();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].second.find(".damaged"), std::string::npos) << notes[0].second;
  EXPECT_EQ(known(folder.path()), 1U);
}

}  // namespace
}  // namespace mtfetch::verify_test
