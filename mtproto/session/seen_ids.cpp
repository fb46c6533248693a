// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/seen_ids.hpp"

#include <algorithm>

namespace mtfetch::session {

seen_ids::verdict seen_ids::check(std::int64_t id) const {
  if (id <= floor_) return verdict::too_old;
  if (id > highest()) return verdict::fresh;
  return std::ranges::binary_search(ids_, id) ? verdict::seen : verdict::fresh;
}

seen_ids::verdict seen_ids::record(std::int64_t id) {
  if (id <= floor_) return verdict::too_old;
  if (id > highest()) {
    ids_.push_back(id);
  } else {
    const auto place = std::ranges::lower_bound(ids_, id);
    if (*place == id) return verdict::seen;
    ids_.insert(place, id);
  }
  if (ids_.size() >= 2 * limit_) {
    // Half goes at once, so that an id costs the move of one id on average.
    const auto kept = ids_.end() - static_cast<std::ptrdiff_t>(limit_);
    floor_ = *(kept - 1);
    ids_.erase(ids_.begin(), kept);
  }
  return verdict::fresh;
}

void seen_ids::clear() {
  ids_.clear();
  floor_ = lowest_id;
}

}  // namespace mtfetch::session
