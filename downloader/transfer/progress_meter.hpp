// SPDX-License-Identifier: BSL-1.0
// The rate of a file over the last seconds.
#pragma once

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <deque>

namespace mtfetch::transfer {

class progress_meter {
 public:
  /// So many bytes are there now.
  void observe(std::int64_t done, time_point now);
  /// Bytes a second between the oldest and the newest observation kept.
  double rate() const;

 private:
  struct sample {
    time_point when;
    std::int64_t done;
  };
  std::deque<sample> samples_;
};

}  // namespace mtfetch::transfer
