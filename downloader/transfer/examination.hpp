// SPDX-License-Identifier: BSL-1.0
// What an earlier run left of a file, hashed before it is believed: some of it at a time.
#pragma once

#include "downloader/engine/integrity.hpp"
#include "downloader/sink/part_file.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mtfetch::transfer {

/// Blocking; throws what part_file throws, and may then be gone on with.
class examination {
 public:
  /// `claimed` is what the journal says of a file that will have `size` bytes. With `unclaimed`,
  /// whole windows are looked at as well that were written but that it does not speak of.
  examination(const sink::part_file& part, std::vector<engine::window_record> claimed,
              std::int64_t size, bool unclaimed);

  /// Reads about `most` bytes; true when nothing is left to be looked at. Unclaimed windows are
  /// written again: if an earlier run ended because it could not sync them, they lie in the page
  /// cache only, and no later sync would bring them to the disk.
  bool go_on(sink::part_file& part, std::int64_t most);

  /// Claimed, and the bytes are as the journal says; or not.
  std::vector<engine::window_record> complete;
  std::vector<engine::window_record> wrong;
  /// Unclaimed.
  std::vector<engine::window_record> candidates;

 private:
  std::vector<engine::window_record> windows_;  // to be looked at, the claimed ones first
  std::size_t claimed_;                         // how many are
  std::size_t next_ = 0;
  std::int64_t there_;  // the file's bytes
};

}  // namespace mtfetch::transfer
