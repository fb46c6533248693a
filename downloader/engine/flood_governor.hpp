// SPDX-License-Identifier: BSL-1.0
// Honours FLOOD_WAIT_X and FLOOD_PREMIUM_WAIT_X of one data centre: a pause, never an error.
#pragma once

#include <mtfetch/instant.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mtfetch::engine {

/// While it pauses nothing is sent. Afterwards one request goes out as a probe, and only when that
/// one is answered do all others follow; else a full window would be refused again.
class flood_governor {
 public:
  /// The server asked to wait. A nonsensical number is brought into 1 s .. 14 days.
  void on_flood(std::int32_t seconds, time_point now) {
    const std::int32_t bounded = std::clamp(seconds, std::int32_t{1}, std::int32_t{14 * 86400});
    until_ = std::max(until_, now + std::chrono::seconds(bounded));
    probing_ = true;
    ++refused_;
  }
  void on_answer(time_point now) {
    if (now >= until_) probing_ = false;
  }
  bool may_send(time_point now, std::size_t outstanding) const {
    return now >= until_ && (!probing_ || outstanding == 0);
  }
  bool paused(time_point now) const { return now < until_; }
  time_point until() const { return until_; }
  std::size_t refused() const { return refused_; }

 private:
  time_point until_ = time_point::min();
  bool probing_ = false;
  std::size_t refused_ = 0;
};

}  // namespace mtfetch::engine
