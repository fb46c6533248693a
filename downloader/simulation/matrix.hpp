// SPDX-License-Identifier: BSL-1.0
// The rows of the network matrix: round trip x limit x fault.
#pragma once

#include <mtfetch/network_conditions.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch::simulation {

inline constexpr int matrix_connections = 8;  ///< at most, for everybody

struct row {
  std::string name;
  testing::network_conditions network;
  /// Takes 10 s at the capacity, 60 s where a budget rules.
  std::int64_t size = 0;
  double capacity = 0;  ///< bytes a second: the least of the row's limits and budgets

  bool has_budget() const { return network.budget_bytes > 0 || network.budget_requests > 0; }
};

/// All 54, those of the least round trip first.
std::vector<row> matrix_rows();

}  // namespace mtfetch::simulation
