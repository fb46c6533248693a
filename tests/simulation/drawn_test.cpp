// SPDX-License-Identifier: BSL-1.0
// Ten thousand downloads over drawn networks with three kinds of fault or more, every window
// compared. A failing seed is named; it runs alone with
//   MTFETCH_SIM_SEED=4711 simulation_test --gtest_filter='drawn_runs.one_seed_alone'
#include "downloader/simulation/drawn.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace mtfetch::simulation {
namespace {

constexpr std::uint64_t shards = 20;
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr std::uint64_t seeds_each = 500;
#else
constexpr std::uint64_t seeds_each = 25;  // some twenty times slower
#endif

void expect_survival(std::uint64_t seed) {
  const run ended = run_drawn(seed);
  ASSERT_EQ(ended.problem, "") << "MTFETCH_SIM_SEED=" << seed;
}

// A case a shard, so that ctest spreads them over the processors.
class drawn_shard : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(drawn_shard, ends_with_every_byte_right) {
  const std::uint64_t first = 1 + GetParam() * seeds_each;
  for (std::uint64_t seed = first; seed < first + seeds_each; ++seed) {
    expect_survival(seed);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(drawn_runs, drawn_shard, ::testing::Range(std::uint64_t{0}, shards));

TEST(drawn_runs, one_seed_alone) {
  const char* named = std::getenv("MTFETCH_SIM_SEED");
  expect_survival(named == nullptr ? 1 : std::stoull(named));
}

TEST(drawn_runs, a_seed_repeats_itself) {
  const run first = run_drawn(77);
  const run second = run_drawn(77);
  EXPECT_EQ(first.took, second.took);
  EXPECT_EQ(first.requests, second.requests);
  EXPECT_EQ(first.fetched, second.fetched);
}

TEST(drawn_runs, go_by_a_cdn_at_times) {
  int over_cdn = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) over_cdn += run_drawn(seed).from_cdn > 0;
  EXPECT_GE(over_cdn, 3);
}

TEST(drawn_runs, meet_three_kinds_of_fault_or_more) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const testing::network_conditions met = drawn_settings(seed).network;
    const int kinds = (met.stall_chance > 0) + (met.silence_chance > 0) + (met.corrupt_chance > 0) +
                      (met.short_chance > 0) + (met.long_chance > 0) + (met.empty_chance > 0) +
                      (met.expired_chance > 0) + (met.reset_every > duration(0)) +
                      (met.slow != testing::slow_connections::none) + (met.budget_bytes > 0) +
                      (met.budget_requests > 0);
    EXPECT_GE(kinds, least_faults) << "seed " << seed;
  }
}

}  // namespace
}  // namespace mtfetch::simulation
