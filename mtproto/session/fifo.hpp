// SPDX-License-Identifier: BSL-1.0
// A queue that keeps its memory: in steady state it allocates nothing.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace mtfetch::session {

template <class T>
class fifo {
 public:
  bool empty() const { return first_ == items_.size(); }
  std::size_t size() const { return items_.size() - first_; }
  const T& front() const { return items_[first_]; }
  /// The n-th that is to be taken.
  const T& operator[](std::size_t n) const { return items_[first_ + n]; }

  void push(T item) {
    // What was taken is dropped before the vector would grow; half of it at least, so that an item
    // is moved once on average.
    if (items_.size() == items_.capacity() && first_ > items_.size() / 2) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
    items_.push_back(std::move(item));
  }

  T pop() {
    T item = std::move(items_[first_++]);
    if (empty()) clear();
    return item;
  }

  /// These are taken first, in their order.
  void put_back(const std::vector<T>& taken) {
    items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(first_), taken.begin(), taken.end());
  }

  void clear() {
    items_.clear();
    first_ = 0;
  }

 private:
  std::vector<T> items_;
  std::size_t first_ = 0;
};

}  // namespace mtfetch::session
