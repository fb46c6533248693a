// SPDX-License-Identifier: BSL-1.0
// engine.sim_seeds_per_s: downloads over drawn networks, three kinds of fault or more in each, every
// window compared, a second of one processor. Seeds that fail are named.
//   engine_figures [FIRST LAST]   seeds 1 to 2000, else those named
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "downloader/simulation/drawn.hpp"

int main(int count, char** arguments) {
  const std::uint64_t first = count > 2 ? std::stoull(arguments[1]) : 1;
  const std::uint64_t last = count > 2 ? std::stoull(arguments[2]) : 2000;
  bool failed = false;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const mtfetch::simulation::run ended = mtfetch::simulation::run_drawn(seed);
    if (ended.problem.empty()) continue;
    failed = true;
    fmt::print(stderr, "seed {}: {}\n", seed, ended.problem);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print(
      "{{\"figure\": \"engine.sim_seeds_per_s\", \"value\": {:.0f}, \"unit\": \"1/s\", \"note\": "
      "\"seeds {} to {} on one core\"}}\n",
      static_cast<double>(last - first + 1) / took.count(), first, last);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
