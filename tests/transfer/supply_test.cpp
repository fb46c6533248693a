// SPDX-License-Identifier: BSL-1.0
// Files that become known while others are fetched, and supplies that fail.
#include "downloader/transfer/transfer.hpp"
#include "fake_server.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mtfetch/download.hpp>
#include <mtfetch/error.hpp>

#include <gtest/gtest.h>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;

class supply_test : public testing::Test {
 protected:
  using batches = std::vector<std::vector<media>>;

  supply_test() { options.to = folder.path() / "out"; }  // not there yet

  // Gives the files in batches, and then throws this, where there is something.
  media_supply supply_of(batches given, std::exception_ptr at_end = {}) {
    return [this, given = std::move(given), at_end]() -> asio::awaitable<std::vector<media>> {
      const std::size_t next = asked++;
      if (next < given.size()) co_return given[next];
      if (at_end) std::rethrow_exception(at_end);
      co_return std::vector<media>();
    };
  }
  report run(media_supply more) {
    asio::io_context loop;
    std::optional<report> done;
    std::exception_ptr thrown;
    asio::co_spawn(
        loop, transfer_supply(server->make_source(), std::move(more), options, transfer_settings()),
        [&](const std::exception_ptr& failed, report made) {
          thrown = failed;
          if (!failed) done = std::move(made);
        });
    loop.run();
    if (thrown) std::rethrow_exception(thrown);
    EXPECT_TRUE(done) << "it did not end";
    return done ? std::move(*done) : report();
  }
  // What it says; empty where the supply did not fail.
  static std::string words_of(const std::exception_ptr& failure) {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const std::system_error& failed) {
      return failed.what();
    }
    return {};
  }
  batches of_twenty(int count) {
    batches made;
    for (int i = 0; i < count; ++i) {
      made.emplace_back();
      for (int k = 1; k <= 20; ++k) {
        const int id = 20 * i + k;
        made.back().push_back(server->add(id, 1 + 97LL * id, "file" + std::to_string(id)));
      }
    }
    return made;
  }
  void expect_all(const report& done, std::size_t count) const {
    ASSERT_EQ(done.files.size(), count);
    for (std::size_t i = 0; i < done.files.size(); ++i) {
      const auto id = static_cast<std::int64_t>(i + 1);
      ASSERT_TRUE(done.files[i].ok()) << done.files[i].error;
      EXPECT_EQ(done.files[i].path, options.to / ("file" + std::to_string(id)));
      ASSERT_EQ(fs::file_size(done.files[i].path), static_cast<std::uintmax_t>(1 + 97 * id));
    }
  }

  tests::temporary_folder folder;
  std::shared_ptr<fake_server> server = std::make_shared<fake_server>();
  download_options options;
  std::size_t asked = 0;
};

TEST_F(supply_test, more_files_come_while_others_are_fetched) {
  const report done = run(supply_of(of_twenty(30)));
  EXPECT_EQ(asked, 31U);
  EXPECT_TRUE(done.ok()) << words_of(done.supply_failure);
  expect_all(done, 600);
}

TEST_F(supply_test, what_a_supply_throws_is_told_beside_all_that_came_before) {
  const rpc_error lost(rpc_failure::parse(401, "AUTH_KEY_UNREGISTERED"), "channels.getMessages");
  const report done = run(supply_of(of_twenty(3), std::make_exception_ptr(lost)));
  EXPECT_EQ(asked, 4U);
  expect_all(done, 60);
  EXPECT_FALSE(done.ok()) << "not all was fetched that was wanted";
  ASSERT_TRUE(done.supply_failure);
  try {
    std::rethrow_exception(done.supply_failure);
  } catch (const rpc_error& failed) {
    EXPECT_TRUE(failed.failure().is("AUTH_KEY_UNREGISTERED")) << failed.what();
  } catch (const std::system_error& failed) {
    ADD_FAILURE() << "no rpc_error any more: " << failed.what();
  }
}

TEST_F(supply_test, one_that_throws_before_it_is_awaited_has_failed_as_well) {
  const media_supply plain = [this]() -> asio::awaitable<std::vector<media>> {
    ++asked;
    throw error(make_error_code(transport_errc::unreachable), "no way to Telegram");
  };
  const report done = run(plain);
  EXPECT_TRUE(done.files.empty());
  EXPECT_EQ(asked, 1U);
  EXPECT_EQ(words_of(done.supply_failure), "no way to Telegram");
  EXPECT_FALSE(fs::exists(options.to)) << "a folder for nothing";
}

TEST_F(supply_test, files_without_a_folder_are_in_the_report) {
  tests::write_file(folder / "taken", "a file");
  options.to = folder / "taken";
  batches given;
  given.push_back({server->add(1, 1000, "film.mp4"), server->add(2, 1000, "song.mp3")});
  given.push_back({server->add(3, 1000, "book.pdf")});
  std::vector<std::string> ended;
  options.on_progress = [&](const progress& seen) {
    if (seen.finished) ended.push_back(seen.name);
  };
  const report done = run(supply_of(given));
  EXPECT_EQ(asked, 1U) << "there is no folder for more of them either";
  EXPECT_NE(words_of(done.supply_failure).find(options.to.string()), std::string::npos)
      << words_of(done.supply_failure);
  ASSERT_EQ(done.files.size(), 2U);
  EXPECT_FALSE(done.files[0].ok());
  EXPECT_NE(done.files[1].error.find("song.mp3: "), std::string::npos) << done.files[1].error;
  EXPECT_NE(done.files[1].error.find(options.to.string()), std::string::npos);
  EXPECT_EQ(ended, (std::vector<std::string>{"film.mp4", "song.mp3"}));
}

}  // namespace
}  // namespace mtfetch::transfer
