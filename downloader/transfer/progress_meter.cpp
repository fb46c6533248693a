// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/progress_meter.hpp"

#include <chrono>

namespace mtfetch::transfer {

void progress_meter::observe(std::int64_t done, time_point now) {
  constexpr std::chrono::seconds kept{3};
  samples_.push_back({now, done});
  while (samples_.size() > 2 && samples_[1].when <= now - kept) samples_.pop_front();
}

double progress_meter::rate() const {
  if (samples_.size() < 2) return 0;
  const sample& oldest = samples_.front();
  const sample& newest = samples_.back();
  const double span = std::chrono::duration<double>(newest.when - oldest.when).count();
  return span > 0 ? static_cast<double>(newest.done - oldest.done) / span : 0;
}

}  // namespace mtfetch::transfer
