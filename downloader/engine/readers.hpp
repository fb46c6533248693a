// SPDX-License-Identifier: BSL-1.0
// Who reads one file while it is fetched: which bytes each waits for, and until when.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/range_set.hpp"

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace mtfetch::engine {

enum class reader_id : std::uint32_t {};

/// A reader waits for one range at a time. Ranges are kept widened to whole hash windows, since a
/// reader is given checked bytes only.
class readers {
 public:
  /// Soonest deadline first.
  using queue = std::map<std::pair<time_point, reader_id>, range>;

  explicit readers(std::int64_t file_size) : size_(file_size) {}

  /// In place of what this reader waited for before. Bytes beyond the file's end are left out.
  /// Gives the range widened.
  range want(reader_id reader, range bytes, time_point deadline);
  void forget(reader_id reader);

  const queue& by_deadline() const { return queue_; }
  bool empty() const { return queue_.empty(); }
  /// The soonest deadline of those who wait for any of these bytes; nothing where nobody does.
  std::optional<time_point> deadline_of(range bytes) const;

 private:
  std::int64_t size_;
  queue queue_;
  std::map<reader_id, time_point> deadlines_;
};

}  // namespace mtfetch::engine
