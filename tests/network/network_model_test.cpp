// SPDX-License-Identifier: BSL-1.0
// When what arrives: delays, order, resets, silence, and that a run repeats.
#include <gtest/gtest.h>

#include <set>

#include "network_rig.hpp"

namespace mtfetch::testing {
namespace {

/// Everything at once, so that each step of the model has something to do.
network_conditions rough(std::uint64_t seed) {
  network_conditions conditions;
  conditions.round_trip = 20ms;
  conditions.jitter = 3ms;
  conditions.connection_rate = 2'000'000;
  conditions.dc_rate = 5'000'000;
  conditions.total_rate = 8'000'000;
  conditions.slow = slow_connections::one_at_a_time;
  conditions.seed = seed;
  return conditions;
}

TEST(delay, a_connection_and_an_answer_take_a_round_trip_each) {
  network_conditions conditions;
  conditions.round_trip = 50ms;
  network_rig rig(conditions);
  const link_id link = rig.net.open(2, rig.now);
  rig.net.send_up(link, 100, 7, rig.now);  // leaves when the connection is there
  rig.run_until(began + 1s, [&](const network_event& event) {
    if (std::holds_alternative<arrived_up>(event.what)) rig.net.send_down(link, 1000, 7, rig.now);
  });
  const std::vector<network_event> expected = {{began + 50ms, link_open{link}},
                                               {began + 75ms, arrived_up{link, 7, 100}},
                                               {began + 100ms, arrived_down{link, 7, 1000, true}}};
  EXPECT_EQ(rig.seen, expected);
}

TEST(delay, without_conditions_everything_is_there_at_once) {
  network_rig rig({});
  const link_id link = rig.net.open(2, rig.now);
  rig.net.send_up(link, 100, 1, rig.now);
  rig.net.send_down(link, 1 << 30, 2, rig.now);
  rig.run_until(began);
  ASSERT_EQ(rig.seen.size(), 3u);
  EXPECT_EQ(rig.all<arrived_down>().front(), (arrived_down{link, 2, 1 << 30, true}));
  EXPECT_EQ(rig.net.deadline(), no_deadline);
}

TEST(delay, jitter_is_spread_from_nothing_to_all_of_it_each_way) {
  network_conditions conditions;
  conditions.round_trip = 50ms;
  conditions.jitter = 10ms;
  network_rig rig(conditions);
  const link_id link = rig.net.open(2, rig.now);
  rig.run_until(began + 1s);
  std::vector<duration> took;
  for (int i = 0; i < 1000; ++i) {
    const time_point sent = rig.now;
    rig.net.send_up(link, 100, 1, rig.now);
    rig.run_until(sent + 1s, [&](const network_event& event) {
      if (std::holds_alternative<arrived_up>(event.what)) rig.net.send_down(link, 10, 1, event.at);
      if (std::holds_alternative<arrived_down>(event.what)) took.push_back(event.at - sent);
    });
  }
  ASSERT_EQ(took.size(), 1000u);
  const auto [least, most] = std::ranges::minmax(took);
  EXPECT_GE(least, 50ms);
  EXPECT_LT(least, 52ms);
  EXPECT_GT(most, 68ms);
  EXPECT_LE(most, 70ms);
}

TEST(order, answers_of_a_connection_arrive_whole_and_as_they_were_sent) {
  network_rig rig(rough(3));
  const link_id link = rig.net.open(2, rig.now);
  for (int i = 0; i < 50; ++i) rig.net.send_down(link, 1000 * (i + 1), ++rig.tag, rig.now);
  rig.run_until(began + 60s);
  message_tag expected = 1;
  std::int64_t bytes = 0;
  for (const arrived_down& chunk : rig.all<arrived_down>()) {
    ASSERT_EQ(chunk.tag, expected);
    bytes += chunk.bytes;
    ASSERT_EQ(chunk.last, bytes == static_cast<std::int64_t>(1000 * expected));
    if (!chunk.last) continue;
    ++expected;
    bytes = 0;
  }
  EXPECT_EQ(expected, 51u);
  EXPECT_TRUE(std::ranges::is_sorted(rig.seen, {}, &network_event::at));
}

TEST(order, requests_arrive_as_they_were_sent) {
  network_rig rig(rough(4));
  const link_id link = rig.net.open(2, rig.now);
  for (message_tag tag = 0; tag < 100; ++tag) {
    rig.net.send_up(link, 1, tag, rig.now);
    rig.run_until(rig.now + 1ms);
  }
  rig.run_until(began + 10s);
  const auto arrived = rig.all<arrived_up>();
  ASSERT_EQ(arrived.size(), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(arrived, {}, &arrived_up::tag));
}

TEST(reset, each_connection_in_turn) {
  network_conditions conditions;
  conditions.reset_every = 2s;
  network_rig rig(conditions);
  for (int i = 0; i < 3; ++i) rig.net.open(2, rig.now);
  std::vector<std::pair<duration, link_id>> resets;
  rig.run_until(began + 9s, [&](const network_event& event) {
    if (const auto* lost = std::get_if<link_reset>(&event.what)) {
      resets.emplace_back(event.at - began, lost->link);
      EXPECT_FALSE(rig.net.is_open(lost->link));
      rig.net.open(2, rig.now);
    }
  });
  const std::vector<std::pair<duration, link_id>> expected = {{2s, 1}, {4s, 2}, {6s, 3}, {8s, 4}};
  EXPECT_EQ(resets, expected);
  EXPECT_EQ(rig.net.counted().resets, 4u);
}

TEST(reset, its_beat_goes_on_while_nobody_is_connected) {
  network_conditions conditions;
  conditions.reset_every = 2s;
  network_rig rig(conditions);
  rig.net.close(rig.net.open(2, rig.now), rig.now);
  rig.run_until(began + 5s);
  rig.net.open(2, rig.now);
  rig.run_until(began + 7s);
  EXPECT_EQ(rig.last_at<link_reset>(), began + 6s);
}

TEST(reset, only_those_of_the_troubled_data_centre) {
  network_conditions conditions;
  conditions.reset_every = 2s;
  conditions.troubled_dc = 4;
  network_rig rig(conditions);
  const link_id elsewhere = rig.net.open(2, rig.now);
  rig.run_until(began + 1s);
  for (int i = 0; i < 2; ++i) rig.net.open(4, rig.now);
  rig.run_until(began + 20s);
  EXPECT_TRUE(rig.net.is_open(elsewhere));
  EXPECT_EQ(rig.net.counted().resets, 2u);
  EXPECT_EQ(rig.last_at<link_reset>(), began + 1s + 4s);
}

TEST(reset, what_is_on_its_way_is_lost) {
  network_conditions conditions;
  conditions.round_trip = 100ms;
  conditions.reset_every = 2s;
  network_rig rig(conditions);
  const link_id link = rig.net.open(2, rig.now);
  rig.run_until(began + 1990ms);
  rig.net.send_down(link, 1000, 1, rig.now);
  rig.net.send_up(link, 10, 1, rig.now);
  rig.run_until(began + 3s);
  EXPECT_TRUE(rig.all<arrived_down>().empty());
  EXPECT_TRUE(rig.all<arrived_up>().empty());
  EXPECT_EQ(rig.net.counted().lost, 1010);
}

TEST(silence, nothing_arrives_and_nothing_says_so_and_others_go_on) {
  network_conditions conditions;
  conditions.round_trip = 100ms;
  conditions.dc_rate = 1'000'000;
  network_rig rig(conditions);
  const link_id silent = rig.net.open(2, rig.now);
  const link_id other = rig.net.open(2, rig.now);
  for (const link_id link : {silent, other}) rig.net.send_down(link, 500'000, 1, rig.now);
  rig.run_until(began + 300ms);
  rig.net.silence(silent, rig.now);
  const auto before = rig.received[silent];
  rig.net.send_up(silent, 10, 2, rig.now);
  rig.net.send_down(silent, 10, 2, rig.now);
  rig.run_until(began + 10s);
  EXPECT_GT(before, 0);
  EXPECT_EQ(rig.received[silent], before);
  EXPECT_EQ(rig.received[other], 500'000);
  EXPECT_TRUE(rig.all<arrived_up>().empty());
  EXPECT_TRUE(rig.net.is_open(silent));
  EXPECT_LT(rig.last_at<arrived_down>(), began + 900ms) << "the silent one still took its share";
}

TEST(close, what_was_not_told_yet_is_not_told) {
  network_rig rig({});
  const link_id gone = rig.net.open(2, rig.now);
  const link_id there = rig.net.open(2, rig.now);
  for (const link_id link : {gone, there}) rig.net.send_down(link, 10, 1, rig.now);
  rig.net.close(gone, rig.now);
  rig.run_until(began + 1s);
  EXPECT_EQ(rig.all<link_open>(), std::vector{link_open{there}});
  EXPECT_EQ(rig.all<arrived_down>(), (std::vector{arrived_down{there, 1, 10, true}}));
  rig.net.send_down(gone, 10, 1, rig.now);
  rig.net.close(gone, rig.now);
  EXPECT_EQ(rig.net.deadline(), no_deadline);
}

// Whatever ends a connection at whatever step: no byte is gained or forgotten, and the others get
// all of theirs.
TEST(end_of_a_connection, at_every_step_leaves_the_others_whole) {
  constexpr std::int64_t size = 100'000;
  for (const auto end : {&network_model::close, &network_model::silence}) {
    for (std::size_t steps = 0;; ++steps) {
      network_model net(rough(5));
      const std::vector<link_id> links = {net.open(1, began), net.open(1, began),
                                          net.open(2, began)};
      for (const link_id link : links) {
        net.send_up(link, 100, 1, began);
        net.send_down(link, size, 1, began);
      }
      std::map<link_id, std::int64_t> received;
      std::size_t done = 0;
      for (time_point now = began; net.deadline() != no_deadline; ++done) {
        if (done == steps) (net.*end)(links[1], now);
        now = std::max(now, net.deadline());
        while (const auto event = net.poll(now)) {
          if (const auto* down = std::get_if<arrived_down>(&event->what)) {
            received[down->link] += down->bytes;
          }
        }
      }
      EXPECT_EQ(received[links[0]], size) << steps;
      EXPECT_EQ(received[links[2]], size) << steps;
      const network_counts& counts = net.counted();
      EXPECT_EQ(counts.arrived_down + counts.arrived_up + counts.lost, 3 * (size + 100)) << steps;
      if (done <= steps) break;  // it ended before
    }
  }
}

std::vector<network_event> busy_run(std::uint64_t seed) {
  auto conditions = rough(seed);
  conditions.reset_every = 700ms;
  network_rig rig(conditions);
  std::vector<link_id> links;
  for (int i = 0; i < 6; ++i) links.push_back(rig.net.open(1 + i % 2, rig.now));
  rig.keep_busy(links, 50'000, 4, began + 5s);
  return rig.seen;
}

TEST(seed, the_same_gives_the_same_run_and_another_another) {
  const auto run = busy_run(1);
  EXPECT_GT(run.size(), 1000u);
  EXPECT_EQ(run, busy_run(1));
  EXPECT_NE(run, busy_run(2));
}

TEST(seed, polling_late_changes_nothing) {
  std::vector<std::vector<network_event>> runs;
  for (const duration every : {duration(1us), duration(77ms), duration(10s)}) {
    auto conditions = rough(9);
    conditions.reset_every = 300ms;
    network_model net(conditions);
    for (int i = 0; i < 4; ++i) {
      const link_id link = net.open(1 + i % 2, began);
      net.send_up(link, 100, 1, began);
      net.send_down(link, 300'000, 1, began);
    }
    auto& run = runs.emplace_back();
    for (time_point now = began; net.deadline() != no_deadline;) {
      now = std::max(now + every, net.deadline());
      while (const auto event = net.poll(now)) run.push_back(*event);
    }
  }
  EXPECT_GT(runs[0].size(), 50u);
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
}

}  // namespace
}  // namespace mtfetch::testing
