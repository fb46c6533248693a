// SPDX-License-Identifier: BSL-1.0
// A few receive buffers that come back when the last packet in them is gone.
#pragma once

#include <cstddef>
#include <memory>
#include <mtfetch/bytes.hpp>

namespace mtfetch::transport {

/// A shared handle: copies are the same pool. Buffers may come back on any thread.
class buffer_pool {
 public:
  struct lease {
    std::shared_ptr<const void> owner;
    byte_span room;  ///< uninitialised memory
  };

  /// At most `keep` buffers wait for their next use; more than that are freed.
  explicit buffer_pool(std::size_t keep = 2);

  /// A buffer of at least `capacity` bytes, one that came back if any is large enough.
  lease take(std::size_t capacity);

  /// Buffers made so far; for tests and benchmarks.
  std::size_t made() const;

 private:
  struct shelf;
  struct slab;
  template <class T>
  struct slab_allocator;
  std::shared_ptr<shelf> shelf_;
};

}  // namespace mtfetch::transport
