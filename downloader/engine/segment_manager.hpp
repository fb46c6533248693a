// SPDX-License-Identifier: BSL-1.0
// What of one file is still missing, and what to ask for next.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/part_rules.hpp"
#include "downloader/engine/range_set.hpp"

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace mtfetch::engine {

/// One part to ask for, with what was learned when it was asked for before.
struct job {
  part what;
  int attempts = 0;                      ///< failures so far
  std::optional<connection_id> avoid;    ///< where it failed last
  bool repair = false;                   ///< its bytes were there and did not match their hash
  time_point since = time_point::min();  ///< when it was due again
};

/// Every byte of a file is in one of three states: missing, taken (asked for, or arrived and not
/// yet judged), complete. Parts that failed come back as they were cut, so that a damaged hash
/// window is fetched alone.
class segment_manager {
 public:
  /// `complete` are ranges of whole hash windows that are there from an earlier run.
  segment_manager(std::int64_t size, const range_set& complete);

  /// The next part: one that is due again first, else the lowest missing where `fresh` allows it.
  std::optional<job> take(std::int32_t most, bool fresh, time_point now);
  /// The next part within these bytes, out of turn. `wanted` begins and ends at hash windows, or
  /// with the file.
  std::optional<job> take_within(range wanted, std::int32_t most, time_point now);
  /// Sets aside a missing range whose bytes are there but not yet judged.
  void set_aside(range taken) { missing_.remove(taken); }
  /// A part failed; it is due again at `when`.
  void give_back(job failed, time_point when);
  /// The bytes are missing as if never fetched.
  void give_back(range lost) { missing_.add(lost); }
  void complete(range done) { complete_.add(done); }

  time_point next_due() const;  ///< when the next failed part is due; no_deadline for none
  bool is_complete() const { return complete_.bytes() == size_; }
  bool is_complete(range asked) const { return complete_.contains(asked); }
  std::int64_t size() const { return size_; }
  std::int64_t complete_bytes() const { return complete_.bytes(); }
  /// Bytes to be asked for: missing, and waiting to be asked for again.
  std::int64_t wanted_bytes() const;
  /// The same of these bytes.
  std::int64_t wanted_bytes(range within) const;
  /// Everything below this offset is complete.
  std::int64_t complete_prefix() const;
  /// Everything below this offset has been taken at least once. What was taken out of turn does
  /// not move it.
  std::int64_t frontier() const { return frontier_; }

 private:
  struct delayed {
    time_point when;
    job what;
  };
  job take_again(std::vector<delayed>::iterator due, std::int64_t end, std::int32_t most);
  std::int64_t size_ = 0;
  std::int64_t frontier_ = 0;
  range_set missing_;
  range_set complete_;
  std::vector<delayed> again_;
};

}  // namespace mtfetch::engine
