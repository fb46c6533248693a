// SPDX-License-Identifier: BSL-1.0
#include "downloader/simulation/matrix.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace mtfetch::simulation {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t mb = 1'000'000;
constexpr double largest_answer = 1 << 20;

struct limit {
  const char* name;
  std::int64_t of_connection;
  std::int64_t of_dc;
  std::int64_t capacity() const { return of_dc > 0 ? of_dc : matrix_connections * of_connection; }
};
constexpr std::array<limit, 3> limits = {{
    {"1 MB/s a connection", 1 * mb, 0},
    {"6 MB/s a connection", 6 * mb, 0},
    {"100 MB/s for the DC", 0, 100 * mb},
}};

enum class fault { none, stalls, resets, slow, byte_budget, request_budget };
struct named_fault {
  const char* name;
  fault what;
};
constexpr std::array<named_fault, 6> faults = {{
    {"no faults", fault::none},
    {"1 % of answers stall", fault::stalls},
    {"a connection is reset every 2 s", fault::resets},
    {"one connection at 5 %", fault::slow},
    {"a budget of 40 % in bytes", fault::byte_budget},
    {"a budget of 10 requests/s", fault::request_budget},
}};

row make_row(milliseconds round_trip, const limit& bound, const named_fault& met) {
  row made;
  made.name = std::to_string(round_trip.count()) + " ms, " + bound.name + ", " + met.name;
  made.network.round_trip = round_trip;
  made.network.jitter = round_trip / 20;
  made.network.connection_rate = bound.of_connection;
  made.network.dc_rate = bound.of_dc;
  made.capacity = static_cast<double>(bound.capacity());
  switch (met.what) {
    case fault::none:
      break;
    case fault::stalls:
      made.network.stall_chance = 0.01;
      break;
    case fault::resets:
      made.network.reset_every = std::chrono::seconds(2);
      break;
    case fault::slow:
      made.network.slow = testing::slow_connections::one_at_a_time;
      break;
    case fault::byte_budget:
      made.network.budget_bytes = bound.capacity() * 2 / 5;
      made.capacity = static_cast<double>(made.network.budget_bytes);
      break;
    case fault::request_budget:
      made.network.budget_requests = 10;
      made.capacity = std::min(made.capacity, made.network.budget_requests * largest_answer);
      break;
  }
  made.size = static_cast<std::int64_t>(made.capacity) * (made.has_budget() ? 60 : 10);
  return made;
}

}  // namespace

std::vector<row> matrix_rows() {
  std::vector<row> rows;
  for (const auto round_trip : {milliseconds(5), milliseconds(50), milliseconds(200)}) {
    for (const limit& bound : limits) {
      for (const named_fault& met : faults) rows.push_back(make_row(round_trip, bound, met));
    }
  }
  return rows;
}

}  // namespace mtfetch::simulation
