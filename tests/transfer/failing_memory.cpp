// SPDX-License-Identifier: BSL-1.0
#include "tests/transfer/failing_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

thread_local int left = -1;  // allocations until one fails; negative: none does

}  // namespace

namespace mtfetch::transfer {

void fail_allocation(int n) {
  left = n;
}

}  // namespace mtfetch::transfer

// All forms but those with an alignment: a sanitizer has each of its own, and pairs must agree.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (left >= 0 && left-- == 0) return nullptr;
  return std::malloc(size == 0 ? 1 : size);
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
  std::free(gone);
}
void operator delete(void* gone, std::size_t) noexcept {
  std::free(gone);
}
void operator delete(void* gone, const std::nothrow_t&) noexcept {
  std::free(gone);
}
void operator delete[](void* gone) noexcept {
  std::free(gone);
}
void operator delete[](void* gone, std::size_t) noexcept {
  std::free(gone);
}
void operator delete[](void* gone, const std::nothrow_t&) noexcept {
  std::free(gone);
}
