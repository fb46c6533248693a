// SPDX-License-Identifier: BSL-1.0
// Reading while downloading, and other targets than files, over real sockets and real MTProto.
#include <mtfetch/live_file.hpp>
#include <mtfetch/resolve.hpp>
#include <mtfetch/target.hpp>

#include "tests/transfer/hashing_options.hpp"
#include "tests/transfer/local_cluster.hpp"

#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>

#include <unistd.h>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <thread>
#include <utility>

namespace mtfetch {
namespace {

constexpr std::size_t mib = 1024 * 1024;
using std::chrono::seconds;

class live_files : public download_test::local_cluster {
 protected:
  live_files() : large(tests::random_text(48 * mib + 4711, 9)) {
    serve({{"large.bin", large}});
    options.to = folder / "out" / "";
  }
  static asio::awaitable<media> find(client& of) {
    const std::vector<media> found = co_await resolve(of, "t.me/files/1");
    co_return found.at(0);
  }
  asio::awaitable<bool> reads_right(live_file of, std::size_t offset, std::size_t size) {
    const bytes got = co_await of.read(static_cast<std::int64_t>(offset), size, seconds(60));
    co_return std::ranges::equal(got, as_bytes(large).subspan(offset, got.size())) &&
        got.size() == std::min(size, large.size() - offset);
  }

  std::string large;
  download_options options = tests::hashing_options();
};

TEST_F(live_files, are_read_at_head_and_tail_before_the_rest_and_afterwards) {
  with_bot([&](client& of) -> asio::awaitable<void> {
    const media file = co_await find(of);
    live_file film = co_await open_download(of, file, options);
    EXPECT_TRUE(co_await reads_right(film, large.size() - 1000, 1000));
    EXPECT_TRUE(co_await reads_right(film, 0, 100'000));
    EXPECT_TRUE(co_await reads_right(film, 30 * mib, mib));
    const file_report done = co_await film.report();
    EXPECT_TRUE(done.ok()) << done.error;
    EXPECT_EQ(done.verified, done.size);
    EXPECT_TRUE(tests::read_file(done.path) == large);
    EXPECT_TRUE(co_await reads_right(film, 17 * mib + 3, 2 * mib));
  });
}

TEST_F(live_files, are_read_hundreds_of_times_at_random_offsets_beside_faults) {
  fault_part(testing::corrupt_bytes{}, 5, 3);
  fault_part(testing::drop_answer{}, 12, 2);
  fault_part(testing::reset_connection{}, 20, 2);
  with_bot([&](client& of) -> asio::awaitable<void> {
    const media file = co_await find(of);
    live_file film = co_await open_download(of, file, options);
    std::mt19937_64 random(3);
    const auto executor = co_await asio::this_coro::executor;
    const auto right = std::make_shared<int>(0);
    const auto count = [right](const std::exception_ptr& failed, bool is_right) {
      *right += !failed && is_right;
    };
    for (int i = 0; i < 300; ++i) {
      const std::size_t offset = random() % large.size();
      const std::size_t size = random() % 300'000;
      asio::co_spawn(executor, reads_right(film, offset, size), count);
    }
    const file_report done = co_await film.report();
    EXPECT_TRUE(done.ok()) << done.error;
    EXPECT_TRUE(co_await reads_right(film, 0, 1));  // behind all others
    EXPECT_EQ(*right, 300);
  });
}

TEST_F(live_files, a_deadline_is_kept_while_the_server_is_silent) {
  with_bot([&](client& of) -> asio::awaitable<void> {
    const media file = co_await find(of);
    fault_part(testing::drop_answer{}, 0, 1'000'000);
    live_file film = co_await open_download(of, file, options);
    std::error_code code;
    try {
      co_await film.read(mib, 1000, std::chrono::milliseconds(200));
    } catch (const error& late) {
      code = late.code();
    }
    EXPECT_EQ(code, make_error_code(client_errc::deadline));
    cluster->dc().faults().clear();
    EXPECT_TRUE(co_await reads_right(film, mib, 1000)) << "later it comes all the same";
    film.close();
  });
  EXPECT_TRUE(std::filesystem::exists(folder / "out" / "large.bin.part"));
}

TEST_F(live_files, the_same_goes_into_memory_and_into_a_descriptor) {
  with_bot([&](client& of) -> asio::awaitable<void> {
    const media file = co_await find(of);
    const bytes whole = co_await download_to_memory(of, file, large.size(), options);
    EXPECT_TRUE(std::ranges::equal(whole, as_bytes(large)));

    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    std::string piped;
    std::thread other_side([&piped, from = ends[0]] {
      std::string piece(65536, '\0');
      for (ssize_t got = 1; got > 0;) {
        got = ::read(from, piece.data(), piece.size());
        if (got > 0) piped.append(piece, 0, static_cast<std::size_t>(got));
      }
      ::close(from);
    });
    target pipe_end = descriptor_target(ends[1]);
    const file_report done = co_await download_to(of, file, pipe_end, options);
    ::close(ends[1]);
    other_side.join();
    EXPECT_TRUE(done.ok()) << done.error;
    EXPECT_TRUE(piped == large);

    target path = folder / "other.bin";
    const file_report written = co_await download_to(of, file, path, options);
    EXPECT_TRUE(written.ok()) << written.error;
    EXPECT_EQ(written.path, folder / "other.bin");
    EXPECT_EQ(done.sha256, written.sha256);
  });
}

TEST_F(live_files, what_no_memory_could_hold_is_an_error_of_the_awaited_call) {
  with_bot([&](client& of) -> asio::awaitable<void> {
    media file = co_await find(of);
    for (const std::int64_t size : {std::numeric_limits<std::int64_t>::max(), std::int64_t{-1}}) {
      file.size = size;
      const auto content = std::make_shared<bytes>(std::size_t{3});
      target where = memory_target(content, std::numeric_limits<std::size_t>::max());
      asio::awaitable<file_report> call = download_to(of, file, std::move(where), options);
      const file_report refused = co_await std::move(call);
      EXPECT_EQ(refused.code, std::make_error_code(std::errc::not_enough_memory));
      EXPECT_NE(refused.error.find("large.bin"), std::string::npos) << refused.error;
      EXPECT_NE(refused.error.find(std::to_string(size)), std::string::npos) << refused.error;
    }
  });
  EXPECT_EQ(calls("upload.getFile"), 0U);
}

TEST_F(live_files, what_is_larger_than_the_limit_is_refused_before_anything_is_fetched) {
  with_bot([&](client& of) -> asio::awaitable<void> {
    const media file = co_await find(of);
    std::error_code code;
    try {
      co_await download_to_memory(of, file, large.size() - 1, options);
    } catch (const error& refused) {
      code = refused.code();
      EXPECT_NE(std::string(refused.what()).find("large.bin"), std::string::npos);
    }
    EXPECT_EQ(code, std::make_error_code(std::errc::file_too_large));
  });
  EXPECT_EQ(calls("upload.getFile"), 0U);
}

}  // namespace
}  // namespace mtfetch
