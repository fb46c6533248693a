// SPDX-License-Identifier: BSL-1.0
// Follows those who read a file in order, and says what they will want next.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/range_set.hpp"
#include "downloader/engine/readers.hpp"

#include <mtfetch/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mtfetch::engine {

/// A read that begins where another ended goes on with its stream. How fast a stream is read (the
/// bit rate of what is played) and how fast bytes come tell how far ahead they should be there: two
/// seconds where they come much faster than they are read, up to twenty where they hardly do.
class read_ahead {
 public:
  struct wish {
    reader_id by{};  ///< of the stream; in place of its wish before
    range bytes;
    time_point deadline;
  };
  static constexpr std::int64_t least = 512 * kib;
  static constexpr std::int64_t most = 16 * mib;

  /// A read begins. What is wanted ahead of it, once its stream is known; `goodput` in bytes a
  /// second, 0 while unknown.
  std::optional<wish> on_read(range bytes, double goodput, time_point now);
  /// Streams that nobody follows any more; their wishes are over.
  std::vector<reader_id> abandoned(time_point now);

 private:
  struct stream {
    reader_id by{};
    range last;
    time_point read_at;
    duration pause{0};  // between its reads, smoothed
    double rate = 0;
  };
  std::vector<stream> streams_;
  std::uint32_t next_ = 1U << 31U;  // single reads are numbered from below
};

}  // namespace mtfetch::engine
