// SPDX-License-Identifier: BSL-1.0
// Rows of the network matrix that a test holds, since virtual time is the same everywhere. The
// whole matrix is bench/network_figures.
#include "downloader/simulation/engine_run.hpp"
#include "downloader/simulation/fixed_policy.hpp"
#include "downloader/simulation/matrix.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <stdexcept>
#include <string_view>

namespace mtfetch::simulation {
namespace {

run ours(const row& of, std::uint64_t seed) {
  engine_settings settings;
  settings.network = of.network;
  settings.network.seed = seed;
  settings.engine.max_connections = matrix_connections;
  settings.files = {of.size};
  return run_engine(settings);
}

row row_named(std::string_view name) {
  const std::vector<row> rows = matrix_rows();
  const auto found = std::ranges::find(rows, name, &row::name);
  if (found == rows.end()) throw std::invalid_argument("no row is named so");
  return *found;
}

TEST(matrix, has_54_rows_of_different_names) {
  std::vector<row> rows = matrix_rows();
  EXPECT_EQ(rows.size(), 54U);
  std::ranges::sort(rows, {}, &row::name);
  EXPECT_EQ(std::ranges::adjacent_find(rows, {}, &row::name), rows.end());
}

TEST(matrix, nothing_is_fetched_twice_where_nothing_goes_wrong) {
  for (const row& of : matrix_rows()) {
    if (!of.name.ends_with("no faults")) continue;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const run ended = ours(of, seed);
      EXPECT_EQ(ended.problem, "") << of.name;
      EXPECT_EQ(ended.fetched, of.size) << of.name << ", seed " << seed;
    }
  }
}

struct bound {
  const char* name;
  double least;  // share of the capacity

  friend void PrintTo(const bound& what, std::ostream* out) { *out << what.name; }
};

class bounded_row : public ::testing::TestWithParam<bound> {};

TEST_P(bounded_row, uses_the_capacity) {
  const row of = row_named(GetParam().name);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const run ended = ours(of, seed);
    EXPECT_EQ(ended.problem, "");
    EXPECT_GE(ended.goodput(), GetParam().least * of.capacity) << of.name << ", seed " << seed;
    EXPECT_LE(ended.most_connections, matrix_connections);
    EXPECT_LE(static_cast<double>(ended.late_refused),
              0.05 * static_cast<double>(ended.late_requests))
        << of.name << ", seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    matrix, bounded_row,
    ::testing::Values(bound{"5 ms, 100 MB/s for the DC, no faults", 0.92},
                      bound{"50 ms, 1 MB/s a connection, no faults", 0.92},
                      bound{"200 ms, 6 MB/s a connection, no faults", 0.85},
                      bound{"200 ms, 100 MB/s for the DC, no faults", 0.85},
                      bound{"50 ms, 6 MB/s a connection, 1 % of answers stall", 0.80},
                      bound{"200 ms, 1 MB/s a connection, 1 % of answers stall", 0.80},
                      bound{"200 ms, 6 MB/s a connection, a connection is reset every 2 s", 0.70},
                      bound{"50 ms, 6 MB/s a connection, one connection at 5 %", 0.80},
                      bound{"200 ms, 1 MB/s a connection, a budget of 40 % in bytes", 0.80},
                      bound{"200 ms, 6 MB/s a connection, a budget of 10 requests/s", 0.80}));

// Somebody looks into a file at thirty places while it is fetched at full speed, half a second
// apart: each time a round trip, what the window itself takes, and little more. Where answers stall
// or a connection crawls, a copy of the request has to help.
struct look {
  const char* row;
  double typical;  // round trips and transfer times of a window on a connection by itself
  duration longest;

  friend void PrintTo(const look& what, std::ostream* out) { *out << what.row; }
};

class looks_into : public ::testing::TestWithParam<look> {};

TEST_P(looks_into, gets_its_bytes_before_all_others) {
  const row of = row_named(GetParam().row);
  engine_settings settings;
  settings.network = of.network;
  settings.engine.max_connections = matrix_connections;
  settings.files = {2 * of.size};
  for (int i = 0; i < 30; ++i) {
    reading wanted;
    const std::int64_t at = settings.files[0] - settings.files[0] / 100 * (i + 1);
    wanted.bytes = {at, std::min(at + 50'000, settings.files[0])};
    wanted.at = std::chrono::milliseconds(1000 + 500 * i);
    wanted.within = std::chrono::milliseconds(300) + of.network.round_trip;
    settings.readings.push_back(wanted);
  }
  run ended = run_engine(settings);
  ASSERT_EQ(ended.problem, "");
  ASSERT_EQ(ended.waits.size(), 30U);
  std::ranges::sort(ended.waits);
  const auto rate = static_cast<double>(of.network.connection_rate > 0 ? of.network.connection_rate
                                                                       : of.network.dc_rate);
  // Fifty thousand bytes touch two windows at most.
  const double alone = std::chrono::duration<double>(of.network.round_trip).count() +
                       2 * static_cast<double>(engine::hash_window) / rate;
  const double typical = std::chrono::duration<double>(ended.waits[15]).count();
  EXPECT_LE(typical, GetParam().typical * alone) << alone;
  EXPECT_LE(ended.waits.back(), GetParam().longest)
      << std::chrono::duration<double>(ended.waits.back()).count();
}

using std::chrono::milliseconds;
INSTANTIATE_TEST_SUITE_P(
    matrix, looks_into,
    ::testing::Values(
        look{"5 ms, 6 MB/s a connection, no faults", 1.2, milliseconds(600)},
        look{"50 ms, 1 MB/s a connection, no faults", 1.2, milliseconds(1500)},
        look{"50 ms, 6 MB/s a connection, no faults", 1.2, milliseconds(600)},
        look{"50 ms, 100 MB/s for the DC, no faults", 1.5, milliseconds(600)},
        look{"200 ms, 6 MB/s a connection, no faults", 1.2, milliseconds(900)},
        look{"200 ms, 100 MB/s for the DC, no faults", 1.5, milliseconds(900)},
        look{"50 ms, 6 MB/s a connection, 1 % of answers stall", 1.5, milliseconds(1500)},
        look{"50 ms, 6 MB/s a connection, one connection at 5 %", 1.5, milliseconds(1500)}));

TEST(matrix, ours_keeps_up_with_the_best_of_the_fixed_settings) {
  for (const char* name : {"5 ms, 6 MB/s a connection, no faults",
                           "50 ms, 1 MB/s a connection, a connection is reset every 2 s",
                           "200 ms, 6 MB/s a connection, one connection at 5 %",
                           "200 ms, 6 MB/s a connection, a budget of 10 requests/s"}) {
    const row of = row_named(name);
    double best = 0;
    for (const fixed_policy& policy : fixed_policies()) {
      const run ended = run_policy(policy, of.network, of.size);
      if (ended.problem.empty()) best = std::max(best, ended.goodput());
    }
    EXPECT_GE(ours(of, of.network.seed).goodput(), 0.98 * best) << name;
  }
}

}  // namespace
}  // namespace mtfetch::simulation
