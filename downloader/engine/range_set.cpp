// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/range_set.hpp"

#include <algorithm>
#include <iterator>

namespace mtfetch::engine {

void range_set::add(range added) {
  if (added.begin >= added.end) return;
  auto it = ranges_.upper_bound(added.begin);
  if (it != ranges_.begin() && std::prev(it)->second >= added.begin) --it;
  while (it != ranges_.end() && it->first <= added.end) {
    added.begin = std::min(added.begin, it->first);
    added.end = std::max(added.end, it->second);
    bytes_ -= it->second - it->first;
    it = ranges_.erase(it);
  }
  ranges_.emplace(added.begin, added.end);
  bytes_ += added.size();
}

void range_set::remove(range removed) {
  if (removed.begin >= removed.end) return;
  auto it = ranges_.upper_bound(removed.begin);
  if (it != ranges_.begin()) --it;
  while (it != ranges_.end() && it->first < removed.end) {
    const range had{it->first, it->second};
    if (had.end <= removed.begin) {
      ++it;
      continue;
    }
    it = ranges_.erase(it);
    bytes_ -= had.size();
    const range left{had.begin, std::max(had.begin, removed.begin)};
    const range right{std::min(had.end, removed.end), had.end};
    for (const range kept : {left, right}) {
      if (kept.size() <= 0) continue;
      ranges_.emplace(kept.begin, kept.end);
      bytes_ += kept.size();
    }
  }
}

bool range_set::contains(range asked) const {
  if (asked.begin >= asked.end) return true;
  auto it = ranges_.upper_bound(asked.begin);
  return it != ranges_.begin() && std::prev(it)->second >= asked.end;
}

bool range_set::intersects(range asked) const {
  const std::optional<range> found = first(asked.begin);
  return found && asked.begin < asked.end && found->begin < asked.end;
}

std::optional<range> range_set::first(std::int64_t from) const {
  auto it = ranges_.upper_bound(from);
  if (it != ranges_.begin() && std::prev(it)->second > from) --it;
  if (it == ranges_.end()) return std::nullopt;
  return range{std::max(from, it->first), it->second};
}

}  // namespace mtfetch::engine
