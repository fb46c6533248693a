// SPDX-License-Identifier: BSL-1.0
#include "downloader/simulation/drawn.hpp"

#include "downloader/simulation/cloud.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace mtfetch::simulation {
namespace {

using engine::hash_window;
using engine::mib;
using std::chrono::milliseconds;

constexpr std::int64_t part_us = hash_window * 1'000'000;

enum class kind {
  stalled,
  silent,
  corrupt,
  cut,
  overlong,
  empty,
  expired,
  resets,
  slow,
  byte_budget,
  request_budget,
};
constexpr std::array kinds = {kind::stalled,  kind::silent,      kind::corrupt,       kind::cut,
                              kind::overlong, kind::empty,       kind::expired,       kind::resets,
                              kind::slow,     kind::byte_budget, kind::request_budget};

class dice {
 public:
  explicit dice(std::uint64_t seed) : numbers_(seed) {}
  // Distributions of the standard library differ from one to the next; these do not.
  std::int64_t whole(std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(numbers_() % static_cast<std::uint64_t>(most - least + 1));
  }
  double real(double least, double most) {
    return least + (most - least) * (static_cast<double>(numbers_() >> 11U) * 0x1p-53);
  }
  // Evenly over the orders of magnitude.
  double magnitude(double least, double most) {
    return std::exp(real(std::log(least), std::log(most)));
  }

 private:
  std::mt19937_64 numbers_;
};

void add_fault(testing::network_conditions& network, kind what, dice& draw) {
  const double chance = draw.magnitude(0.005, 0.04);
  switch (what) {
    case kind::stalled:
      network.stall_chance = chance;
      break;
    case kind::silent:
      network.silence_chance = chance / 4;
      break;
    case kind::corrupt:
      network.corrupt_chance = chance;
      break;
    case kind::cut:
      network.short_chance = chance;
      break;
    case kind::overlong:
      network.long_chance = chance;
      break;
    case kind::empty:
      network.empty_chance = chance;
      break;
    case kind::expired:
      network.expired_chance = chance / 2;
      break;
    case kind::resets:
      // At times hardly a part comes through before the next one, but never none.
      network.reset_every = (opening_round_trips + 1) * (network.round_trip + 2 * network.jitter) +
                            milliseconds(draw.whole(200, 3000)) +
                            std::chrono::microseconds(network.connection_rate == 0
                                                          ? 0
                                                          : part_us / network.connection_rate);
      break;
    case kind::slow:
      network.slow = testing::slow_connections::one_at_a_time;
      network.slow_share = draw.magnitude(0.02, 0.5);
      break;
    case kind::byte_budget:
      network.budget_bytes = static_cast<std::int64_t>(draw.magnitude(2e6, 2e7));
      break;
    case kind::request_budget:
      network.budget_requests = draw.magnitude(5, 200);
      break;
  }
}

}  // namespace

engine_settings drawn_settings(std::uint64_t seed) {
  dice draw(seed);
  engine_settings drawn;
  testing::network_conditions& network = drawn.network;
  network.seed = seed;
  network.round_trip = milliseconds(static_cast<std::int64_t>(draw.magnitude(1, 250)));
  network.jitter = network.round_trip * draw.whole(0, 20) / 40;
  const std::int64_t limited = draw.whole(0, 3);
  if (limited != 1) {
    network.connection_rate = static_cast<std::int64_t>(draw.magnitude(2e5, 2e7));
  }
  if (limited != 0) network.dc_rate = static_cast<std::int64_t>(draw.magnitude(2e6, 1e8));

  std::array left = kinds;
  const std::int64_t met = draw.whole(least_faults, 6);
  for (std::int64_t i = 0; i < met; ++i) {
    const auto at = static_cast<std::size_t>(draw.whole(i, std::ssize(left) - 1));
    std::swap(left[static_cast<std::size_t>(i)], left[at]);
    add_fault(network, left[static_cast<std::size_t>(i)], draw);
  }

  // Small parts, so that there are many without many bytes. Budgets make the engine ask for large
  // ones, whatever they are otherwise.
  drawn.engine.part_time = milliseconds(1);
  drawn.engine.reader_part_time = milliseconds(4);
  drawn.engine.part_size = 128 * 1024;
  const bool has_budget = network.budget_bytes > 0 || network.budget_requests > 0;
  const auto parts = static_cast<std::int64_t>(least_parts);
  std::int64_t bytes = parts * (has_budget ? mib : hash_window) + draw.whole(1, 8 * mib);
  for (std::int64_t more = draw.whole(0, 2); more > 0; --more) {
    const std::int64_t size = draw.whole(1, bytes / 4);
    drawn.files.push_back(size);
    bytes -= size / 2;
  }
  drawn.files.push_back(bytes);
  // Without hashes nobody could tell corrupt bytes from others.
  drawn.has_hashes = network.corrupt_chance > 0 || draw.whole(0, 7) > 0;
  drawn.hash_span = hash_window * draw.whole(1, 16);
  drawn.engine.max_connections = static_cast<int>(draw.whole(2, 8));
  // One in four by a CDN. Drawn last, so that it changes nothing of the others.
  drawn.cdn.redirects = draw.whole(0, 3) == 0;
  drawn.cdn.empty = draw.whole(0, 1) == 0;
  drawn.cdn.keeps_for = static_cast<std::uint64_t>(draw.whole(0, 40));
  drawn.cdn.token_parts = static_cast<std::uint64_t>(draw.whole(0, 60));
  for (std::int64_t readers = draw.whole(0, 5); readers > 0; --readers) {
    reading what;
    what.file = static_cast<std::size_t>(draw.whole(0, std::ssize(drawn.files) - 1));
    what.bytes.begin = draw.whole(0, drawn.files[what.file] - 1);
    what.bytes.end = draw.whole(what.bytes.begin + 1, drawn.files[what.file]);
    what.at = milliseconds(draw.whole(0, 3000));
    what.within = milliseconds(draw.whole(0, 2000));
    drawn.readings.push_back(what);
  }
  // The account's file references lapse all together in one of four.
  if (draw.whole(0, 3) == 0) network.reference_lifetime = milliseconds(draw.whole(3000, 12'000));
  return drawn;
}

run run_drawn(std::uint64_t seed) {
  run ended = run_engine(drawn_settings(seed));
  if (ended.problem.empty() && ended.requests < least_parts) ended.problem = "too few parts";
  return ended;
}

}  // namespace mtfetch::simulation
