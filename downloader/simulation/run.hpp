// SPDX-License-Identifier: BSL-1.0
// What came of a simulated download.
#pragma once

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch::simulation {

struct run {
  std::int64_t size = 0;
  /// Empty: every byte was fetched and is right.
  std::string problem;
  /// From the first upload.getFile to the last byte checked and written.
  duration took{0};
  std::uint64_t requests = 0;       ///< for parts
  std::uint64_t refused = 0;        ///< by FLOOD_WAIT
  std::uint64_t late_requests = 0;  ///< after the first ten seconds
  std::uint64_t late_refused = 0;
  std::int64_t fetched = 0;   ///< bytes of parts that arrived whole, those fetched twice too
  std::int64_t from_cdn = 0;  ///< bytes that lie there as a CDN sent them
  int most_connections = 0;
  std::vector<duration> waits;  ///< of readers, from their wish to their bytes

  /// Bytes a second.
  double goodput() const {
    return static_cast<double>(size) / std::chrono::duration<double>(took).count();
  }
};

/// Counts requests for parts and what they met, from the first on.
class request_counter {
 public:
  explicit request_counter(run& counted) : counted_(counted) {}
  void sent(time_point now) {
    if (counted_.requests++ == 0) first_ = now;
    if (is_late(now)) ++counted_.late_requests;
  }
  void refused(time_point now) {
    ++counted_.refused;
    if (is_late(now)) ++counted_.late_refused;
  }
  time_point first() const { return first_; }

 private:
  bool is_late(time_point now) const { return now >= first_ + std::chrono::seconds(10); }

  run& counted_;
  time_point first_;
};

}  // namespace mtfetch::simulation
