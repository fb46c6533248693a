// SPDX-License-Identifier: BSL-1.0
// Who gets how much: the buckets, and how connections share them.
#include <gtest/gtest.h>

#include "network_rig.hpp"

namespace mtfetch::testing {
namespace {

constexpr std::int64_t half_mib = 512 << 10;
constexpr std::int64_t mb = 1'000'000;

/// Bytes a second that arrive while 64 answers wait on each of these links, after a second in which
/// bursts are spent.
double goodput(network_rig& rig, const std::vector<link_id>& links) {
  rig.keep_busy(links, half_mib, 64, began + 1s);
  const auto before = rig.received_in_all();
  rig.keep_busy(links, half_mib, 0, began + 11s);
  return static_cast<double>(rig.received_in_all() - before) / 10;
}

struct bottleneck {
  const char* name;
  std::int64_t connection_rate, dc_rate, total_rate;
  int connections;  // to each of two data centres
  double capacity;
};

class capacity : public ::testing::TestWithParam<bottleneck> {};

TEST_P(capacity, is_met_within_one_percent) {
  network_conditions conditions;
  conditions.round_trip = 50ms;
  conditions.connection_rate = GetParam().connection_rate;
  conditions.dc_rate = GetParam().dc_rate;
  conditions.total_rate = GetParam().total_rate;
  network_rig rig(conditions);
  std::vector<link_id> links;
  for (int i = 0; i < GetParam().connections; ++i) {
    links.push_back(rig.net.open(2, rig.now));
    links.push_back(rig.net.open(4, rig.now));
  }
  EXPECT_NEAR(goodput(rig, links), GetParam().capacity, 0.01 * GetParam().capacity);
}

INSTANTIATE_TEST_SUITE_P(
    at, capacity,
    ::testing::Values(bottleneck{"one_connection", mb, 0, 0, 1, 2.0 * mb},
                      bottleneck{"connections", 6 * mb, 0, 0, 8, 96.0 * mb},
                      bottleneck{"connections_below_the_dc", 6 * mb, 100 * mb, 0, 8, 96.0 * mb},
                      bottleneck{"a_dc", 0, 50 * mb, 0, 8, 100.0 * mb},
                      bottleneck{"a_dc_just_below_its_connections", 6 * mb, 47 * mb, 0, 8,
                                 94.0 * mb},
                      bottleneck{"all", 0, 0, 80 * mb, 4, 80.0 * mb},
                      bottleneck{"all_below_the_dcs", 20 * mb, 50 * mb, 80 * mb, 4, 80.0 * mb}),
    [](const auto& row) { return row.param.name; });

TEST(sharing, connections_of_a_dc_get_the_same_whatever_waits_on_them) {
  network_conditions conditions;
  conditions.dc_rate = 10 * mb;
  network_rig rig(conditions);
  std::vector<link_id> links;
  for (int i = 0; i < 5; ++i) links.push_back(rig.net.open(1, rig.now));
  for (int i = 0; i < 100; ++i) rig.net.send_down(links[0], half_mib, 1, rig.now);
  for (const link_id link : links) rig.net.send_down(link, 4 * half_mib, 2, rig.now);
  rig.run_until(began + 100ms);  // the burst at the start goes to whoever is first
  const auto before = rig.received;
  rig.run_until(began + 600ms);
  for (const link_id link : links) {
    EXPECT_NEAR(static_cast<double>(rig.received[link] - before.at(link)), mb,
                network_model::chunk);
  }
}

TEST(sharing, who_comes_late_waits_for_no_queue) {
  network_conditions conditions;
  conditions.dc_rate = 10 * mb;
  network_rig rig(conditions);
  const link_id busy = rig.net.open(1, rig.now);
  const link_id late = rig.net.open(1, rig.now);
  rig.net.send_down(busy, 100 * mb, 1, rig.now);
  rig.run_until(began + 1s);
  rig.net.send_down(late, 10'000, 2, rig.now);
  rig.run_until(began + 1s + 5ms);  // a second's worth of the other waits, a chunk takes 1.6 ms
  EXPECT_EQ(rig.received[late], 10'000);
}

TEST(sharing, connections_share_the_total_whichever_dc_they_are_of) {
  network_conditions conditions;
  conditions.total_rate = 8 * mb;
  network_rig rig(conditions);
  const std::vector<link_id> links = {rig.net.open(1, rig.now), rig.net.open(2, rig.now),
                                      rig.net.open(2, rig.now), rig.net.open(2, rig.now)};
  for (const link_id link : links) rig.net.send_down(link, 100 * mb, 1, rig.now);
  rig.run_until(began + 100ms);
  const auto before = rig.received;
  rig.run_until(began + 2s + 100ms);
  for (const link_id link : links) {
    EXPECT_NEAR(static_cast<double>(rig.received[link] - before.at(link)), 4.0 * mb,
                network_model::chunk);
  }
}

TEST(sharing, an_idle_connection_makes_up_for_a_burst_and_no_more) {
  network_conditions conditions;
  conditions.connection_rate = mb;
  conditions.burst = 100'000;
  network_rig rig(conditions);
  const link_id link = rig.net.open(1, rig.now);
  rig.run_until(began + 60s);
  rig.net.send_down(link, 10 * mb, 1, rig.now);
  rig.run_until(began + 61s);
  EXPECT_NEAR(static_cast<double>(rig.received[link]), 1.1 * mb, network_model::chunk);
}

TEST(slow_connection, the_nth_has_its_share_as_long_as_it_lives) {
  network_conditions conditions;
  conditions.connection_rate = 2 * mb;
  conditions.slow = slow_connections::nth;
  conditions.slow_number = 2;
  network_rig rig(conditions);
  const std::vector<link_id> links = {rig.net.open(1, rig.now), rig.net.open(1, rig.now),
                                      rig.net.open(1, rig.now)};
  EXPECT_NEAR(goodput(rig, links), 4.1 * mb, 0.01 * 4.1 * mb);
  EXPECT_NEAR(static_cast<double>(rig.received[2]), 1.1 * mb, 0.1 * mb);
  rig.net.close(links[1], rig.now);
  EXPECT_FALSE(rig.net.is_slow(rig.net.open(1, rig.now)));
}

TEST(slow_connection, one_at_a_time_is_of_the_troubled_data_centre) {
  network_conditions conditions;
  conditions.connection_rate = 1'000'000;
  conditions.slow = slow_connections::one_at_a_time;
  conditions.troubled_dc = 4;
  network_model net(conditions);
  EXPECT_FALSE(net.is_slow(net.open(2, began)));
  EXPECT_TRUE(net.is_slow(net.open(4, began)));
}

TEST(slow_connection, one_at_a_time_is_followed_by_the_next_that_is_opened) {
  network_conditions conditions;
  conditions.slow = slow_connections::one_at_a_time;
  network_model net(conditions);
  const link_id first = net.open(1, began);
  const link_id second = net.open(1, began);
  EXPECT_TRUE(net.is_slow(first));
  EXPECT_FALSE(net.is_slow(second));
  net.close(first, began);
  EXPECT_FALSE(net.is_slow(second));
  EXPECT_TRUE(net.is_slow(net.open(1, began)));
}

TEST(slow_connection, its_share_is_of_what_it_would_have_of_the_dc) {
  network_conditions conditions;
  conditions.dc_rate = 100 * mb;
  conditions.slow = slow_connections::nth;
  network_rig rig(conditions);
  std::vector<link_id> links;
  for (int i = 0; i < 8; ++i) links.push_back(rig.net.open(1, rig.now));
  EXPECT_NEAR(goodput(rig, links), 100.0 * mb, 1.0 * mb) << "the others take what it leaves";
  EXPECT_NEAR(static_cast<double>(rig.received[1]) / 11, 0.05 * 100 * mb / 8, 0.02 * mb);
}

TEST(effort, a_chunk_takes_a_few_wakings_and_no_more) {
  network_conditions conditions;
  conditions.round_trip = 200ms;
  conditions.jitter = 5ms;
  conditions.connection_rate = 20 * mb;
  conditions.dc_rate = 100 * mb;
  conditions.total_rate = 100 * mb;
  network_model net(conditions);
  for (int i = 0; i < 8; ++i) net.send_down(net.open(1, began), 125 * mb, 1, began);
  std::uint64_t wakings = 0;
  std::uint64_t chunks = 0;
  for (time_point now = began; net.deadline() != no_deadline; ++wakings) {
    now = std::max(now, net.deadline());
    while (net.poll(now)) ++chunks;
  }
  EXPECT_EQ(net.counted().arrived_down, 1000 * mb);
  EXPECT_LE(wakings, 4 * chunks);
}

}  // namespace
}  // namespace mtfetch::testing
