// SPDX-License-Identifier: BSL-1.0
// How much memory one thread holds at the most.
#pragma once

#include <cstddef>

namespace mtfetch::attacks {

/// Counts what the calling thread has allocated by operator new and not given back, from its
/// construction on. A data centre with a thread of its own does not count.
class memory_meter {
 public:
  memory_meter();
  /// The most that was held at a time since then, in bytes.
  std::size_t peak() const;

 private:
  std::ptrdiff_t begin_;
};

}  // namespace mtfetch::attacks
