// SPDX-License-Identifier: BSL-1.0
// The message ids that came, to know a replay: a bounded window with a floor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace mtfetch::session {

/// Remembers the largest `limit` ids at least, twice as many at most. Ids below all that is
/// remembered cannot be told from replays and are refused, once something was forgotten.
/// https://core.telegram.org/mtproto/security_guidelines#checking-msg-id
class seen_ids {
 public:
  enum class verdict : std::uint8_t {
    fresh,    ///< not seen
    seen,     ///< seen before
    too_old,  ///< below the floor: perhaps seen
  };

  explicit seen_ids(std::size_t limit) : limit_(limit) {}

  verdict check(std::int64_t id) const;
  /// Checks, and remembers a fresh one.
  verdict record(std::int64_t id);
  void clear();

  /// The largest id that came; the lowest number there is before the first.
  std::int64_t highest() const { return ids_.empty() ? lowest_id : ids_.back(); }
  /// Ids up to here are too old.
  std::int64_t floor() const { return floor_; }
  std::size_t size() const { return ids_.size(); }

 private:
  static constexpr std::int64_t lowest_id = std::numeric_limits<std::int64_t>::min();

  std::size_t limit_;
  std::vector<std::int64_t> ids_;  // ascending
  std::int64_t floor_ = lowest_id;
};

}  // namespace mtfetch::session
