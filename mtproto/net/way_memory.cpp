// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/way_memory.hpp"

#include <algorithm>

namespace mtfetch::net {

way_memory::record& way_memory::record_of(const std::string& way, time_point now) {
  if (known_.size() >= most_ways && !known_.contains(way)) {
    known_.erase(
        std::ranges::min_element(known_, {}, [](const auto& one) { return one.second.last; }));
  }
  record& found = known_[way];
  if (found.penalties > 0) {
    const auto quiet = (now - std::max(found.last, found.until)) / longest;
    found.penalties = std::max(0, found.penalties - static_cast<int>(std::max<long>(quiet, 0)));
  }
  found.last = now;
  return found;
}

void way_memory::unreachable(const std::string& way, time_point now) {
  record& it = record_of(way, now);
  // Attempts that ran at the same time are one penalty.
  if (now < it.until) return;
  constexpr int doublings = 5;
  const duration penalty = shortest * (1 << std::min(it.penalties++, doublings));
  it.until = now + std::min<duration>(penalty, longest);
  it.fruitless = 0;
}

void way_memory::fruitless(const std::string& way, time_point now) {
  record& it = record_of(way, now);
  it.behind = now + shortest;
  if (++it.fruitless >= 2) unreachable(way, now);
}

bool way_memory::blocked(const std::string& way, time_point now) const {
  const auto found = known_.find(way);
  return found != known_.end() && now < found->second.until;
}

bool way_memory::behind(const std::string& way, time_point now) const {
  const auto found = known_.find(way);
  return found != known_.end() && now < found->second.behind;
}

}  // namespace mtfetch::net
