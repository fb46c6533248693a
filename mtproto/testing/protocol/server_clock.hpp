// SPDX-License-Identifier: BSL-1.0
// The server's time: its wall clock, in seconds.
#pragma once

#include <chrono>
#include <mtfetch/instant.hpp>

#include "mtproto/testing/protocol/salt_schedule.hpp"

namespace mtfetch::testing {

inline unix_seconds unix_time(instant now) {
  return std::chrono::duration_cast<std::chrono::seconds>(now.wall.time_since_epoch()).count();
}

}  // namespace mtfetch::testing
