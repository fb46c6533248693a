// SPDX-License-Identifier: BSL-1.0
// A limit on bytes a second that lets a pause be made up for, by a burst at most.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mtfetch/instant.hpp>

namespace mtfetch::testing {

/// Kept as the moment up to which it is spent rather than as a number of tokens, so that nothing
/// need be added up while nothing happens, and a new rate holds for what comes.
class token_bucket {
 public:
  /// Without a rate everything passes at once.
  token_bucket() = default;
  token_bucket(double rate, std::int64_t burst) : burst_(burst) { set_rate(rate); }

  void set_rate(double bytes_per_second) { rate_ = bytes_per_second; }
  bool is_limit() const { return rate_ > 0; }

  /// When these bytes may have passed, if none pass before them; now at the earliest.
  time_point passes_at(std::int64_t bytes, time_point now) const {
    if (!is_limit()) return now;
    return std::max(now, std::max(spent_, now) + time_of(bytes) - time_of(burst_));
  }
  void take(std::int64_t bytes, time_point now) {
    if (is_limit()) spent_ = std::max(spent_, now) + time_of(bytes);
  }

 private:
  duration time_of(std::int64_t bytes) const {
    return duration(std::llround(static_cast<double>(bytes) * 1e9 / rate_));
  }

  double rate_ = 0;
  std::int64_t burst_ = 0;
  time_point spent_ = time_point::min();
};

}  // namespace mtfetch::testing
