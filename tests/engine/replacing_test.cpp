// SPDX-License-Identifier: BSL-1.0
// Connections much slower than the others of their data centre: replaced, and never in a storm.
#include "downloader/engine/connection_score.hpp"
#include "simulation.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

replacement_rule::measured one(std::uint32_t number, duration busy, std::int64_t delivered,
                               std::int64_t owed = 0) {
  replacement_rule::measured made;
  made.id = connection_id{number};
  made.busy = busy;
  made.delivered = delivered;
  made.owed = owed;
  return made;
}

replacement_rule begun(time_point now) {
  replacement_rule rule;
  rule.begin_round(now);
  return rule;
}

const time_point start(std::chrono::hours(1));

TEST(replacement_rule, takes_the_one_far_below_the_median) {
  const std::vector seen{one(1, seconds(4), 4 * mib), one(2, seconds(4), mib / 8, mib / 4),
                         one(3, seconds(4), 4 * mib), one(4, seconds(4), 5 * mib)};
  EXPECT_EQ(begun(start).judge(seen, start + seconds(4)), connection_id{2});
}

TEST(replacement_rule, takes_one_that_never_answers) {
  const std::vector seen{one(1, seconds(9), 9 * mib), one(2, seconds(9), 0, mib),
                         one(3, seconds(9), 9 * mib)};
  EXPECT_EQ(begun(start).judge(seen, start + seconds(9)), connection_id{2});
}

TEST(replacement_rule, waits_for_a_large_part_that_may_be_about_to_come) {
  const std::vector seen{one(1, seconds(4), 4 * mib), one(2, seconds(4), 0, mib),
                         one(3, seconds(4), 4 * mib)};
  EXPECT_EQ(begun(start).judge(seen, start + seconds(4)), std::nullopt);
}

TEST(replacement_rule, takes_none_of_two_nor_of_equally_slow_ones) {
  const std::vector two{one(1, seconds(9), 9 * mib), one(2, seconds(9), 0)};
  EXPECT_EQ(begun(start).judge(two, start + seconds(9)), std::nullopt);
  const std::vector slow{one(1, seconds(9), kib), one(2, seconds(9), 2 * kib),
                         one(3, seconds(9), kib)};
  EXPECT_EQ(begun(start).judge(slow, start + seconds(9)), std::nullopt);
  const std::vector silent{one(1, seconds(9), 0), one(2, seconds(9), 0), one(3, seconds(9), 0)};
  EXPECT_EQ(begun(start).judge(silent, start + seconds(9)), std::nullopt);
}

TEST(replacement_rule, counts_no_time_in_which_nothing_was_asked) {
  connection_score score;
  score.on_outstanding(true, start);
  score.on_delivered(mib);
  score.on_outstanding(false, start + seconds(1));
  EXPECT_EQ(score.busy(start + seconds(60)), seconds(1));
  score.on_outstanding(true, start + seconds(60));
  EXPECT_EQ(score.busy(start + seconds(61)), seconds(2));
  score.restart(start + seconds(61));
  EXPECT_EQ(score.busy(start + seconds(62)), seconds(1));
  EXPECT_EQ(score.delivered(), 0);
  const std::vector seen{one(1, seconds(9), 9 * mib), one(2, seconds(1), 0),
                         one(3, seconds(9), 9 * mib), one(4, seconds(9), 9 * mib)};
  EXPECT_EQ(begun(start).judge(seen, start + seconds(9)), std::nullopt);
}

TEST(replacement_rule, backs_off_while_new_ones_are_as_slow_and_begins_anew_when_all_is_well) {
  replacement_rule rule = begun(start);
  const std::vector bad{one(1, seconds(4), 4 * mib), one(2, seconds(4), 0),
                        one(3, seconds(4), 4 * mib)};
  std::vector<long> replaced;
  for (int at = 4; at < 200; ++at) {
    if (rule.judge(bad, start + seconds(at))) replaced.push_back(at);
  }
  EXPECT_EQ(replaced, (std::vector<long>{4, 9, 19, 39, 79, 159}));
  const std::vector good{one(1, seconds(4), 4 * mib), one(2, seconds(4), 3 * mib),
                         one(3, seconds(4), 4 * mib)};
  EXPECT_EQ(rule.judge(good, start + seconds(400)), std::nullopt);
  EXPECT_TRUE(rule.round_is_over(start + seconds(400)));
  rule.begin_round(start + seconds(400));
  EXPECT_TRUE(rule.judge(bad, start + seconds(404)));
  EXPECT_FALSE(rule.judge(bad, start + seconds(408)));
  EXPECT_TRUE(rule.judge(bad, start + seconds(409)));
}

// ---- in downloads

simulation_settings over(int connections, std::int64_t size) {
  simulation_settings settings;
  settings.engine.max_connections = connections;
  settings.rate = 1e6;
  simulated_file file;
  file.size = size;
  settings.files.push_back(file);
  return settings;
}

TEST(slow_connections, one_of_four_is_replaced_within_seconds_and_the_others_are_not) {
  simulation_settings settings = over(4, 200 * mib);
  settings.rate_of = [](std::size_t n) { return n == 1 ? 0.03 : 1.0; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.closed, std::vector<std::size_t>{1});
  EXPECT_LT(run.closed_at.at(0), seconds(15));
  EXPECT_EQ(run.connections_opened, 5U);
  EXPECT_EQ(run.most_connections, 4U);
  // Ten seconds at the rate of three, the rest at the rate of four; 70 s at the rate of three.
  EXPECT_LT(run.took, seconds(58));
}

TEST(slow_connections, none_is_replaced_where_all_are_slow_or_there_are_two) {
  simulation_settings slow = over(4, 30 * mib);
  slow.rate_of = [](std::size_t) { return 0.03; };
  simulation all(slow);
  ASSERT_TRUE(all.run()) << all.problem;
  EXPECT_TRUE(all.closed.empty());
  simulation_settings pair = over(2, 60 * mib);
  pair.rate_of = [](std::size_t n) { return n == 1 ? 0.03 : 1.0; };
  simulation two(pair);
  ASSERT_TRUE(two.run()) << two.problem;
  EXPECT_TRUE(two.closed.empty());
}

TEST(slow_connections, are_left_alone_more_and_more_where_new_ones_are_as_slow) {
  simulation_settings settings = over(4, 600 * mib);
  settings.rate_of = [](std::size_t n) { return n == 0 || n > 3 ? 0.03 : 1.0; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_GT(run.took, seconds(150));
  EXPECT_GE(run.closed.size(), 3U);
  EXPECT_LE(run.closed.size(), 6U) << "5, 10, 20, 40, 80 s apart";
}

TEST(slow_connections, a_flood_pause_is_no_slowness) {
  simulation_settings settings = over(4, 200 * mib);
  settings.faults = [](std::size_t n, bool) { return n % 40 == 39 ? fault::flood : fault::none; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_GT(run.refused_by_flood, 3U);
  EXPECT_TRUE(run.closed.empty());
}

}  // namespace
}  // namespace mtfetch::engine
