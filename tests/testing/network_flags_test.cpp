// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/network_flags.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <mtfetch/error.hpp>

namespace mtfetch::local_dc {
namespace {

using namespace std::chrono_literals;

testing::network_conditions read(const std::string& flags) {
  CLI::App app;
  testing::network_conditions conditions;
  add_network_flags(app, conditions);
  app.parse(flags);
  return conditions;
}

TEST(network_flags, say_what_the_network_is_like) {
  testing::network_conditions expected;
  EXPECT_EQ(read(""), expected);
  expected.round_trip = 50ms;
  expected.jitter = 1500us;
  expected.connection_rate = 6'000'000;
  expected.dc_rate = 100 << 20;
  expected.total_rate = 123;
  expected.burst = 64 << 10;
  expected.slow = testing::slow_connections::nth;
  expected.slow_number = 3;
  expected.slow_share = 0.1;
  expected.reset_every = 2s;
  expected.troubled_dc = 4;
  expected.budget_bytes = 500'000;
  expected.budget_requests = 10;
  expected.budget_burst = 4s;
  expected.budget_of = testing::budget_scope::cluster;
  expected.budget_answer = testing::budget_refusal::flood_premium_wait;
  expected.stall_chance = 0.01;
  expected.silence_chance = 0.02;
  expected.long_chance = 0.03;
  expected.reference_lifetime = 30s;
  expected.seed = 7;
  EXPECT_EQ(
      read("--round-trip 50ms --jitter 1.5ms --connection-rate 6MB --dc-rate 100MiB "
           "--total-rate 123 --burst 64KiB --slow-connection 3 --slow-share 10% "
           "--reset-every 2s --troubled-dc 4 --budget-bytes 500KB --budget-requests 10/s "
           "--budget-burst 4s "
           "--budget-of-all --premium-wait --stall-chance 1% --silence-chance 2% --long-chance 3% "
           "--reference-lifetime 30s --network-seed 7"),
      expected);
  EXPECT_EQ(read("--one-slow-connection").slow, testing::slow_connections::one_at_a_time);
}

TEST(network_flags, refuse_what_is_no_size_time_or_share) {
  for (const std::string wrong : {"", "MB", "6mb", "-1", "6 MB", "1e99", "nan", "6MBs"}) {
    EXPECT_THROW(parse_size(wrong), error) << wrong;
  }
  for (const std::string wrong : {"", "50", "-1s", "ms", "2h", "1e9s"}) {
    EXPECT_THROW(parse_time(wrong), error) << wrong;
  }
  for (const std::string wrong : {"", "1", "101%", "-1%", "%"}) {
    EXPECT_THROW(parse_percentage(wrong), error) << wrong;
  }
  for (const std::string flag : {"--round-trip 50", "--silence-chance 2", "--long-chance 101%",
                                 "--reference-lifetime soon"}) {
    try {
      read(flag);
      ADD_FAILURE() << flag;
    } catch (const CLI::ParseError& refused) {
      const std::string name = flag.substr(0, flag.find(' '));
      EXPECT_NE(std::string(refused.what()).find(name), std::string::npos) << refused.what();
    }
  }
}

}  // namespace
}  // namespace mtfetch::local_dc
