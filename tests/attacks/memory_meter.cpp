// SPDX-License-Identifier: BSL-1.0
#include "tests/attacks/memory_meter.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

// What another thread frees is taken off that one's account: only good for threads that keep to
// themselves, as a client on its executor does.
thread_local std::ptrdiff_t held = 0;
thread_local std::ptrdiff_t most = 0;

}  // namespace

// All forms but those with an alignment: a sanitizer has each of its own, and pairs must agree.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* const made = std::malloc(size == 0 ? 1 : size);
  if (made == nullptr) return nullptr;
  held += static_cast<std::ptrdiff_t>(malloc_usable_size(made));
  most = std::max(most, held);
  return made;
}
void* operator new(std::size_t size) {
  void* const made = operator new(size, std::nothrow);
  if (made == nullptr) throw std::bad_alloc();
  return made;
}
void* operator new[](std::size_t size) {
  return operator new(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& or_null) noexcept {
  return operator new(size, or_null);
}

void operator delete(void* gone) noexcept {
  if (gone == nullptr) return;
  held -= static_cast<std::ptrdiff_t>(malloc_usable_size(gone));
  std::free(gone);
}
void operator delete(void* gone, std::size_t) noexcept {
  operator delete(gone);
}
void operator delete(void* gone, const std::nothrow_t&) noexcept {
  operator delete(gone);
}
void operator delete[](void* gone) noexcept {
  operator delete(gone);
}
void operator delete[](void* gone, std::size_t) noexcept {
  operator delete(gone);
}
void operator delete[](void* gone, const std::nothrow_t&) noexcept {
  operator delete(gone);
}

namespace mtfetch::attacks {

memory_meter::memory_meter() : begin_(held) {
  most = held;
}

std::size_t memory_meter::peak() const {
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(most - begin_, 0));
}

}  // namespace mtfetch::attacks
