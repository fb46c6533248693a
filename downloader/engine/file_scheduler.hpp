// SPDX-License-Identifier: BSL-1.0
// Which file begins next, how many at once, and when more are asked for.
#pragma once

#include "downloader/engine/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

namespace mtfetch::engine {

struct scheduler_limits {
  /// A file of so much is one part, and costs a round trip rather than a share of the rate.
  std::int64_t small_file = mib;
  std::size_t small_at_once = 64;  ///< whatever large ones are under way
  std::size_t large_at_once = 4;
  std::size_t enough = 100;  ///< files in line; with fewer, more are asked for
};

/// The line of files of one run, small ones beside large ones, each kind in the order of its
/// coming. Small ones begin at once, whatever large ones are under way: they cost a round trip and
/// little else. Files have numbers of the caller's choice.
class file_scheduler {
 public:
  using file_number = std::size_t;

  explicit file_scheduler(scheduler_limits limits) : limits_(limits) {}

  /// At the end of the line.
  void add(file_number file, std::int64_t size);
  /// The file to begin now, which is under way from then on; nothing while enough are.
  std::optional<file_number> next();
  /// A file that was under way is over.
  void end(file_number file);

  /// Whether the line is so short that further files should be looked for.
  bool wants_more() const;
  const std::set<file_number>& under_way() const { return under_way_; }

 private:
  struct kind {
    std::deque<file_number> waiting;
    std::size_t busy = 0;
  };
  std::optional<file_number> next_of(kind& of, std::size_t most);

  scheduler_limits limits_;
  kind small_;
  kind large_;
  std::set<file_number> under_way_;
  std::set<file_number> small_under_way_;
};

}  // namespace mtfetch::engine
