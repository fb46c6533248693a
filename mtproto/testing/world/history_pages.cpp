// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/history_pages.hpp"

#include <algorithm>

namespace mtfetch::testing {

namespace {
constexpr int most = 100;
}

std::vector<const post*> page_of(const std::vector<const post*>& all, const page_request& asked) {
  const auto total = static_cast<std::int64_t>(all.size());
  const auto newest = [&](std::int64_t i) { return all[static_cast<std::size_t>(total - 1 - i)]; };
  std::int64_t offset = 0;
  const auto older = [&](const post* one) {
    return (asked.offset_id <= 0 || one->id < asked.offset_id) &&
           (asked.offset_date <= 0 || one->date < asked.offset_date);
  };
  while (offset < total && !older(newest(offset))) ++offset;
  const std::int64_t begin = std::clamp<std::int64_t>(offset + asked.add_offset, 0, total);
  const std::int64_t end = std::min(begin + std::clamp(asked.limit, 0, most), total);
  std::vector<const post*> found;
  for (std::int64_t i = begin; i < end; ++i) {
    const post* one = newest(i);
    if (asked.max_id > 0 && one->id >= asked.max_id) continue;
    if (asked.min_id > 0 && one->id <= asked.min_id) continue;
    found.push_back(one);
  }
  return found;
}

}  // namespace mtfetch::testing
