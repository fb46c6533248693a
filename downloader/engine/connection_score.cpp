// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/connection_score.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace mtfetch::engine {
namespace {

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

// Bytes a second; 0 where too few connections have worked long enough. Of an even number the
// better one of the middle: two slow ones of four are both far behind.
double replacement_rule::median(std::span<const measured> connections) const {
  std::vector<double> rates;
  for (const measured& one : connections) {
    if (one.busy < limits_.least_busy) continue;
    rates.push_back(static_cast<double>(one.delivered) / seconds(one.busy));
  }
  if (rates.size() < limits_.least_connections) return 0;
  const auto middle = rates.begin() + static_cast<std::ptrdiff_t>(rates.size() / 2);
  std::nth_element(rates.begin(), middle, rates.end());
  return *middle;
}

std::optional<connection_id> replacement_rule::judge(std::span<const measured> connections,
                                                     time_point now) {
  judge_at_ = now + std::chrono::milliseconds(250);
  const double typical = median(connections);
  bool undecided = false;
  bool all_worked = typical > 0;
  const measured* worst = nullptr;
  for (const measured& one : connections) {
    if (one.busy < limits_.least_busy) {
      all_worked = false;
      continue;
    }
    const double least = limits_.least_share * typical * seconds(one.busy);
    if (static_cast<double>(one.delivered) >= least) continue;
    if (static_cast<double>(one.delivered + one.owed) >= least) {
      undecided = true;
    } else if (worst == nullptr || one.delivered < worst->delivered) {
      worst = &one;
    }
  }
  over_ = now >= began_ + limits_.round && !undecided;
  if (worst == nullptr) {
    if (over_ && all_worked) wait_ = limits_.least_wait;
    return std::nullopt;
  }
  if (now < may_replace_) return std::nullopt;
  may_replace_ = now + wait_;
  wait_ = std::min(2 * wait_, limits_.most_wait);
  return worst->id;
}

}  // namespace mtfetch::engine
