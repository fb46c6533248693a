// SPDX-License-Identifier: BSL-1.0
#include "downloader/catalogue/catalogue.hpp"

#include "downloader/journal/database.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace mtfetch {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;

class catalogue_test : public testing::Test {
 protected:
  static catalogued_file entry(const std::string& name, std::int64_t id, std::int64_t size) {
    catalogued_file made;
    made.name = name;
    made.identity.id = id;
    made.identity.size = size;
    made.identity.variant = "y";
    made.dc = 4;
    made.kind = "photo";
    made.origin.link = "t.me/files/7";
    made.origin.username = "files";
    made.origin.channel_id = 1001;
    made.origin.message_id = 7;
    made.finished = 1'700'000'000;
    made.sha256 = std::string(64, 'a');
    made.windows = window_digests(size);
    for (std::size_t i = 0; i < made.windows.count(); ++i) {
      engine::window_record window = made.windows.at(i);
      window.sha256.fill(static_cast<std::uint8_t>(id + static_cast<std::int64_t>(i)));
      window.verified = i % 3 != 0;
      made.windows.set(window);
    }
    return made;
  }
  void run_sql(const char* sql) const {
    sqlite3* opened = nullptr;
    ASSERT_EQ(sqlite3_open(catalogue::path_of(folder.path()).c_str(), &opened), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(opened, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(opened);
  }
  std::string refused() const {
    try {
      catalogue opened(folder.path());
    } catch (const error& failed) {
      EXPECT_EQ(failed.code(), make_error_code(storage_errc::bad_journal));
      return failed.what();
    }
    return {};
  }

  tests::temporary_folder folder;
};

TEST_F(catalogue_test, gives_back_all_that_was_recorded) {
  const catalogued_file small = entry("empty.txt", 5, 0);
  const catalogued_file large = entry("film.mp4", 6, 20 * hash_window + 7);
  {
    catalogue made(folder.path());
    made.record(std::vector{large, small});
  }
  auto again = catalogue::open_existing(folder.path());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->names(), (std::vector<std::string>{"empty.txt", "film.mp4"}));
  EXPECT_EQ(again->find("other"), std::nullopt);
  const auto found = again->find("film.mp4");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->identity, large.identity);
  EXPECT_EQ(found->dc, 4);
  EXPECT_EQ(found->kind, "photo");
  EXPECT_EQ(found->origin.link, "t.me/files/7");
  EXPECT_EQ(found->origin.username, "files");
  EXPECT_EQ(found->origin.channel_id, 1001);
  EXPECT_EQ(found->origin.message_id, 7);
  EXPECT_EQ(found->finished, 1'700'000'000);
  EXPECT_EQ(found->sha256, large.sha256);
  ASSERT_EQ(found->windows.count(), 21U);
  for (std::size_t i = 0; i < 21; ++i) EXPECT_EQ(found->windows.at(i), large.windows.at(i)) << i;
  EXPECT_EQ(found->windows.at(20).size, 7);
  EXPECT_EQ(found->windows.verified_bytes(), 13 * hash_window + 7);
  EXPECT_EQ(again->find("empty.txt")->windows.count(), 0U);
}

TEST_F(catalogue_test, a_name_is_the_last_file_that_had_it) {
  catalogue made(folder.path());
  made.record(std::vector{entry("a", 1, 10)});
  made.record(std::vector{entry("a", 2, 20)});
  EXPECT_EQ(made.names().size(), 1U);
  EXPECT_EQ(made.find("a")->identity.id, 2);
}

TEST_F(catalogue_test, a_window_fetched_again_replaces_its_digest_and_mark) {
  window_digests digests(3 * hash_window);
  engine::window_record window = digests.at(1);
  window.sha256.fill(1);
  window.verified = true;
  digests.set(window);
  window.sha256.fill(2);
  window.verified = false;
  digests.set(window);
  EXPECT_EQ(digests.at(1), window);
  EXPECT_EQ(digests.verified_bytes(), 0);
}

TEST_F(catalogue_test, is_for_its_owner_only_and_leaves_nothing_beside_it) {
  { catalogue(folder.path()).record(std::vector{entry("a", 1, 10)}); }
  EXPECT_EQ(fs::status(catalogue::path_of(folder.path())).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST_F(catalogue_test, is_not_made_by_looking) {
  EXPECT_FALSE(catalogue::open_existing(folder.path()));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

// As for a folder on a medium that cannot be written. (root may write anywhere else.)
TEST_F(catalogue_test, one_that_nobody_can_write_is_read_by_any_name) {
  const fs::path where = folder / "50% ?a=b#c \u00fc";
  fs::create_directory(where);
  { catalogue(where).record(std::vector{entry("a", 1, 10)}); }
  using journal_impl::database;
  database frozen(catalogue::path_of(where), {}, database::access::frozen);
  EXPECT_EQ(frozen.number("SELECT count(*) FROM files"), 1);
  EXPECT_THROW(frozen.run("DELETE FROM files"), journal_impl::database_error);
  EXPECT_EQ(std::distance(fs::directory_iterator(where), fs::directory_iterator()), 1);
}

TEST_F(catalogue_test, a_damaged_one_is_put_aside_and_begun_anew) {
  tests::write_file(catalogue::path_of(folder.path()), tests::random_text(8192, 3));
  EXPECT_THROW(catalogue::open_existing(folder.path()), error) << "looking changes nothing";
  EXPECT_FALSE(fs::exists(folder / ".mtfetch.db.damaged"));
  catalogue made(folder.path());
  EXPECT_TRUE(made.was_damaged());
  made.record(std::vector{entry("a", 1, 10)});
  EXPECT_EQ(made.names().size(), 1U);
  EXPECT_TRUE(fs::exists(folder / ".mtfetch.db.damaged"));
}

TEST_F(catalogue_test, damage_found_while_writing_is_put_aside_too) {
  catalogue made(folder.path());
  made.record(std::vector{entry("a", 1, 10)});
  run_sql("DROP TABLE files");
  made.record(std::vector{entry("b", 2, 10)});
  EXPECT_TRUE(made.was_damaged());
  EXPECT_EQ(made.names(), std::vector<std::string>{"b"});
}

TEST_F(catalogue_test, one_of_a_later_version_or_of_another_program_stays_as_it_is) {
  { catalogue(folder.path()).record(std::vector{entry("a", 1, 10)}); }
  run_sql("PRAGMA user_version = 2");
  EXPECT_NE(refused().find("later version"), std::string::npos);
  EXPECT_THROW(catalogue::open_existing(folder.path()), error);
  run_sql("PRAGMA user_version = 1; PRAGMA application_id = 7");
  EXPECT_NE(refused().find("not one of mtfetch's"), std::string::npos);
  run_sql("PRAGMA application_id = 1836344899");
  EXPECT_EQ(catalogue(folder.path()).names(), std::vector<std::string>{"a"});
}

TEST_F(catalogue_test, a_row_that_cannot_be_is_refused) {
  catalogue made(folder.path());
  for (const char* sql : {"UPDATE files SET size = 1000000000000", "UPDATE files SET size = -1",
                          "UPDATE files SET size = 10, windows = x'00'"}) {
    made.record(std::vector{entry("a", 1, 10)});
    run_sql(sql);
    EXPECT_THROW(made.find("a"), error) << sql;
  }
}

TEST_F(catalogue_test, a_name_that_leads_out_of_the_folder_is_refused_and_named) {
  catalogue made(folder.path());
  for (const std::string& name :
       {std::string("/etc/passwd"), std::string("../film.mp4"), std::string("a/b"),
        std::string(".."), std::string("."), std::string(), std::string("a\0b", 3)}) {
    made.record(std::vector{entry(name, 1, 10)});
    try {
      made.find(name);
      ADD_FAILURE() << name;
    } catch (const error& refused) {
      EXPECT_EQ(refused.code(), make_error_code(storage_errc::bad_journal));
      const std::string shown = name.size() == 3 && name[1] == '\0' ? "a\\x00b" : name;
      EXPECT_NE(std::string(refused.what()).find('"' + shown + '"'), std::string::npos)
          << refused.what();
    }
  }
  for (const std::string name : {"..a", "a..", ".hidden", "a\\b", "..."}) {
    made.record(std::vector{entry(name, 2, 10)});
    EXPECT_EQ(made.find(name)->identity.id, 2) << name;
  }
}

TEST_F(catalogue_test, gives_all_documents_but_those_elsewhere) {
  catalogue made(folder.path());
  made.record(std::vector{entry("a", 1, 10), entry("../b", 2, 20), entry("c", 3, 30)});
  const auto found = made.documents();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "a");
  EXPECT_EQ(found[1].identity, entry("c", 3, 30).identity);
}

TEST_F(catalogue_test, names_folders_below_and_none_elsewhere) {
  catalogue made(folder.path());
  EXPECT_TRUE(made.folders().empty()) << "one of an earlier version has no table of them";
  made.record_folders(std::vector<std::string>{"chat/2026", "a", "a", "/etc", "../b", "a/../..", "",
                                               ".", "a//b", "a/"});
  EXPECT_EQ(made.folders(), (std::vector<std::string>{"a", "a//b", "chat/2026"}));
}

TEST_F(catalogue_test, many_processes_write_one_at_once) {
  constexpr int processes = 6;
  constexpr int transactions = 20;
  std::vector<pid_t> children;
  for (int child = 0; child < processes; ++child) {
    const pid_t pid = fork();
    if (pid == 0) {
      int failed = 0;
      try {
        catalogue made(folder.path());
        for (int i = 0; i < transactions; ++i) {
          made.record(std::vector{entry(std::to_string(child) + '-' + std::to_string(i), 1, 10)});
        }
      } catch (const error&) {
        failed = 1;
      }
      _exit(failed);
    }
    children.push_back(pid);
  }
  for (const pid_t child : children) {
    int status = 1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(catalogue(folder.path()).names().size(),
            static_cast<std::size_t>(processes * transactions));
}

TEST_F(catalogue_test, a_killed_writer_loses_nothing_that_was_recorded) {
  const pid_t pid = fork();
  if (pid == 0) {
    catalogue made(folder.path());
    made.record(std::vector{entry("a", 1, 10)});
    _exit(0);  // as a kill would: nothing is closed
  }
  int status = 1;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(fs::exists(folder / ".mtfetch.db-wal"));
  auto found = catalogue::open_existing(folder.path());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->names(), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace mtfetch
