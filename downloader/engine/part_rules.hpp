// SPDX-License-Identifier: BSL-1.0
// What Telegram allows as offset and limit of one upload.getFile, and how a range is cut into such
// parts.
#pragma once

#include "downloader/engine/ids.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace mtfetch::engine {

inline constexpr std::int32_t smallest_part = 4096;
inline constexpr std::int32_t largest_part = 1048576;

/// What one upload.getFile asks for. `size` bytes are expected: less than `limit` only where the
/// file ends.
struct part {
  std::int64_t offset = 0;
  std::int32_t limit = 0;
  std::int32_t size = 0;

  std::int64_t end() const { return offset + size; }
  friend bool operator==(const part&, const part&) = default;
};

/// The rules of the server in its normal mode: both are multiples of 4 KiB, the limit divides 1
/// MiB, and the part lies within one block of 1 MiB. https://core.telegram.org/api/files
inline bool obeys_part_rules(std::int64_t offset, std::int32_t limit) {
  return offset >= 0 && limit >= smallest_part && offset % smallest_part == 0 &&
         limit % smallest_part == 0 && largest_part % limit == 0 &&
         offset / largest_part == (offset + limit - 1) / largest_part;
}

/// The first part of the range [begin, end) of a file: a power of two of at most `most` bytes,
/// aligned to itself, so that every rule holds. It never reaches past `end`, except past the end of
/// the file, where it is the smallest that covers the rest. `begin` is a multiple of 4 KiB, and so
/// is `end` unless it is the file's end.
inline part plan_part(std::int64_t begin, std::int64_t end, std::int64_t file_size,
                      std::int32_t most) {
  assert(begin >= 0 && begin < end && end <= file_size && begin % smallest_part == 0);
  std::int32_t limit = std::clamp(most, smallest_part, largest_part);
  while (begin % limit != 0) limit /= 2;
  if (end == file_size) {
    while (limit > smallest_part && limit / 2 >= end - begin) limit /= 2;
  } else {
    while (limit > end - begin) limit /= 2;
  }
  part cut;
  cut.offset = begin;
  cut.limit = limit;
  cut.size = static_cast<std::int32_t>(std::min<std::int64_t>(limit, end - begin));
  return cut;
}

}  // namespace mtfetch::engine
