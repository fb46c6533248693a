// SPDX-License-Identifier: BSL-1.0
// The engine against a simulated server, in virtual time.
#include "simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

simulation_settings one_file(std::int64_t size) {
  simulation_settings settings;
  simulated_file file;
  file.size = size;
  settings.files.push_back(file);
  return settings;
}

// One fault at request n, all others answered.
auto at(std::size_t n, fault met) {
  return [n, met](std::size_t i, bool) { return i == n ? met : fault::none; };
}

TEST(simulation, fetches_files_of_every_odd_size_byte_for_byte) {
  const std::int64_t sizes[] = {0,      1,      4095,    4096,        131071,
                                131072, 131073, mib - 1, 3 * mib + 7, 65 * mib + 1};
  for (const std::int64_t size : sizes) {
    simulation run(one_file(size));
    ASSERT_TRUE(run.run()) << size << ": " << run.problem;
    EXPECT_TRUE(run.complete(0)) << size << ": " << run.failure(0);
    EXPECT_TRUE(run.identical(0)) << size;
    EXPECT_EQ(run.verified(0), size);
    EXPECT_EQ(run.bytes_served, size) << "nothing is fetched twice";
  }
}

TEST(simulation, an_empty_file_asks_the_server_nothing) {
  simulation run(one_file(0));
  ASSERT_TRUE(run.run());
  EXPECT_EQ(run.requests, 0U);
  EXPECT_EQ(run.connections_opened, 0U);
}

TEST(simulation, fetches_beyond_four_gibibytes) {
  simulation_settings settings = one_file(4096 * mib + 3 * mib + 11);
  for (std::int64_t at = 0; at < 4090 * mib; at += hash_window) {
    settings.files[0].complete.push_back(right_window(at, settings.files[0].size));
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.bytes_served, 9 * mib + 11);
  EXPECT_GT(std::ranges::max(run.parts, {}, &part::offset).offset, 4096 * mib);
}

TEST(simulation, one_connection_for_a_small_file_eight_for_a_large_one) {
  simulation small(one_file(mib));
  ASSERT_TRUE(small.run());
  EXPECT_EQ(small.most_connections, 1U);
  simulation large(one_file(200 * mib));
  ASSERT_TRUE(large.run());
  EXPECT_EQ(large.most_connections, 8U);
  EXPECT_LE(large.most_in_flight, 40 * mib);
}

TEST(simulation, fills_a_long_way) {
  simulation_settings settings = one_file(400 * mib);
  settings.round_trip = milliseconds(200);
  settings.rate = 6e6;
  simulation run(settings);
  ASSERT_TRUE(run.run());
  const double goodput =
      static_cast<double>(400 * mib) / std::chrono::duration<double>(run.took).count();
  EXPECT_GT(goodput, 0.7 * 8 * 6e6);
}

TEST(simulation, survives_every_fault_at_every_step) {
  const fault faults[] = {fault::lost,    fault::error, fault::cut,       fault::empty,
                          fault::corrupt, fault::flood, fault::reference, fault::reset};
  simulation plain(one_file(5 * mib + 99));
  ASSERT_TRUE(plain.run());
  for (const fault met : faults) {
    for (std::size_t n = 0; n < plain.requests; ++n) {
      simulation_settings settings = one_file(5 * mib + 99);
      settings.faults = at(n, met);
      simulation run(settings);
      ASSERT_TRUE(run.run()) << "fault " << static_cast<int>(met) << " at request " << n << ": "
                             << run.problem;
      EXPECT_TRUE(run.complete(0)) << run.failure(0);
      EXPECT_TRUE(run.identical(0));
      EXPECT_LT(run.took, seconds(60));
    }
  }
}

TEST(simulation, survives_every_failed_opening) {
  for (std::size_t n = 0; n < 8; ++n) {
    simulation_settings settings = one_file(60 * mib);
    settings.open_fails = [n](std::size_t i) { return i == n; };
    simulation run(settings);
    ASSERT_TRUE(run.run()) << run.problem;
    EXPECT_TRUE(run.complete(0)) << run.failure(0);
  }
}

TEST(simulation, gives_up_in_words_when_nobody_listens) {
  simulation_settings settings = one_file(60 * mib);
  settings.open_fails = [](std::size_t) { return true; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_EQ(run.failure(0), "nobody listens");
  EXPECT_EQ(run.failure_code(0), make_error_code(transport_errc::unreachable));
  EXPECT_LE(run.connections_opened, 10U);
  EXPECT_LT(run.took, seconds(60));
}

TEST(simulation, gives_up_in_words_when_nothing_is_ever_answered) {
  simulation_settings settings = one_file(60 * mib);
  settings.faults = [](std::size_t, bool) { return fault::lost; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_EQ(run.failure(0), "the server does not answer");
}

TEST(simulation, an_answer_cut_short_for_ever_is_an_error_and_never_the_end) {
  for (const fault met : {fault::cut, fault::empty}) {
    simulation_settings settings = one_file(3 * mib);
    settings.faults = [met](std::size_t, bool for_hashes) {
      return for_hashes ? fault::none : met;
    };
    simulation run(settings);
    ASSERT_TRUE(run.run()) << run.problem;
    EXPECT_FALSE(run.complete(0));
    EXPECT_EQ(run.failure_code(0), make_error_code(storage_errc::size_mismatch));
  }
}

TEST(simulation, repairs_a_corrupt_window_alone) {
  simulation_settings settings = one_file(2 * mib);
  std::size_t parts = 0;
  settings.faults = [&parts](std::size_t, bool for_hashes) {
    return !for_hashes && parts++ == 1 ? fault::corrupt : fault::none;
  };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.part_requests, 4U) << "two parts of 512 KiB, one of 1 MiB, and the repair";
  EXPECT_EQ(run.parts.back().limit, 131072);
  EXPECT_EQ(run.bytes_served, 2 * mib + hash_window);
}

TEST(simulation, names_the_range_that_stays_corrupt) {
  simulation_settings settings = one_file(2 * mib);
  settings.faults = [](std::size_t, bool) { return fault::corrupt; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_EQ(run.failure_code(0), make_error_code(storage_errc::hash_mismatch));
  EXPECT_NE(run.failure(0).find("do not match the server's SHA-256"), std::string::npos);
  EXPECT_NE(run.failure(0).find("bytes "), std::string::npos);
}

TEST(simulation, a_server_without_hashes_is_no_error) {
  simulation_settings settings = one_file(5 * mib);
  settings.files[0].has_hashes = false;
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.complete(0));
  EXPECT_EQ(run.verified(0), 0);
}

TEST(simulation, follows_a_migration_once_for_the_file) {
  simulation_settings settings = one_file(30 * mib);
  settings.files[0].dc = 4;
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_LE(run.requests_by_dc[2], 24U) << "only what was under way when the first answer came";
  EXPECT_GE(run.requests_by_dc[4], 60U);
}

TEST(simulation, refreshes_a_lapsed_reference_once_for_all_parts) {
  simulation_settings settings = one_file(60 * mib);
  settings.faults = at(30, fault::reference);
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.refreshes, 1U);
}

TEST(simulation, ends_in_words_when_no_reference_is_taken) {
  simulation_settings settings = one_file(10 * mib);
  settings.never_refreshes = true;
  settings.faults = at(3, fault::reference);
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_NE(run.failure(0).find("file reference"), std::string::npos);
  EXPECT_LE(run.refreshes, 3U);
}

TEST(simulation, a_flood_wait_pauses_and_never_fails) {
  simulation_settings settings = one_file(40 * mib);
  settings.faults = [](std::size_t n, bool) { return n % 40 == 20 ? fault::flood : fault::none; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.bytes_served, 40 * mib);
  EXPECT_LT(run.refused_by_flood, run.requests / 3);
}

TEST(simulation, a_lost_answer_is_asked_for_again_long_before_the_connection_is_dead) {
  simulation_settings settings = one_file(40 * mib);
  settings.faults = at(50, fault::lost);
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_LT(run.took, seconds(5));
}

TEST(simulation, many_files_share_the_connections_and_all_arrive) {
  simulation_settings settings;
  for (int i = 0; i < 40; ++i) {
    simulated_file file;
    file.size = 20'000 + 300'001LL * i;
    file.claimed_dc = 1 + i % 5;
    file.dc = i % 7 == 0 ? 3 : file.claimed_dc;
    settings.files.push_back(file);
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  for (std::size_t i = 0; i < 40; ++i) EXPECT_TRUE(run.identical(i)) << i << run.failure(i);
  EXPECT_LE(run.most_connections, 8U);
  EXPECT_LE(run.most_in_flight, 40 * mib);
}

TEST(simulation, a_small_file_does_not_wait_for_a_large_one) {
  simulation_settings settings = one_file(600 * mib);
  simulated_file small;
  small.size = 20'000;
  settings.files.push_back(small);
  settings.stop_after = seconds(3);
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_FALSE(run.complete(0));
  EXPECT_TRUE(run.complete(1));
}

TEST(simulation, goes_on_after_a_kill_with_what_was_made_durable) {
  for (int cut = 1; cut < 30; cut += 3) {
    simulation_settings settings = one_file(100 * mib + 5);
    settings.rate = 4e6;
    settings.stop_after = milliseconds(200 * cut);
    simulation killed(settings);
    ASSERT_TRUE(killed.run()) << killed.problem;
    simulation_settings next = one_file(100 * mib + 5);
    next.files[0].complete = killed.durable(0);
    simulation resumed(next);
    ASSERT_TRUE(resumed.run()) << resumed.problem;
    EXPECT_TRUE(resumed.identical(0));
    std::int64_t kept = 0;
    for (const window_record& window : next.files[0].complete) kept += window.size;
    EXPECT_EQ(resumed.bytes_served + kept, 100 * mib + 5);
    EXPECT_LE(killed.bytes_served - kept, 64 * mib);
  }
}

TEST(simulation, keeps_bytes_of_unknown_worth_that_the_hashes_vouch_for) {
  simulation_settings settings = one_file(4 * mib);
  for (std::int64_t at = 0; at < 2 * mib; at += hash_window) {
    window_record found = right_window(at, settings.files[0].size);
    if (at == 5 * hash_window) found.sha256[3] ^= 1U;
    settings.files[0].candidates.push_back(found);
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.bytes_served, 2 * mib + hash_window);
}

TEST(simulation, trusts_no_bytes_of_unknown_worth_without_hashes) {
  simulation_settings settings = one_file(2 * mib);
  settings.files[0].has_hashes = false;
  for (std::int64_t at = 0; at < 2 * mib; at += hash_window) {
    settings.files[0].candidates.push_back(right_window(at, 2 * mib));
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_TRUE(run.identical(0));
  EXPECT_EQ(run.bytes_served, 2 * mib);
}

// Everything at once. A failing seed is run alone with --gtest_filter and this number.
void expect_survival(std::uint64_t seed) {
  std::mt19937_64 draw(seed);
  simulation_settings settings;
  settings.seed = seed;
  settings.round_trip = milliseconds(2 + draw() % 200);
  settings.rate = 5e5 + static_cast<double>(draw() % 20'000'000);
  settings.hash_span = hash_window * static_cast<std::int64_t>(1 + draw() % 16);
  for (std::uint64_t i = 1 + draw() % 3; i > 0; --i) {
    simulated_file file;
    file.size = static_cast<std::int64_t>(draw() % (24 * mib));
    file.claimed_dc = static_cast<int>(1 + draw() % 5);
    file.dc = draw() % 4 == 0 ? static_cast<int>(1 + draw() % 5) : file.claimed_dc;
    settings.files.push_back(file);
  }
  const std::uint64_t per_thousand[] = {draw() % 30, draw() % 30, draw() % 20, draw() % 20,
                                        draw() % 30, draw() % 5,  draw() % 8,  draw() % 20};
  auto faults = std::make_shared<std::mt19937_64>(seed ^ 0xfau);
  settings.faults = [faults, per_thousand](std::size_t, bool for_hashes) {
    std::uint64_t at = (*faults)() % 1000;
    for (std::size_t kind = 0; kind < std::size(per_thousand); ++kind) {
      if (at < per_thousand[kind]) {
        const auto met = static_cast<fault>(kind + 1);
        const bool of_bytes = met == fault::cut || met == fault::empty || met == fault::corrupt;
        return for_hashes && of_bytes ? fault::none : met;
      }
      at -= per_thousand[kind];
    }
    return fault::none;
  };
  settings.open_fails = [faults](std::size_t) { return (*faults)() % 10 == 0; };
  simulation run(settings);
  ASSERT_TRUE(run.run()) << "seed " << seed << ": " << run.problem;
  ASSERT_LE(run.most_in_flight, 40 * mib) << "seed " << seed;
  ASSERT_LE(run.most_connections, 8U) << "seed " << seed;
  for (std::size_t i = 0; i < settings.files.size(); ++i) {
    ASSERT_TRUE(run.complete(i)) << "seed " << seed << ": " << run.failure(i);
    ASSERT_TRUE(run.identical(i)) << "seed " << seed;
    ASSERT_EQ(run.verified(i), settings.files[i].size) << "seed " << seed;
  }
}

TEST(simulation, a_thousand_seeds_of_mixed_faults_all_end_well) {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    expect_survival(seed);
    if (HasFatalFailure()) return;
  }
}

TEST(simulation, a_seed_repeats_itself) {
  std::vector<std::size_t> counts;
  for (int round = 0; round < 2; ++round) {
    simulation_settings settings = one_file(30 * mib);
    settings.seed = 5;
    auto faults = std::make_shared<std::mt19937_64>(9);
    settings.faults = [faults](std::size_t, bool) {
      return (*faults)() % 20 == 0 ? fault::lost : fault::none;
    };
    simulation run(settings);
    ASSERT_TRUE(run.run());
    counts.push_back(run.requests);
    counts.push_back(static_cast<std::size_t>(run.took.count()));
  }
  EXPECT_EQ(counts[0], counts[2]);
  EXPECT_EQ(counts[1], counts[3]);
}

}  // namespace
}  // namespace mtfetch::engine
