// SPDX-License-Identifier: BSL-1.0
// How long something held, all in all.
#pragma once

#include <mtfetch/instant.hpp>

#include <algorithm>

namespace mtfetch::engine {

class stopwatch {
 public:
  void set(bool runs, time_point now) {
    total_ = total(now);
    since_ = now;
    runs_ = runs;
  }
  /// From zero, and on where it ran.
  void restart(time_point now) {
    total_ = duration(0);
    since_ = now;
  }
  bool runs() const { return runs_; }
  duration total(time_point now) const {
    return runs_ ? total_ + std::max(now - since_, duration(0)) : total_;
  }

 private:
  duration total_{0};
  time_point since_;
  bool runs_ = false;
};

}  // namespace mtfetch::engine
