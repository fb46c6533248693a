// SPDX-License-Identifier: BSL-1.0
// A file is fetched over a disk that keeps the list of what was done to it. Then the power is cut
// at every place of that list, with other remains each time, and the file is fetched on from them.
#include "downloader/engine/range_set.hpp"
#include "downloader/transfer/target_file.hpp"
#include "downloader/transfer/transfer.hpp"
#include "tests/support/power_loss/disk.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/fake_server.hpp"
#include "tests/transfer/run_download.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::window_record;
using tests::power_loss_disk;
using tests::survival;

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    found.insert(entry.path().filename().string());
  }
  return found;
}

class power_loss_test : public testing::Test {
 protected:
  using offsets = std::set<std::int64_t>;

  power_loss_test() { set_size(7 * hash_window + 777); }
  void set_size(std::int64_t size) {
    what.id = 5;
    what.size = size;
    content = file_bytes(what.id, 0, size);
  }

  // What a run was promised at which place of the list.
  struct history {
    std::vector<std::pair<std::size_t, offsets>> checkpoints;  // durable from there on
    std::size_t finished = SIZE_MAX;                           // the report came
    std::size_t began_anew = 0;  // how many windows an earlier run had left
    std::vector<std::string> notes;
    fs::path path;
    std::string sha256;
  };

  target_wish wish(const fs::path& folder, const sink::file_calls& calls) const {
    target_wish made;
    made.name = folder / "film.mp4";
    made.identity = what;
    made.calls = calls;
    return made;
  }

  // One whole download, its parts in an order and its checkpoints at places that the seed draws.
  history download(const fs::path& folder, const power_loss_disk& disk,
                   const sink::file_calls& calls, std::uint64_t seed) const {
    std::mt19937_64 random(seed);
    history kept;
    target_file target = target_file::claim(wish(folder, calls));
    while (!target.examine()) {
    }
    kept.notes = target.notes();
    engine::range_set have;
    offsets durable;
    for (const window_record& window : target.complete()) {
      have.add(window.bytes());
      durable.insert(window.offset);
    }
    kept.began_anew = durable.size();
    kept.checkpoints.emplace_back(disk.operations(), durable);
    std::vector<window_record> fresh;
    for (const window_record& found : target.candidates()) {
      // As the engine does with the server's hashes.
      const byte_view right = part(found.offset, found.size);
      if (crypto::sha256(right) != found.sha256) continue;
      have.add(found.bytes());
      fresh.push_back(found);
    }
    std::vector<engine::part> missing;
    for (std::int64_t at = 0; at < what.size; at += hash_window) {
      engine::part next;
      next.offset = at;
      next.size = static_cast<std::int32_t>(std::min(hash_window, what.size - at));
      if (!have.contains({next.offset, next.end()})) missing.push_back(next);
    }
    std::ranges::shuffle(missing, random);
    for (const engine::part& next : missing) {
      for (const window_record& window : target.store(next, part(next.offset, next.size), 0)) {
        fresh.push_back(window);
      }
      if (random() % 4 != 0) continue;
      target.checkpoint(fresh, 2);
      for (const window_record& window : fresh) durable.insert(window.offset);
      fresh.clear();
      kept.checkpoints.emplace_back(disk.operations(), durable);
    }
    kept.sha256 = target.finish();
    kept.finished = disk.operations();
    kept.path = target.name();
    return kept;
  }

  // Looks at what a cut left and goes on from it.
  void check(const fs::path& folder, const history& before, std::size_t at, survival how) const {
    const fs::path name = folder / "film.mp4";
    offsets promised;
    for (const auto& [since, windows] : before.checkpoints) {
      if (since <= at) promised = windows;
    }
    EXPECT_TRUE(at < before.finished || fs::exists(name)) << "a file reported whole is gone";
    power_loss_disk disk(folder);
    const sink::file_calls calls = disk.calls();
    if (fs::exists(name)) {
      expect_right(name);
      // Whatever else an end in the middle left goes when the name is met the next time.
      target_file::claim(wish(folder, calls)).leave();
      EXPECT_EQ(names_in(folder), std::set<std::string>{"film.mp4"});
      return;
    }
    const history after = download(folder, disk, calls, at);
    expect_right(after.path);
    EXPECT_EQ(after.sha256, sha256_hex(content));
    EXPECT_TRUE(std::ranges::includes(after.checkpoints.front().second, promised))
        << after.began_anew << " windows of " << promised.size() << " promised are there";
    // Before anything was promised, a cut may leave bytes and lose the name that says whose they
    // are: then they are a stranger's. A kill leaves all, and never that.
    if (!promised.empty() || how == survival::all) {
      EXPECT_EQ(names_in(folder), std::set<std::string>{"film.mp4"});
      EXPECT_EQ(after.notes, std::vector<std::string>()) << "the journal claimed too much";
    }
  }
  void expect_right(const fs::path& path) const {
    const std::string there = tests::read_file(path);
    EXPECT_TRUE(std::ranges::equal(as_bytes(there), content)) << path;
  }
  byte_view part(std::int64_t offset, std::int32_t size) const {
    return byte_view(content).subspan(static_cast<std::size_t>(offset),
                                      static_cast<std::size_t>(size));
  }

  // Cuts one run everywhere.
  void cut_everywhere(std::uint64_t seed, int draws) {
    const tests::temporary_folder folder;
    power_loss_disk disk(folder.path());
    const history before = download(folder.path(), disk, disk.calls(), seed);
    ASSERT_EQ(before.path, folder / "film.mp4");
    for (std::size_t at = 0; at <= disk.operations(); ++at) {
      for (int draw = -2; draw < draws; ++draw) {
        const survival how = draw == -2   ? survival::nothing
                             : draw == -1 ? survival::all
                                          : survival::any;
        const std::uint64_t drawn = seed * 1'000'003 + at * 101 + static_cast<std::uint64_t>(draw);
        SCOPED_TRACE("run " + std::to_string(seed) + ", cut before operation " +
                     std::to_string(at) + " (" + disk.describe(at) + "), draw " +
                     std::to_string(draw));
        const tests::temporary_folder remains;
        disk.restore(at, how, drawn, remains.path());
        check(remains.path(), before, at, how);
        ++cuts;
        if (HasFailure()) return;
      }
    }
  }

  file_identity what;
  bytes content;
  std::size_t cuts = 0;
};

TEST_F(power_loss_test, loses_nothing_that_was_promised_wherever_the_power_is_cut) {
  for (std::uint64_t seed = 1; seed <= 3 && !HasFailure(); ++seed) cut_everywhere(seed, 2);
  EXPECT_GE(cuts, 500U);
}

// TDLib writes its resume state as parts come and leaves the data to the page cache.
TEST_F(power_loss_test, resume_state_is_never_durable_before_the_data) {
  const tests::temporary_folder folder;
  power_loss_disk disk(folder.path());
  download(folder.path(), disk, disk.calls(), 3);
  std::size_t claimed = 0;
  for (std::size_t at = 0; at <= disk.operations() && !HasFailure(); ++at) {
    for (std::uint64_t draw = 0; draw < 4; ++draw) {
      SCOPED_TRACE("cut before operation " + std::to_string(at) + ", draw " + std::to_string(draw));
      const tests::temporary_folder remains;
      disk.restore(at, draw == 0 ? survival::nothing : survival::any, draw, remains.path());
      if (!fs::exists(remains / "film.mp4.part")) continue;
      const bytes there = [&] {
        const std::string read = tests::read_file(remains / "film.mp4.part");
        return bytes(read.begin(), read.end());
      }();
      const journal said(remains / "film.mp4.part.journal", what);
      EXPECT_NE(said.state(), journal::found::damaged);
      for (const window_record& window : said.windows()) {
        ASSERT_LE(window.bytes().end, static_cast<std::int64_t>(there.size()));
        const byte_view lies_there = byte_view(there).subspan(
            static_cast<std::size_t>(window.offset), static_cast<std::size_t>(window.size));
        EXPECT_TRUE(std::ranges::equal(lies_there, part(window.offset, window.size)));
        ++claimed;
      }
    }
  }
  EXPECT_GT(claimed, 100U);
}

// tdesktop gives a file its name with the first byte: a run that is killed leaves what looks whole.
TEST_F(power_loss_test, a_final_name_is_never_there_before_the_whole_file_is) {
  const tests::temporary_folder folder;
  power_loss_disk disk(folder.path());
  const history before = download(folder.path(), disk, disk.calls(), 4);
  std::size_t named = 0;
  for (std::size_t at = 0; at <= disk.operations() && !HasFailure(); ++at) {
    for (std::uint64_t draw = 0; draw < 4; ++draw) {
      const tests::temporary_folder remains;
      disk.restore(at, draw == 0 ? survival::all : survival::any, draw, remains.path());
      EXPECT_TRUE(at < before.finished || fs::exists(remains / "film.mp4"));
      if (!fs::exists(remains / "film.mp4")) continue;
      expect_right(remains / "film.mp4");
      ++named;
    }
  }
  EXPECT_GT(named, 4U);
}

// They are whole before their first checkpoint: no database is made for them.
TEST_F(power_loss_test, a_small_file_is_whole_or_not_there) {
  for (const std::int64_t size : {0, 1, 20'000}) {
    set_size(size);
    cut_everywhere(1, 4);
    if (HasFailure()) return;
  }
}

TEST_F(power_loss_test, goes_on_when_the_power_fails_again_and_again) {
  for (std::uint64_t seed = 0; seed < 25 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    auto folder = std::make_unique<tests::temporary_folder>();
    for (int round = 0; round < 5 && !HasFailure(); ++round) {
      power_loss_disk disk(folder->path());
      const history before = download(folder->path(), disk, disk.calls(), random());
      const std::size_t at = random() % (disk.operations() + 1);
      SCOPED_TRACE("round " + std::to_string(round) + ", cut before operation " +
                   std::to_string(at) + " (" + disk.describe(at) + ")");
      auto remains = std::make_unique<tests::temporary_folder>();
      auto again = std::make_unique<tests::temporary_folder>();
      const std::uint64_t drawn = random();
      disk.restore(at, survival::any, drawn, remains->path());
      disk.restore(at, survival::any, drawn, again->path());
      check(remains->path(), before, at, survival::any);
      if (fs::exists(again->path() / "film.mp4") || names_in(remains->path()).size() > 1) break;
      folder = std::move(again);
    }
  }
}

// A disk that says that it has synced and has not: then a promise may be broken, and a database may
// be damaged. Neither ends the download, and nothing that is wrong is believed.
TEST_F(power_loss_test, a_disk_that_lies_costs_bytes_fetched_again_and_no_more) {
  const tests::temporary_folder folder;
  power_loss_disk disk(folder.path());
  download(folder.path(), disk, disk.calls(), 2);
  std::mt19937_64 random(1);
  std::size_t noticed = 0;
  for (int i = 0; i < 200 && !HasFailure(); ++i) {
    const std::size_t at = random() % disk.operations();
    const std::uint64_t drawn = random();
    SCOPED_TRACE("cut before operation " + std::to_string(at) + ", draw " + std::to_string(drawn));
    const tests::temporary_folder remains;
    disk.restore(at, survival::any, drawn, remains.path(), true);
    if (fs::exists(remains / "film.mp4")) continue;
    power_loss_disk next(remains.path());
    const history after = download(remains.path(), next, next.calls(), drawn);
    expect_right(after.path);
    noticed += after.notes.empty() ? 0 : 1;
  }
  EXPECT_GT(noticed, 10U);
}

// A sync fails and the run ends; the next run finds the bytes in the page cache, and its own syncs
// succeed. Then the power is cut, and what was never written is gone.
TEST_F(power_loss_test, after_a_sync_that_failed_nothing_is_believed_for_being_in_the_page_cache) {
  std::size_t failures = 0;
  for (std::size_t number = 0;; ++number) {
    SCOPED_TRACE("sync " + std::to_string(number) + " fails");
    const tests::temporary_folder folder;
    power_loss_disk disk(folder.path());
    std::size_t left = number;
    disk.on_sync = [&left](const std::string&) { return left-- == 0; };
    bool failed = false;
    try {
      download(folder.path(), disk, disk.calls(), 5);
    } catch (const error& why) {
      EXPECT_EQ(why.code(), std::errc::io_error);
      failed = true;
    }
    if (!failed) break;
    ++failures;
    const history after = download(folder.path(), disk, disk.calls(), 6);
    const tests::temporary_folder remains;
    disk.restore(disk.operations(), survival::nothing, 0, remains.path());
    ASSERT_TRUE(fs::exists(remains / "film.mp4"));
    expect_right(remains / "film.mp4");
  }
  EXPECT_GT(failures, 1U);
}

// The same with everything above the files as it is in earnest: the engine, its checkpoints, the
// worker's thread.
TEST_F(power_loss_test, the_whole_downloader_goes_on_from_what_a_cut_left) {
  set_size(3 * engine::mib + 777);
  const auto server = std::make_shared<fake_server>();
  const media film = server->add(what.id, what.size, "film.mp4");
  const auto fetch = [&](const fs::path& folder, const sink::file_calls& calls) {
    transfer_settings settings;
    settings.calls = calls;
    settings.engine.checkpoint_bytes = 3 * hash_window;
    download_options options;
    options.to = folder / "";
    const report made = run_download(server, {film}, options, settings);
    ASSERT_TRUE(made.ok()) << made.files[0].error;
    expect_right(made.files[0].path);
  };
  const tests::temporary_folder folder;
  power_loss_disk disk(folder.path());
  fetch(folder.path(), disk.calls());
  for (std::uint64_t seed = 0; seed < 60 && !HasFailure(); ++seed) {
    const std::size_t at = disk.operations() * seed / 60;
    SCOPED_TRACE("cut before operation " + std::to_string(at) + " (" + disk.describe(at) + ")");
    const tests::temporary_folder remains;
    disk.restore(at, survival::any, seed, remains.path());
    if (fs::exists(remains / "film.mp4")) {
      expect_right(remains / "film.mp4");
      continue;
    }
    power_loss_disk next(remains.path());
    fetch(remains.path(), next.calls());
  }
}

}  // namespace
}  // namespace mtfetch::transfer
