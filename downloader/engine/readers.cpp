// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/readers.hpp"

#include <algorithm>

namespace mtfetch::engine {

range readers::want(reader_id reader, range bytes, time_point deadline) {
  forget(reader);
  const std::int64_t begin = std::max<std::int64_t>(bytes.begin, 0) / hash_window * hash_window;
  const std::int64_t last = std::min(bytes.end, size_);
  if (begin >= last) return {};
  const std::int64_t end = std::min((last + hash_window - 1) / hash_window * hash_window, size_);
  queue_.emplace(std::pair(deadline, reader), range{begin, end});
  deadlines_.emplace(reader, deadline);
  return {begin, end};
}

void readers::forget(reader_id reader) {
  const auto had = deadlines_.find(reader);
  if (had == deadlines_.end()) return;
  queue_.erase({had->second, reader});
  deadlines_.erase(had);
}

std::optional<time_point> readers::deadline_of(range bytes) const {
  for (const auto& [who, wanted] : queue_) {
    if (wanted.begin < bytes.end && bytes.begin < wanted.end) return who.first;
  }
  return std::nullopt;
}

}  // namespace mtfetch::engine
