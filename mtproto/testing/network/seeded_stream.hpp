// SPDX-License-Identifier: BSL-1.0
// Random numbers that are the same on every machine and with every standard library.
#pragma once

#include <cstdint>

namespace mtfetch::testing {

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
/// Eight bytes of state, so that each connection has its own and none disturbs another.
class seeded_stream {
 public:
  seeded_stream() = default;
  /// Streams of one seed with different names do not resemble each other.
  seeded_stream(std::uint64_t seed, std::uint64_t name) : state_(seed) {
    state_ = next() ^ (name * odd);
  }

  std::uint64_t next() {
    state_ += odd;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }
  /// 0 up to, not including, 1.
  double share() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  /// 0 up to and including `most`.
  std::int64_t up_to(std::int64_t most) {
    return most <= 0 ? 0
                     : static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(most) + 1));
  }
  /// Draws always, so that one chance does not shift the draws of others.
  bool hits(double chance) { return share() < chance; }

 private:
  static constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
  std::uint64_t state_ = 0;
};

}  // namespace mtfetch::testing
