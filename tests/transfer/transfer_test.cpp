// SPDX-License-Identifier: BSL-1.0
// The driver with a source of its own: files, workers and coroutines are real, the network is not.
#include "transfer_fixture.hpp"

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

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

TEST_F(transfer_test, asks_for_no_hashes_when_told_not_to) {
  options.verify = false;
  options.whole_file_sha256 = false;
  const file_report file = run_one(server->add(1, 2 * mib, "film.mp4"));
  EXPECT_TRUE(file.ok());
  EXPECT_EQ(file.sha256, "");
  EXPECT_EQ(server->hash_requests, 0U);
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
