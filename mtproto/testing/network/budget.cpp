// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/budget.hpp"

#include <algorithm>
#include <cmath>

namespace mtfetch::testing {
namespace {

// What a float may be short of without anybody having spent it.
constexpr double rounding = 1e-6;

/// Seconds until a bucket lets `cost` pass. One that cannot hold it lets it pass when full.
double seconds_short(double credit, double cost, double rate, double burst) {
  if (rate <= 0) return 0;
  return std::max(0.0, (std::min(cost, rate * burst) - credit) / rate);
}

}  // namespace

std::string flood_refusal::message() const {
  const char* name =
      kind == budget_refusal::flood_premium_wait ? "FLOOD_PREMIUM_WAIT_" : "FLOOD_WAIT_";
  return name + std::to_string(seconds);
}

budget::budget(const network_conditions& conditions)
    : byte_rate_(static_cast<double>(conditions.budget_bytes)),
      request_rate_(conditions.budget_requests),
      burst_(std::chrono::duration<double>(conditions.budget_burst).count()),
      scope_(conditions.budget_of),
      answer_(conditions.budget_answer) {}

std::optional<flood_refusal> budget::on_request(std::int64_t account, std::int64_t bytes,
                                                time_point now) {
  credit& of = fill(scope_ == budget_scope::cluster ? 0 : account, now);
  const double wait =
      std::max(seconds_short(of.bytes, static_cast<double>(bytes), byte_rate_, burst_),
               seconds_short(of.requests, 1, request_rate_, burst_));
  if (wait > rounding) {
    ++refused_;
    return flood_refusal{std::max<std::int64_t>(1, std::llround(std::ceil(wait - rounding))),
                         answer_};
  }
  ++passed_;
  of.bytes -= static_cast<double>(bytes);
  of.requests -= 1;
  return std::nullopt;
}

budget::credit& budget::fill(std::int64_t account, time_point now) {
  const auto [found, fresh] = accounts_.try_emplace(account);
  credit& of = found->second;
  if (fresh) of = {byte_rate_ * burst_, request_rate_ * burst_, now};
  const double passed = std::chrono::duration<double>(now - of.counted).count();
  of.bytes = std::min(byte_rate_ * burst_, of.bytes + byte_rate_ * passed);
  of.requests = std::min(request_rate_ * burst_, of.requests + request_rate_ * passed);
  of.counted = now;
  return of;
}

}  // namespace mtfetch::testing
