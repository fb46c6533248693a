// SPDX-License-Identifier: BSL-1.0
// Files downloaded from a local data centre, damaged, verified and repaired.
#include <mtfetch/resolve.hpp>
#include <mtfetch/verify.hpp>

#include "downloader/transfer/reopen.hpp"
#include "tests/transfer/hashing_options.hpp"
#include "tests/transfer/local_cluster.hpp"
#include "tests/verify/fetched_folder.hpp"

#include <tuple>
#include <utility>

namespace mtfetch::verify_test {
namespace {

namespace fs = std::filesystem;
using ranges = std::vector<byte_range>;
constexpr std::int64_t large_size = 60 * window + 4711;

class repair_test : public download_test::local_cluster {
 protected:
  repair_test() : large(tests::random_text(large_size, 9)) {
    serve({{"empty.bin", ""}, {"large.bin", large}, {"small.txt", "a few words"}});
    out = folder / "out";
    film = out / "large.bin";
  }
  static asio::awaitable<void> fetch(client* of, std::vector<std::string> links, fs::path to,
                                     report* into) {
    std::vector<media> files;
    for (const std::string& link : links) {
      for (media& found : co_await resolve(*of, link)) files.push_back(std::move(found));
    }
    download_options options = tests::hashing_options();
    options.to = to / "";
    *into = co_await download(*of, std::move(files), options);
  }
  void fetch_all() {
    report fetched;
    with_bot([&](client& of) {
      return fetch(&of, {"t.me/files/1", "t.me/files/2", "t.me/files/3"}, out, &fetched);
    });
    ASSERT_TRUE(fetched.ok());
    for (const file_report& file : fetched.files) EXPECT_TRUE(file.notes.size() <= 1);
  }
  verify_report look() const { return verify({out}); }
  static const verified_file& named(const verify_report& seen, const std::string& name) {
    static const verified_file none;
    for (const verified_file& file : seen.files) {
      if (file.path.filename() == name) return file;
    }
    ADD_FAILURE() << name << " is not in the report";
    return none;
  }
  ranges damaged() const { return named(look(), "large.bin").damaged; }
  static asio::awaitable<void> mend(client* of, verify_report seen, report* into) {
    const download_options options;
    *into = co_await repair(*of, std::move(seen.files), options);
  }
  // Gives also how many bytes the data centre served for it.
  std::pair<report, std::int64_t> mend_all() {
    report done;
    const std::uint64_t before = cluster->dc().counted().bytes_served;
    with_bot([&](client& of) { return mend(&of, look(), &done); });
    const std::uint64_t after = cluster->dc().counted().bytes_served;
    return {std::move(done), static_cast<std::int64_t>(after - before)};
  }
  void expect_all_whole() const {
    const verify_report seen = look();
    EXPECT_EQ(seen.files.size(), 3U);
    for (const verified_file& file : seen.files) {
      EXPECT_EQ(file.condition, file_condition::whole) << file.error;
    }
    EXPECT_TRUE(tests::read_file(film) == large);
    EXPECT_FALSE(fs::exists(out / "large.bin.part"));
    EXPECT_FALSE(fs::exists(out / "large.bin.part.journal"));
  }

  std::string large;
  fs::path out;
  fs::path film;
};

TEST_F(repair_test, every_downloaded_file_can_be_verified) {
  fetch_all();
  expect_all_whole();
  const verified_file seen = named(look(), "large.bin");
  EXPECT_EQ(seen.server_hashed, large_size);
  EXPECT_EQ(seen.sha256.size(), 64U);
  EXPECT_EQ(seen.origin.link, "t.me/files/2");
  EXPECT_EQ(seen.origin.access_hash, 0);
}

TEST_F(repair_test, fetches_only_the_damaged_windows) {
  fetch_all();
  damage(film, 9 * window + 77, 9 * window + 78);
  damage(film, 20 * window, 22 * window);
  damage(film, large_size - 1, large_size);
  EXPECT_EQ(
      damaged(),
      (ranges{{9 * window, 10 * window}, {20 * window, 22 * window}, {60 * window, large_size}}));
  const auto [done, served] = mend_all();
  ASSERT_EQ(done.files.size(), 1U) << "one file had something to be repaired";
  EXPECT_TRUE(done.ok()) << done.files[0].error;
  EXPECT_EQ(done.files[0].path, film);
  EXPECT_EQ(done.files[0].fetched, 3 * window + 4711);
  EXPECT_EQ(served, 3 * window + 4711);
  expect_all_whole();
}

TEST_F(repair_test, needs_no_hashes_of_the_server) {
  cluster->dc().faults().hide_hashes(true);
  fetch_all();
  EXPECT_EQ(named(look(), "large.bin").server_hashed, 0);
  damage(film, 30 * window + 1, 30 * window + 2);
  EXPECT_EQ(damaged(), (ranges{{30 * window, 31 * window}}));
  const auto [done, served] = mend_all();
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(served, window);
  expect_all_whole();
}

TEST_F(repair_test, what_was_cut_off_added_or_deleted_comes_back) {
  fetch_all();
  fs::resize_file(film, static_cast<std::uintmax_t>(50 * window + 3));
  auto [done, served] = mend_all();
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(served, 10 * window + 4711);
  expect_all_whole();

  tests::write_file(film, large + "something more");
  std::tie(done, served) = mend_all();
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(served, 0);
  expect_all_whole();

  fs::remove(film);
  fs::remove(out / "small.txt");
  fs::remove(out / "empty.bin");
  std::tie(done, served) = mend_all();
  EXPECT_EQ(done.files.size(), 3U);
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(served, large_size + 11);
  expect_all_whole();
}

TEST_F(repair_test, a_repair_that_was_killed_is_gone_on_with) {
  fetch_all();
  damage(film, 0, 1);
  const auto known = catalogue::open_existing(out)->find("large.bin");
  std::vector<engine::window_record> good;
  for (std::size_t i = 1; i < known->windows.count(); ++i) good.push_back(known->windows.at(i));
  transfer::reopen(film, known->identity, good);  // and not a step further
  const verified_file between = named(look(), "large.bin");
  EXPECT_EQ(between.condition, file_condition::unfinished);
  EXPECT_FALSE(between.ok());
  EXPECT_EQ(look().files.size(), 3U) << "NAME.part is told under its name";
  const auto [done, served] = mend_all();
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(served, window);
  expect_all_whole();
}

TEST_F(repair_test, a_repair_that_fails_half_way_keeps_what_it_has) {
  fetch_all();
  damage(film, 0, 1);
  damage(film, 40 * window, 40 * window + 1);
  fault_part(error_answer(400, "LOCATION_INVALID"), 1, 0);
  const auto [failed, first] = mend_all();
  ASSERT_EQ(failed.files.size(), 1U);
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(fs::exists(out / "large.bin.part"));
  cluster->dc().faults().clear();
  const auto [done, second] = mend_all();
  EXPECT_TRUE(done.ok());
  EXPECT_EQ(first + second, 2 * window);
  expect_all_whole();
}

TEST_F(repair_test, another_file_in_the_message_is_no_repair) {
  fetch_all();
  damage(film, 5, 6);
  const std::string before = tests::read_file(film);
  const auto opened = catalogue::open_existing(out)->find("large.bin");
  ASSERT_TRUE(opened);
  catalogued_file other = *opened;
  ++other.identity.id;  // what came from there was another document
  catalogue(out).record(std::vector{other});
  const auto [done, served] = mend_all();
  ASSERT_EQ(done.files.size(), 1U);
  EXPECT_EQ(done.files[0].code, make_error_code(storage_errc::file_changed));
  EXPECT_NE(done.files[0].error.find("large.bin"), std::string::npos);
  EXPECT_EQ(served, 0);
  EXPECT_TRUE(tests::read_file(film) == before) << "the file stays as it is";
  EXPECT_FALSE(fs::exists(out / "large.bin.part"));
}

TEST_F(repair_test, a_message_that_is_gone_does_not_hold_up_the_others) {
  fetch_all();
  damage(film, 5, 6);
  damage(out / "small.txt", 0, 1);
  auto lost = catalogue::open_existing(out)->find("large.bin");
  lost->origin.link = "t.me/files/999";
  catalogue(out).record(std::vector{*lost});
  const auto [done, served] = mend_all();
  ASSERT_EQ(done.files.size(), 2U);
  EXPECT_EQ(done.files[0].code, make_error_code(link_errc::not_found)) << done.files[0].error;
  EXPECT_TRUE(done.files[1].ok()) << done.files[1].error;
  EXPECT_EQ(tests::read_file(out / "small.txt"), "a few words");
}

TEST_F(repair_test, a_takeout_holds_every_part_and_is_finished) {
  fetch_all();
  damage(film, 20 * window, 22 * window);
  report done;
  fs::remove(settings().session_file);  // the bot's
  const std::uint64_t before = calls("upload.getFile");
  as_person([&](client& of) -> asio::awaitable<void> {
    const verify_report seen = look();
    download_options options;
    options.takeout = true;
    done = co_await repair(of, seen.files, options);
  });
  ASSERT_EQ(done.files.size(), 1U);
  EXPECT_TRUE(done.ok()) << done.files[0].error;
  const testing::statistics seen = cluster->dc().counted();
  const auto within = seen.takeout_calls.find("upload.getFile");
  ASSERT_NE(within, seen.takeout_calls.end());
  EXPECT_EQ(within->second, calls("upload.getFile") - before);
  EXPECT_EQ(seen.takeouts_done, 1U);
  expect_all_whole();
}

TEST_F(repair_test, a_takeout_is_refused_to_a_bot_before_any_call) {
  fetch_all();
  damage(film, 0, 1);
  std::error_code code;
  with_bot([&](client& of) -> asio::awaitable<void> {
    const verify_report seen = look();
    const auto before = cluster->dc().counted().calls;
    download_options options;
    options.takeout = true;
    try {
      co_await repair(of, seen.files, options);
    } catch (const error& refused) {
      code = refused.code();
    }
    EXPECT_EQ(cluster->dc().counted().calls, before);
  });
  EXPECT_EQ(code, make_error_code(client_errc::not_for_bots));
}

TEST_F(repair_test, other_bytes_than_at_first_are_told) {
  cluster->dc().faults().hide_hashes(true);
  fault_part(testing::corrupt_bytes{}, 0, 1);
  fetch_all();
  ASSERT_FALSE(tests::read_file(film) == large &&
               tests::read_file(out / "small.txt") == "a few words")
      << "nobody could notice";
  tests::write_file(film, "");
  tests::write_file(out / "small.txt", "");
  const auto [done, served] = mend_all();
  ASSERT_EQ(done.files.size(), 2U);
  EXPECT_TRUE(done.ok());
  std::string notes;
  for (const file_report& file : done.files) {
    for (const std::string& note : file.notes) notes += note + '\n';
  }
  EXPECT_NE(notes.find("other bytes now"), std::string::npos) << notes;
  expect_all_whole();
}

TEST_F(repair_test, a_catalogue_that_cannot_be_written_fails_no_download) {
  fs::create_directories(out / ".mtfetch.db");  // a folder where the file should be
  report fetched;
  with_bot([&](client& of) { return fetch(&of, {"t.me/files/2"}, out, &fetched); });
  ASSERT_TRUE(fetched.ok()) << fetched.files[0].error;
  ASSERT_EQ(fetched.files[0].notes.size(), 1U);
  EXPECT_NE(fetched.files[0].notes[0].find(".mtfetch.db"), std::string::npos)
      << fetched.files[0].notes[0];
}

TEST_F(repair_test, keeps_no_catalogue_where_none_is_wanted) {
  with_bot([&](client& of) -> asio::awaitable<void> {
    std::vector<media> files = co_await resolve(of, "t.me/files/3");
    download_options options;
    options.to = out / "";
    options.catalogue = false;
    const report fetched = co_await download(of, std::move(files), options);
    EXPECT_TRUE(fetched.ok());
  });
  EXPECT_FALSE(fs::exists(out / ".mtfetch.db"));
}

}  // namespace
}  // namespace mtfetch::verify_test
