// SPDX-License-Identifier: BSL-1.0
// A set of byte offsets kept as ranges that neither touch nor overlap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace mtfetch::engine {

/// The bytes [begin, end).
struct range {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t size() const { return end - begin; }
  friend bool operator==(const range&, const range&) = default;
};

class range_set {
 public:
  range_set() = default;
  explicit range_set(range whole) { add(whole); }

  void add(range added);
  void remove(range removed);
  bool contains(range asked) const;
  bool intersects(range asked) const;
  bool empty() const { return ranges_.empty(); }
  std::int64_t bytes() const { return bytes_; }
  std::size_t count() const { return ranges_.size(); }
  /// The lowest range, or the lowest part of one at or behind `from`.
  std::optional<range> first(std::int64_t from = 0) const;

 private:
  std::map<std::int64_t, std::int64_t> ranges_;  // begin -> end
  std::int64_t bytes_ = 0;
};

}  // namespace mtfetch::engine
