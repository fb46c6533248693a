// SPDX-License-Identifier: BSL-1.0
// Which ways were blocked lately, so that not every session finds out anew.
#pragma once

#include <mtfetch/instant.hpp>

#include <cstddef>
#include <map>
#include <string>

namespace mtfetch::net {

/// Penalties by the name of a way ("TCP 149.154.167.51:443"), each with an end. A value: no I/O, no
/// clock, bounded. All sessions of a client share one.
class way_memory {
 public:
  /// The first penalty; it doubles with each one more, up to the longest, and halves with each time
  /// as long as the longest that nothing was said against the way.
  static constexpr std::chrono::seconds shortest{30};
  static constexpr std::chrono::seconds longest{600};
  static constexpr std::size_t most_ways = 256;

  /// It could not be reached at all.
  void unreachable(const std::string& way, time_point now);
  /// It was reached and nothing of use came. That may happen to a good way once; the second time in
  /// a row it counts as blocked.
  void fruitless(const std::string& way, time_point now);
  /// It works: everything said against it is forgotten.
  void works(const std::string& way) { known_.erase(way); }


  bool blocked(const std::string& way, time_point now) const;
  /// Whether others are tried before it: it was fruitless a moment ago.
  bool behind(const std::string& way, time_point now) const;
  void forget() { known_.clear(); }
  std::size_t size() const { return known_.size(); }

 private:
  struct record {
    int fruitless = 0;  // in a row
    int penalties = 0;
    time_point until = time_point::min();
    time_point behind = time_point::min();
    time_point last = time_point::min();
  };
  record& record_of(const std::string& way, time_point now);

  std::map<std::string, record> known_;
};

}  // namespace mtfetch::net
