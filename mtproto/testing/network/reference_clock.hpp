// SPDX-License-Identifier: BSL-1.0
// File references that expire every so often.
#pragma once

#include <cstdint>
#include <mtfetch/instant.hpp>
#include <mtfetch/network_conditions.hpp>

namespace mtfetch::testing {

/// References are numbered by the lifetime in which they were given out; only the present number
/// is good. For each account they lapse at another moment of the lifetime, so that not all meet it
/// at once.
class reference_clock {
 public:
  explicit reference_clock(const network_conditions& conditions)
      : lifetime_(conditions.reference_lifetime) {}

  /// The number of references given out to this account now.
  std::uint64_t number(std::int64_t account, time_point now) const {
    if (lifetime_ <= duration(0)) return 0;
    const auto shift = lifetime_ * (account % 16) / 16;
    return static_cast<std::uint64_t>((now.time_since_epoch() + shift) / lifetime_);
  }
  bool is_good(std::uint64_t reference, std::int64_t account, time_point now) const {
    return reference == number(account, now);
  }

 private:
  duration lifetime_;
};

}  // namespace mtfetch::testing
