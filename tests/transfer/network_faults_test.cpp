// SPDX-License-Identifier: BSL-1.0
// Whole downloads while the data centre does what its conditions and faults tell it to.
#include <mtfetch/download.hpp>
#include <mtfetch/resolve.hpp>

#include "tests/transfer/local_cluster.hpp"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace mtfetch {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t mib = 1024 * 1024;

class network_faults : public download_test::local_cluster {
 protected:
  void serve_large() { serve({{"large.bin", large}}); }

  /// Fetches the file, which must come whole whatever goes wrong.
  void expect_whole() {
    std::vector<file_report> got;
    const auto fetch = [&](client& of) -> asio::awaitable<void> {
      std::vector<media> files = co_await resolve(of, "t.me/files/1");
      download_options options;
      options.to = folder / "out" / "";
      report out = co_await download(of, std::move(files), std::move(options));
      got = std::move(out.files);
    };
    with_bot(fetch, seconds(150));
    ASSERT_EQ(got.size(), 1U);
    ASSERT_TRUE(got[0].ok()) << got[0].error;
    EXPECT_TRUE(tests::read_file(got[0].path) == large);
  }

  const std::string large = tests::random_text(24 * mib + 4711, 9);
};

TEST_F(network_faults, connections_that_fall_silent_in_the_network_do_no_harm) {
  dc_options.conditions.silence_chance = 0.01;
  dc_options.conditions.seed = 433;  // of the first 300 parts it is the 8th that meets it
  serve_large();
  expect_whole();
  EXPECT_GE(cluster->dc().counted().silenced, 1U);
  EXPECT_GE(cluster->dc().counted().network.lost, 1);
}

TEST_F(network_faults, nor_do_those_that_a_rule_silences_without_a_network) {
  serve_large();
  fault_part(testing::silence_connection{}, 5);
  expect_whole();
  EXPECT_EQ(cluster->dc().counted().silenced, 1U);
  EXPECT_EQ(cluster->dc().counted().network.opened, 0U);
}

TEST_F(network_faults, overlong_answers_do_no_harm) {
  dc_options.conditions.long_chance = 0.1;
  serve_large();
  fault_part(testing::extra_bytes{}, 2);
  expect_whole();
  EXPECT_GE(cluster->dc().faults().applied(), 1U);
}

TEST_F(network_faults, references_that_lapse_in_the_middle_are_read_anew) {
  // The clock goes on by a second whenever it is read: with each part, and each look at a message.
  // The bot's references lapse at the 15th and at each 100th from there.
  const auto read = std::make_shared<std::atomic<int>>(0);
  dc_options.reference_time = [read] { return time_point(seconds(73 + ++*read)); };
  dc_options.conditions.reference_lifetime = 100s;
  serve_large();
  expect_whole();
  EXPECT_GE(calls("channels.getMessages"), 2U) << "the file has 25 parts at least";
}

TEST_F(network_faults, new_salts_in_the_middle_cost_nothing) {
  serve_large();
  fault_part(testing::new_salts{}, 4, 3);
  expect_whole();
  EXPECT_EQ(cluster->dc().faults().applied(), 3U);
}

TEST_F(network_faults, a_restart_in_the_middle_is_gone_on_after) {
  serve_large();
  fault_part(testing::restart_cluster{}, 6);
  expect_whole();
  EXPECT_EQ(cluster->dc().faults().applied(), 1U);
}

TEST_F(network_faults, a_server_without_hashes_from_the_start_is_downloaded_from) {
  dc_options.hashes_hidden = true;
  serve_large();
  expect_whole();
  EXPECT_TRUE(cluster->dc().faults().hashes_hidden());
}

TEST_F(network_faults, a_clock_a_day_ahead_or_behind_is_followed) {
  dc_options.clock_skew = 24h;
  serve_large();
  expect_whole();
  dc_options.clock_skew = -24h;
  dc_options.state = folder / "other";
  std::filesystem::remove_all(folder / "out");
  std::filesystem::remove_all(folder / "session");
  cluster.reset();
  start_cluster();
  expect_whole();
}

}  // namespace
}  // namespace mtfetch
