// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/congestion_control.hpp"

#include <algorithm>

namespace mtfetch::engine {
namespace {

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

void connection_window::on_answer(mark sent, std::int64_t size, time_point now, bool held_back) {
  delivered_ += size;
  const duration took = std::max(now - sent.sent, duration(std::chrono::microseconds(10)));
  const double sample = static_cast<double>(delivered_ - sent.delivered) / seconds(took);
  // A rise is believed at once, a fall over some sixteen answers.
  if (sample > rate_) {
    rate_ = sample;
  } else if (!held_back) {
    rate_ += (sample - rate_) / 16;
  }
  if (!answer_time_) {
    answer_time_ = took;
    least_time_ = took;
  } else {
    *answer_time_ += (took - *answer_time_) / 8;
    // The least time creeps up, so that a longer way is noticed in the end.
    least_time_ = took < least_time_ ? took : least_time_ + (took - least_time_) / 2048;
  }
  least_time_ = std::min(least_time_, longest_way_);
  const double product = rate_ * seconds(least_time_);
  const double most = static_cast<double>(bounds_.most);
  window_ = std::max(bounds_.least, static_cast<std::int64_t>(std::min(2 * product, most)));
}

std::optional<duration> connection_window::time_for(std::int64_t bytes) const {
  if (!answer_time_ || rate_ <= 0) return std::nullopt;
  const std::chrono::duration<double> sending(static_cast<double>(bytes) / rate_);
  return least_time_ + std::chrono::duration_cast<duration>(sending);
}

int wanted_connections(std::int64_t bytes_left, bool has_answered, int most) {
  if (bytes_left <= 0) return 0;
  if (bytes_left <= 2 * mib) return 1;
  if (bytes_left <= 8 * mib) return std::min(2, most);
  return has_answered || bytes_left >= much ? most : std::min(4, most);
}

}  // namespace mtfetch::engine
