// SPDX-License-Identifier: BSL-1.0
// The worker's jobs: how long one may be, what a cancelled run waits for, and what none may throw.
#include "downloader/journal/journal.hpp"
#include "downloader/sink/target_name.hpp"
#include "downloader/transfer/taken_names.hpp"
#include "downloader/transfer/target_file.hpp"
#include "downloader/transfer/transfer.hpp"
#include "mtproto/crypto/sha.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/transfer/failing_memory.hpp"
#include "tests/transfer/fake_server.hpp"
#include "tests/transfer/hashing_options.hpp"

#include <gtest/gtest.h>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using engine::hash_window;
using engine::mib;
using engine::window_record;

class file_work : public testing::Test {
 protected:
  file_work() {
    options.to = folder / "";
    options.files_at_once = 2;
  }
  // All of a file as an earlier run leaves it that was killed before it gave it its name.
  media leave_whole(std::int64_t id, std::int64_t size, const std::string& name) const {
    media film = server->add(id, size, name);
    const bytes content = file_bytes(id, 0, size);
    const fs::path part = folder / (name + ".part");
    tests::write_file(part, as_text(content));
    journal kept(journal::path_of(part), identity_of(film));
    kept.record(windows_of(content));
    return film;
  }
  static file_identity identity_of(const media& what) {
    file_identity made;
    made.id = what.id;
    made.size = what.size;
    return made;
  }
  static std::vector<window_record> windows_of(byte_view content) {
    std::vector<window_record> all;
    for (std::int64_t at = 0; !content.empty(); at += hash_window) {
      const byte_view piece = content.first(
          std::min<std::size_t>(content.size(), static_cast<std::size_t>(hash_window)));
      window_record& window = all.emplace_back();
      window.offset = at;
      window.size = static_cast<std::int32_t>(piece.size());
      window.sha256 = crypto::sha256(piece);
      window.verified = true;
      content = content.subspan(piece.size());
    }
    return all;
  }
  report run(std::vector<media> files) {
    asio::io_context context;
    loop = &context;
    report made;
    thrown = {};
    asio::co_spawn(
        context, transfer_files(server->make_source(), std::move(files), options, settings),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failed, report done) {
          made = std::move(done);
          if (!failed) return;
          try {
            std::rethrow_exception(failed);
          } catch (const std::system_error& why) {
            thrown = why.code();
          }
        }));
    context.run();
    return made;
  }
  // From the worker's thread.
  void cancel_soon() {
    asio::post(*loop, [this] { cancel.emit(asio::cancellation_type::terminal); });
  }
  void expect_resumed(const std::vector<media>& files) {
    const report again = run(files);
    ASSERT_EQ(again.files.size(), files.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      const file_report& file = again.files[i];
      EXPECT_TRUE(file.ok()) << file.error;
      EXPECT_EQ(file.path, folder / files[i].file_name);
      EXPECT_EQ(file.resumed, file.size);
      EXPECT_EQ(file.sha256, sha256_hex(file_bytes(files[i].id, 0, file.size)));
    }
    EXPECT_EQ(server->part_requests, 0U);
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options = tests::hashing_options();
  transfer_settings settings;
  asio::io_context* loop = nullptr;
  asio::cancellation_signal cancel;
  std::error_code thrown;
};

TEST_F(file_work, another_files_jobs_come_between_the_hashing_of_what_an_earlier_run_left) {
  const std::vector<media> films = {leave_whole(1, 8 * mib, "a"), leave_whole(2, 8 * mib, "b")};
  std::vector<std::string> seen;
  settings.before_claim = [&](std::size_t file) {
    seen.push_back("claim " + std::to_string(file));
  };
  settings.calls.allocate = [&, real = settings.calls.allocate](int file, std::int64_t size) {
    seen.emplace_back("looked at");
    return real(file, size);
  };
  expect_resumed(films);
  EXPECT_EQ(seen, (std::vector<std::string>{"claim 0", "claim 1", "looked at", "looked at"}));
}

TEST_F(file_work, a_cancelled_run_does_not_wait_until_what_is_there_is_hashed) {
  const std::vector<media> films = {leave_whole(1, 40 * mib, "a"), leave_whole(2, 3 * mib, "b")};
  const transfer_settings usual = settings;
  std::vector<std::int64_t> looked_at;
  settings.before_claim = [&](std::size_t file) {
    if (file == 1) cancel_soon();
  };
  settings.calls.allocate = [&, real = settings.calls.allocate](int file, std::int64_t size) {
    looked_at.push_back(size);
    return real(file, size);
  };
  run(films);
  EXPECT_EQ(thrown, asio::error::operation_aborted);
  EXPECT_EQ(std::ranges::count(looked_at, 40 * mib), 0);
  settings = usual;
  expect_resumed(films);
}

// The first is hashed as a whole, to get its name, when the second has just been looked at.
TEST_F(file_work, a_cancelled_run_does_not_wait_for_the_hash_of_a_whole_file) {
  const std::vector<media> films = {leave_whole(1, 30 * mib, "a"), leave_whole(2, 34 * mib, "b")};
  const transfer_settings usual = settings;
  int renamed = 0;
  settings.calls.allocate = [&, real = settings.calls.allocate](int file, std::int64_t size) {
    if (size == 34 * mib) cancel_soon();
    return real(file, size);
  };
  settings.calls.rename_new = [&, real = settings.calls.rename_new](const fs::path& from,
                                                                    const fs::path& to) {
    ++renamed;
    return real(from, to);
  };
  run(films);
  EXPECT_EQ(thrown, asio::error::operation_aborted);
  EXPECT_EQ(renamed, 0);
  settings = usual;
  expect_resumed(films);
}

TEST_F(file_work, what_is_in_no_checkpoint_is_in_the_next_one_when_the_end_is_given_up) {
  const media film = server->add(1, 5 * mib, "film");
  const bytes content = file_bytes(1, 0, film.size);
  target_wish wish;
  wish.name = folder / "film";
  wish.identity = identity_of(film);
  {
    target_file made = target_file::claim(wish);
    EXPECT_TRUE(made.examine());
    engine::part all;
    all.size = static_cast<std::int32_t>(film.size);
    const std::vector<window_record> rest = made.store(all, content, 0);
    EXPECT_FALSE(made.hash_rest(rest));
    EXPECT_FALSE(made.hash_rest({}));
    EXPECT_TRUE(made.hash_rest({}));
    made.checkpoint({}, 2);
    made.leave();
  }
  target_file again = target_file::claim(wish);
  EXPECT_FALSE(again.examine());
  EXPECT_FALSE(again.examine());
  EXPECT_TRUE(again.examine());
  EXPECT_EQ(again.complete().size(), 40U);
  EXPECT_EQ(again.finish(), sha256_hex(content)) << "also when nobody hashed it before";
}

TEST_F(file_work, memory_that_runs_out_when_a_file_is_catalogued_is_a_note) {
  for (int n = 0; n < 4; ++n) {
    const std::string name = "film " + std::to_string(n);
    settings.after_finish = [n](std::size_t, const window_digests&) {
      fail_allocation(n);
      return std::string();
    };
    const report made = run({server->add(n + 1, mib, name)});
    ASSERT_EQ(made.files.size(), 1U);
    EXPECT_TRUE(made.files[0].ok()) << made.files[0].error;
    EXPECT_TRUE(fs::exists(folder / name));
    ASSERT_EQ(made.files[0].notes.size(), 1U) << n;
    EXPECT_NE(made.files[0].notes[0].find("catalogue: out of memory"), std::string::npos)
        << made.files[0].notes[0];
  }
}

TEST_F(file_work, files_of_one_name_do_not_try_each_others_again_and_again) {
  constexpr int count = 100;
  target_wish wish;
  wish.name = folder / "photo.jpg";
  wish.calls.sync_data = wish.calls.sync_all = [](int) { return 0; };  // what is slow about it
  // The second run meets the first one's files.
  for (int round = 0; round < 2; ++round) {
    wish.names = std::make_shared<taken_names>();
    std::size_t opened = 0;
    wish.calls.open = [&opened, real = sink::file_calls::system().open](const fs::path& path,
                                                                        int flags) {
      ++opened;
      return real(path, flags);
    };
    for (int i = 0; i < count; ++i) {
      wish.identity.id = i + 1;
      target_file made = target_file::claim(wish);
      ASSERT_TRUE(made.examine());
      made.finish();
      ASSERT_EQ(made.name(), sink::numbered(wish.name, round * count + i));
    }
    EXPECT_LE(wish.names->looked_up(), 5U * count);
    EXPECT_LE(opened, 4U * count);
  }
}

// What was passed over is not taken: it may be the very one that another file goes on with.
TEST_F(file_work, files_of_one_name_find_what_each_of_them_began) {
  const std::vector<media> films = {leave_whole(1, 2 * mib, "film"),
                                    leave_whole(2, 2 * mib, "film (1)")};
  target_wish wish;
  wish.name = folder / "film";
  wish.names = std::make_shared<taken_names>();
  wish.identity = identity_of(films[1]);
  EXPECT_EQ(target_file::claim(wish).name(), folder / "film (1)");
  wish.identity = identity_of(films[0]);
  EXPECT_EQ(target_file::claim(wish).name(), folder / "film");
  wish.identity.id = 3;
  EXPECT_EQ(target_file::claim(wish).name(), folder / "film (2)");
}

}  // namespace
}  // namespace mtfetch::transfer
