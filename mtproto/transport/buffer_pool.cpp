// SPDX-License-Identifier: BSL-1.0
// Receive buffers that are used again.
#include "mtproto/transport/buffer_pool.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <vector>

namespace mtfetch::transport {

/// The buffers that nobody uses.
struct buffer_pool::shelf {
  std::mutex mutex;
  std::vector<std::unique_ptr<slab>> idle;
  std::size_t keep = 0;
  std::size_t made = 0;
};

/// One buffer. It has room for the shared_ptr's own bookkeeping too, so that lending it out again
/// allocates nothing.
struct buffer_pool::slab {
  explicit slab(std::size_t size)
      : memory(std::make_unique_for_overwrite<std::uint8_t[]>(size)), capacity(size) {}

  std::unique_ptr<std::uint8_t[]> memory;
  std::size_t capacity;
  std::shared_ptr<shelf> home;  // only while lent, so that a pool is not its own owner
  alignas(std::max_align_t) std::array<std::byte, 96> bookkeeping{};

  /// Takes the slab, puts it on its shelf or frees it.
  static void give_back(slab* lent) {
    std::unique_ptr<slab> back(lent);
    const std::shared_ptr<shelf> to = std::move(back->home);
    const std::lock_guard lock(to->mutex);
    if (to->idle.size() < to->keep) {
      to->idle.push_back(std::move(back));
      return;
    }
    // Full: the larger ones stay.
    const auto smallest = std::ranges::min_element(to->idle, {}, &slab::size_of);
    if (smallest != to->idle.end() && (*smallest)->capacity < back->capacity) {
      std::swap(*smallest, back);
    }
  }
  static std::size_t size_of(const std::unique_ptr<slab>& of) { return of->capacity; }
};

/// Gives the shared_ptr the slab's own room. Giving that room back is the last thing that the last
/// owner does, so the slab is free then, and not earlier.
template <class T>
struct buffer_pool::slab_allocator {
  using value_type = T;
  explicit slab_allocator(slab* of) : home(of) {}
  template <class U>
  slab_allocator(const slab_allocator<U>& other) : home(other.home) {}  // NOLINT: rebinding

  T* allocate(std::size_t) {
    static_assert(sizeof(T) <= sizeof(slab::bookkeeping));
    return reinterpret_cast<T*>(home->bookkeeping.data());
  }
  void deallocate(T*, std::size_t) { slab::give_back(home); }
  template <class U>
  bool operator==(const slab_allocator<U>& other) const {
    return home == other.home;
  }

  slab* home;
};

buffer_pool::buffer_pool(std::size_t keep) : shelf_(std::make_shared<shelf>()) {
  shelf_->keep = keep;
  shelf_->idle.reserve(keep);
}

buffer_pool::lease buffer_pool::take(std::size_t capacity) {
  std::unique_ptr<slab> chosen;
  {
    const std::lock_guard lock(shelf_->mutex);
    std::vector<std::unique_ptr<slab>>& idle = shelf_->idle;
    auto best = idle.end();
    for (auto at = idle.begin(); at != idle.end(); ++at) {
      if ((*at)->capacity < capacity) continue;
      if (best == idle.end() || (*at)->capacity < (*best)->capacity) best = at;
    }
    if (best != idle.end()) {
      chosen = std::move(*best);
      idle.erase(best);
    } else {
      ++shelf_->made;
    }
  }
  if (!chosen) chosen = std::make_unique<slab>(capacity);
  chosen->home = shelf_;
  const byte_span room(chosen->memory.get(), chosen->capacity);
  slab* const lent = chosen.release();
  const auto nothing_to_delete = [](const void*) {};
  return {
      std::shared_ptr<const void>(room.data(), nothing_to_delete, slab_allocator<std::byte>(lent)),
      room};
}

std::size_t buffer_pool::made() const {
  const std::lock_guard lock(shelf_->mutex);
  return shelf_->made;
}

}  // namespace mtfetch::transport
