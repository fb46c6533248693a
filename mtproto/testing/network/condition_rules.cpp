// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/condition_rules.hpp"

#include <cmath>
#include <string_view>
#include <utility>

namespace mtfetch::testing {

namespace {

template <class T>
using named = std::pair<std::string_view, T network_conditions::*>;
using conditions_of = network_conditions;

constexpr named<double> shares[] = {{"slow_share", &conditions_of::slow_share},
                                    {"stall_chance", &conditions_of::stall_chance},
                                    {"silence_chance", &conditions_of::silence_chance},
                                    {"corrupt_chance", &conditions_of::corrupt_chance},
                                    {"short_chance", &conditions_of::short_chance},
                                    {"long_chance", &conditions_of::long_chance},
                                    {"empty_chance", &conditions_of::empty_chance},
                                    {"expired_chance", &conditions_of::expired_chance}};
constexpr named<duration> times[] = {{"round_trip", &conditions_of::round_trip},
                                     {"jitter", &conditions_of::jitter},
                                     {"reset_every", &conditions_of::reset_every},
                                     {"budget_burst", &conditions_of::budget_burst},
                                     {"reference_lifetime", &conditions_of::reference_lifetime}};
constexpr named<std::int64_t> sizes[] = {{"connection_rate", &conditions_of::connection_rate},
                                         {"dc_rate", &conditions_of::dc_rate},
                                         {"total_rate", &conditions_of::total_rate},
                                         {"burst", &conditions_of::burst},
                                         {"budget_bytes", &conditions_of::budget_bytes}};

}  // namespace

std::optional<std::string> wrong_with(const network_conditions& conditions) {
  for (const auto& [name, share] : shares) {
    const double value = conditions.*share;
    if (value >= 0 && value <= 1) continue;  // a NaN is neither
    return std::string(name) + " is a share from 0 to 1, not " + std::to_string(value);
  }
  for (const auto& [name, time] : times) {
    const duration value = conditions.*time;
    if (value >= duration(0)) continue;
    return std::string(name) + " is no time before now: " + std::to_string(value.count()) + " ns";
  }
  for (const auto& [name, size] : sizes) {
    const std::int64_t value = conditions.*size;
    if (value >= 0) continue;
    return std::string(name) + " is 0 bytes or more, not " + std::to_string(value);
  }
  const double requests = conditions.budget_requests;
  if (std::isfinite(requests) && requests >= 0) return std::nullopt;
  return "budget_requests is 0 or more, not " + std::to_string(requests);
}

}  // namespace mtfetch::testing
