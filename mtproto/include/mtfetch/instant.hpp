// SPDX-License-Identifier: BSL-1.0
// The time as it is handed to state machines: they never ask a clock.
#pragma once

#include <chrono>

namespace mtfetch {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// One moment by two clocks: `mono` for intervals and deadlines, `wall` for what Telegram calls
/// unixtime. The wall clock may be wrong and may jump; `mono` may not.
struct instant {
  time_point mono;
  std::chrono::system_clock::time_point wall;

  friend instant operator+(instant at, duration by) {
    at.mono += by;
    at.wall += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
    return at;
  }
};

/// "Never", for machines that have no deadline.
inline constexpr time_point no_deadline = time_point::max();

}  // namespace mtfetch
