// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/salt_schedule.hpp"

#include <algorithm>
#include <array>

#include "mtproto/tl/reader.hpp"

namespace mtfetch::testing {

salt_schedule::salt_schedule(std::int64_t first, unix_seconds now, random_source random)
    : random_(std::move(random)), periods_{{now, now + valid_for, first}} {}

salt_schedule::salt_schedule(std::vector<salt_period> stored, random_source random)
    : random_(std::move(random)), periods_(stored.begin(), stored.end()) {}

std::int64_t salt_schedule::current(unix_seconds now) {
  forget(now);
  reach(now);
  std::int64_t newest = periods_.front().salt;
  for (const salt_period& period : periods_) {
    if (period.valid_since <= now) newest = period.salt;
  }
  return newest;
}

bool salt_schedule::accepts(std::int64_t salt, unix_seconds now) {
  forget(now);
  reach(now);
  return std::ranges::any_of(periods_, [&](const salt_period& period) {
    return period.salt == salt && period.valid_since <= now && now < period.valid_until;
  });
}

std::vector<salt_period> salt_schedule::future(std::int32_t count, unix_seconds now) {
  count = std::clamp(count, 1, most_future_salts);
  forget(now);
  reach(now + count * new_one_every);
  const auto given = std::min(periods_.size(), static_cast<std::size_t>(count));
  return {periods_.begin(), periods_.begin() + static_cast<std::ptrdiff_t>(given)};
}

void salt_schedule::begin_anew(unix_seconds now) {
  periods_.clear();
  periods_.push_back({now, now + valid_for, draw()});
}

void salt_schedule::reach(unix_seconds until) {
  while (periods_.back().valid_since + new_one_every <= until) {
    const unix_seconds since = periods_.back().valid_since + new_one_every;
    periods_.push_back({since, since + valid_for, draw()});
  }
}

void salt_schedule::forget(unix_seconds now) {
  while (!periods_.empty() && periods_.front().valid_until <= now) periods_.pop_front();
  if (periods_.empty()) begin_anew(now);
}

std::int64_t salt_schedule::draw() {
  std::array<std::uint8_t, 8> raw{};
  random_(raw);
  return tl::reader(raw).i64();
}

}  // namespace mtfetch::testing
