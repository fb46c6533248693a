// SPDX-License-Identifier: BSL-1.0
// network.*: our engine and other clients' settings over the same simulated networks, in virtual
// time: a line a row of round trip x limit x fault, from 3 seeds each.
//   network_figures [--wide | --ours] [WORD ...]   only rows whose name has all the words
// --wide: a table. --ours: our utilisation alone, with the row's size and mtfetch-dc's flags for
// it, for bench/socket_rows.py.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "downloader/simulation/engine_run.hpp"
#include "downloader/simulation/fixed_policy.hpp"
#include "downloader/simulation/matrix.hpp"

namespace mtfetch::simulation {
namespace {

constexpr std::uint64_t seeds = 3;

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void print(std::string_view figure, double value, std::string_view unit, std::string_view note) {
  fmt::print(
      "{{\"figure\": \"network.{}\", \"value\": {:.3f}, \"unit\": \"{}\", \"note\": \"{}\"}}\n",
      figure, value, unit, note);
}

template <class Run>
double median_goodput(const row& of, const Run& once) {
  std::vector<double> goodputs;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    testing::network_conditions network = of.network;
    network.seed = seed;
    const run ended = once(network);
    goodputs.push_back(ended.problem.empty() ? ended.goodput() : 0);
    if (!ended.problem.empty()) fmt::print(stderr, "{}: {}\n", of.name, ended.problem);
  }
  return median(goodputs);
}

double our_goodput(const row& of, run& last) {
  return median_goodput(of, [&](const testing::network_conditions& network) {
    engine_settings settings;
    settings.network = network;
    settings.engine.max_connections = matrix_connections;
    settings.files = {of.size};
    return last = run_engine(settings);
  });
}

// Those that make mtfetch-dc what the row's network is.
std::string flags_of(const testing::network_conditions& of) {
  const auto milliseconds = [](duration span) {
    return fmt::format("{}ms", std::chrono::duration<double, std::milli>(span).count());
  };
  std::string flags = fmt::format("--round-trip {} --jitter {}", milliseconds(of.round_trip),
                                  milliseconds(of.jitter));
  const auto add = [&](bool met, const std::string& flag) {
    if (met) flags += " " + flag;
  };
  add(of.connection_rate > 0, fmt::format("--connection-rate {}", of.connection_rate));
  add(of.dc_rate > 0, fmt::format("--dc-rate {}", of.dc_rate));
  add(of.stall_chance > 0, fmt::format("--stall-chance {}%", 100 * of.stall_chance));
  add(of.reset_every > duration(0), "--reset-every " + milliseconds(of.reset_every));
  add(of.slow == testing::slow_connections::one_at_a_time, "--one-slow-connection");
  add(of.budget_bytes > 0, fmt::format("--budget-bytes {}", of.budget_bytes));
  add(of.budget_requests > 0, fmt::format("--budget-requests {}", of.budget_requests));
  return flags;
}

void measure_ours(const row& of) {
  run last;
  fmt::print(
      "{{\"row\": \"{}\", \"size\": {}, \"capacity\": {}, \"utilisation\": {:.4f}, "
      "\"flags\": \"{}\"}}\n",
      of.name, of.size, of.capacity, our_goodput(of, last) / of.capacity, flags_of(of.network));
}

void measure(const row& of, bool wide) {
  run last;
  const double ours = our_goodput(of, last);
  std::vector<double> peers;
  for (const fixed_policy& policy : fixed_policies()) {
    peers.push_back(median_goodput(of, [&](const testing::network_conditions& network) {
      return run_policy(policy, network, of.size);
    }));
  }
  const double single = median_goodput(of, [&](const testing::network_conditions& network) {
    return run_policy(single_stream(), network, of.size);
  });
  const double best = *std::ranges::max_element(peers);
  const double late_refused = last.late_requests == 0 ? 0
                                                      : static_cast<double>(last.late_refused) /
                                                            static_cast<double>(last.late_requests);
  if (wide) {
    fmt::print(
        "{:62} {:5.1f} %  best {:5.2f}  median {:5.2f}  single {:6.1f}  refused {:4.1f} %  "
        "again {:4.1f} %  connections {}  |",
        of.name, 100 * ours / of.capacity, ours / best, ours / median(peers), ours / single,
        100 * late_refused,
        100.0 * static_cast<double>(last.fetched - of.size) / static_cast<double>(of.size),
        last.most_connections);
    for (const double peer : peers) fmt::print(" {:5.1f}", 100 * peer / of.capacity);
    fmt::print("\n");
    return;
  }
  print("utilisation", ours / of.capacity, "share", of.name);
  print("best_peer_ratio", ours / best, "x", of.name);
  print("median_peer_ratio", ours / median(peers), "x", of.name);
  print("single_stream_ratio", ours / single, "x", of.name);
  print("late_refusals", late_refused, "share", of.name);
}

enum class shape { figures, wide, ours };

int main_of(const std::vector<std::string_view>& words, shape as) {
  for (const row& next : matrix_rows()) {
    const bool wanted = std::ranges::all_of(
        words, [&](std::string_view word) { return next.name.find(word) != std::string::npos; });
    if (!wanted) continue;
    if (as == shape::ours) {
      measure_ours(next);
    } else {
      measure(next, as == shape::wide);
    }
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace mtfetch::simulation

int main(int count, char** arguments) {
  std::vector<std::string_view> words(arguments + 1, arguments + count);
  using mtfetch::simulation::shape;
  shape as = std::erase(words, "--wide") > 0 ? shape::wide : shape::figures;
  if (std::erase(words, "--ours") > 0) as = shape::ours;
  return mtfetch::simulation::main_of(words, as);
}
