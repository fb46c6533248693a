// SPDX-License-Identifier: BSL-1.0
// How long to wait before something is tried again: exponential backoff with full jitter.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace mtfetch::engine {

/// Waits between nothing and min(cap, base * 2^attempt), evenly spread, so that what failed
/// together does not come back together. `attempt` counts from 0.
struct backoff {
  duration base = std::chrono::milliseconds(250);
  duration cap = std::chrono::seconds(8);

  duration wait(int attempt, const random_source& random) const {
    duration most = base;
    for (int i = 0; i < attempt && most < cap; ++i) most *= 2;
    most = std::min(most, cap);
    std::array<std::uint8_t, 4> drawn{};
    random(drawn);
    std::uint32_t value = 0;
    for (const std::uint8_t byte : drawn) value = value << 8U | byte;
    const double share = static_cast<double>(value) / 4294967295.0;
    return duration(static_cast<duration::rep>(static_cast<double>(most.count()) * share));
  }
};

}  // namespace mtfetch::engine
