// SPDX-License-Identifier: BSL-1.0
// What verify says of files, without any network.
#include <mtfetch/verify.hpp>

#include "tests/verify/fetched_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <asio/error.hpp>

namespace mtfetch::verify_test {
namespace {

namespace fs = std::filesystem;
using ranges = std::vector<byte_range>;

class verify_test : public testing::Test {
 protected:
  verify_test() : content(tests::random_text(20 * window + 7, 4)) {
    put(folder.path(), "film.mp4", content, 11);
    film = folder / "film.mp4";
  }
  verified_file look(const fs::path& path) {
    verify_report seen = verify({path});
    EXPECT_EQ(seen.files.size(), 1U);
    return seen.files.empty() ? verified_file() : seen.files[0];
  }
  static const verified_file* named(const verify_report& seen, const std::string& name) {
    for (const verified_file& file : seen.files) {
      if (file.path.filename() == name) return &file;
    }
    return nullptr;
  }

  tests::temporary_folder folder;
  std::string content;
  fs::path film;
};

TEST_F(verify_test, a_whole_file_is_whole_and_says_what_it_was_compared_with) {
  const verified_file seen = look(film);
  EXPECT_EQ(seen.condition, file_condition::whole);
  EXPECT_TRUE(seen.ok());
  EXPECT_EQ(seen.size, 20 * window + 7);
  EXPECT_EQ(seen.server_hashed, 10 * window + 7);
  EXPECT_EQ(seen.id, 11);
  EXPECT_EQ(seen.origin.link, "t.me/files/11");
  EXPECT_FALSE(seen.can_be_repaired());
}

TEST_F(verify_test, names_exactly_the_windows_that_are_damaged) {
  const std::vector<std::pair<ranges, ranges>> cases = {
      {{{0, 1}}, {{0, window}}},
      {{{window - 1, window + 1}}, {{0, 2 * window}}},
      {{{5 * window, 5 * window + 1}}, {{5 * window, 6 * window}}},
      {{{7 * window, 8 * window}}, {{7 * window, 8 * window}}},
      {{{6 * window + 9, 9 * window + 9}}, {{6 * window, 10 * window}}},  // over a batch's end
      {{{20 * window + 6, 20 * window + 7}}, {{20 * window, 20 * window + 7}}},
      {{{3, 4}, {2 * window, 2 * window + 1}}, {{0, window}, {2 * window, 3 * window}}},
  };
  for (const auto& [turned, expected] : cases) {
    for (const byte_range& bad : turned) damage(film, bad.begin, bad.end);
    const verified_file seen = look(film);
    EXPECT_EQ(seen.condition, file_condition::damaged);
    EXPECT_EQ(seen.damaged, expected) << seen.error;
    EXPECT_FALSE(seen.ok());
    EXPECT_TRUE(seen.can_be_repaired());
    EXPECT_NE(seen.error.find("film.mp4"), std::string::npos);
    for (const byte_range& bad : turned) damage(film, bad.begin, bad.end);  // and back
    EXPECT_TRUE(look(film).ok());
  }
}

TEST_F(verify_test, a_name_that_leads_out_of_a_strangers_folder_is_told_and_holds_up_no_other) {
  const fs::path inner = folder / "from a stranger";
  put(inner, "good.bin", "good", 12);
  catalogue(inner).record(
      std::vector{entry_of("../film.mp4", content, 13), entry_of(film.string(), content, 14)});
  const verify_report seen = verify({inner});
  ASSERT_EQ(seen.files.size(), 3U);
  int refused = 0;
  for (const verified_file& file : seen.files) {
    if (file.ok()) continue;
    ++refused;
    EXPECT_EQ(file.path, catalogue::path_of(inner));
    EXPECT_EQ(file.condition, file_condition::unreadable);
    EXPECT_EQ(file.there, 0);
    EXPECT_FALSE(file.can_be_repaired());
    EXPECT_NE(file.error.find("film.mp4\""), std::string::npos) << file.error;
  }
  EXPECT_EQ(refused, 2);
  ASSERT_NE(named(seen, "good.bin"), nullptr);
  EXPECT_EQ(named(seen, "good.bin")->condition, file_condition::whole);
}

TEST_F(verify_test, a_file_cut_short_lacks_what_it_lacks) {
  fs::resize_file(film, static_cast<std::uintmax_t>(18 * window + 1));
  const verified_file seen = look(film);
  EXPECT_EQ(seen.condition, file_condition::damaged);
  EXPECT_EQ(seen.damaged, (ranges{{18 * window, 20 * window + 7}}));
  EXPECT_EQ(seen.there, 18 * window + 1);
  EXPECT_NE(seen.error.find("too short"), std::string::npos) << seen.error;
  fs::resize_file(film, 0);
  EXPECT_EQ(look(film).damaged, (ranges{{0, 20 * window + 7}}));
}

TEST_F(verify_test, a_file_with_more_at_its_end_is_damaged_without_a_damaged_range) {
  tests::write_file(film, content + "more");
  const verified_file seen = look(film);
  EXPECT_EQ(seen.condition, file_condition::damaged);
  EXPECT_TRUE(seen.damaged.empty());
  EXPECT_NE(seen.error.find("4 bytes too long"), std::string::npos) << seen.error;
  EXPECT_TRUE(seen.can_be_repaired());
}

TEST_F(verify_test, a_folder_is_all_that_its_catalogue_has_and_all_that_lies_in_it) {
  put(folder.path(), "gone.bin", "abc", 12);
  put(folder.path(), "empty.bin", "", 13);
  put(folder.path(), "again.bin", "abc", 14);
  fs::remove(folder / "gone.bin");
  fs::rename(folder / "again.bin", folder / "again.bin.part");
  tests::write_file(folder / "mine.txt", "my own");
  tests::write_file(folder / "next.mp4.part", "under way");
  tests::write_file(folder / "next.mp4.part.journal", "");
  fs::create_directory(folder / "plain");
  tests::write_file(folder / "plain" / "note.txt", "a folder that nothing was fetched into");
  put(folder / "within", "deep.bin", "deep", 15);
  const verify_report seen = verify({folder.path()});
  EXPECT_EQ(seen.files.size(), 7U);
  const std::vector<std::pair<std::string, file_condition>> expected = {
      {"film.mp4", file_condition::whole},   {"gone.bin", file_condition::missing},
      {"empty.bin", file_condition::whole},  {"again.bin", file_condition::unfinished},
      {"mine.txt", file_condition::unknown}, {"next.mp4.part", file_condition::unfinished},
      {"deep.bin", file_condition::whole},
  };
  for (const auto& [name, condition] : expected) {
    const verified_file* const file = named(seen, name);
    ASSERT_NE(file, nullptr) << name;
    EXPECT_EQ(file->condition, condition) << name << ' ' << to_string(file->condition);
    const bool is_wrong = name == "gone.bin" || name == "again.bin";
    EXPECT_EQ(file->ok(), !is_wrong) << name << ' ' << file->error;
    EXPECT_EQ(file->can_be_repaired(), is_wrong) << name;
  }
  EXPECT_FALSE(seen.ok());
}

TEST_F(verify_test, folders_that_a_name_template_made_are_looked_at_once_however_deep) {
  put(folder / "chat" / "2026", "deep.bin", "deep", 12);
  put(folder / "other", "flat.bin", "flat", 13);
  put(folder / "other" / "2026", "both.bin", "both", 14);
  const std::vector<std::string> below = {"chat/2026", "other", "other/2026", "gone/2026"};
  catalogue(folder.path()).record_folders(below);
  const verify_report seen = verify({folder.path()});
  EXPECT_TRUE(seen.ok());
  EXPECT_EQ(seen.files.size(), 4U);
  for (const char* name : {"film.mp4", "deep.bin", "flat.bin", "both.bin"}) {
    EXPECT_NE(named(seen, name), nullptr) << name;
  }
}

TEST_F(verify_test, what_is_written_beside_a_file_is_not_unknown) {
  tests::write_file(folder / "film.mp4.info.json", "{}");
  tests::write_file(folder / "mine.info.json", "{}");
  const verify_report seen = verify({folder.path()});
  EXPECT_EQ(seen.files.size(), 2U);
  EXPECT_EQ(named(seen, "film.mp4.info.json"), nullptr);
  ASSERT_NE(named(seen, "mine.info.json"), nullptr);
  EXPECT_EQ(named(seen, "mine.info.json")->condition, file_condition::unknown);
}

TEST_F(verify_test, what_cannot_be_verified_is_never_called_good) {
  tests::write_file(folder / "mine.txt", "my own");
  EXPECT_EQ(look(folder / "mine.txt").condition, file_condition::unknown);
  EXPECT_FALSE(look(folder / "mine.txt").ok()) << "it was asked for by name";
  EXPECT_FALSE(look(folder / "not there").ok());
  tests::write_file(folder / "next.mp4.part", "under way");
  EXPECT_EQ(look(folder / "next.mp4.part").condition, file_condition::unfinished);
  EXPECT_FALSE(look(folder / "next.mp4.part").ok());
  fs::create_directory(folder / "plain");
  EXPECT_FALSE(look(folder / "plain").ok());
  EXPECT_NE(look(folder / "plain").error.find("no catalogue"), std::string::npos);
}

TEST_F(verify_test, a_damaged_catalogue_is_told_and_does_not_hold_up_the_others) {
  put(folder / "other", "a.bin", "a", 1);
  tests::write_file(folder / "other" / ".mtfetch.db", tests::random_text(5000, 1));
  const verify_report seen = verify({folder / "other", film});
  ASSERT_EQ(seen.files.size(), 2U);
  EXPECT_EQ(seen.files[0].condition, file_condition::unreadable);
  EXPECT_NE(seen.files[0].error.find(".mtfetch.db"), std::string::npos);
  EXPECT_EQ(seen.files[1].condition, file_condition::whole);
}

TEST_F(verify_test, what_is_no_ordinary_file_is_not_read) {
  put(folder.path(), "pipe", "abc", 12);
  fs::remove(folder / "pipe");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(look(folder / "pipe").condition, file_condition::unreadable);
  EXPECT_FALSE(look(folder / "pipe").ok());
}

TEST_F(verify_test, tells_how_far_it_is_and_ends_when_asked) {
  put(folder.path(), "small.bin", "abc", 12);
  std::vector<progress> told;
  verify_options options;
  options.on_progress = [&](const progress& p) { told.push_back(p); };
  EXPECT_TRUE(verify({folder.path()}, options).ok());
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().all_done, told.back().all_total);
  EXPECT_EQ(told.back().all_total, 20 * window + 10);
  EXPECT_EQ(told.back().files, 2U);
  std::stop_source stop;
  options.stop = stop.get_token();
  options.on_progress = [&](const progress&) { stop.request_stop(); };
  try {
    verify({folder.path()}, options);
    FAIL() << "it went on";
  } catch (const std::system_error& ended) {
    EXPECT_EQ(ended.code(), asio::error::operation_aborted);
  }
}

}  // namespace
}  // namespace mtfetch::verify_test
