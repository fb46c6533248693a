// SPDX-License-Identifier: BSL-1.0
// What cluster_options::conditions do to answers with parts of files: budgets and drawn faults.
#pragma once

#include <cstdint>
#include <mtfetch/instant.hpp>
#include <mtfetch/testing.hpp>
#include <optional>

#include "mtproto/testing/network/budget.hpp"
#include "mtproto/testing/network/fault_dice.hpp"

namespace mtfetch::testing {

class part_conditions {
 public:
  explicit part_conditions(const network_conditions& conditions)
      : budget_(conditions), dice_(conditions) {}

  /// What happens to a request of this account, whose answer has `size` bytes of a file.
  std::optional<fault_action> meet(std::int64_t account, std::size_t size, time_point now);

 private:
  budget budget_;
  fault_dice dice_;
};

}  // namespace mtfetch::testing
