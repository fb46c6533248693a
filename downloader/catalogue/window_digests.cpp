// SPDX-License-Identifier: BSL-1.0
#include "downloader/catalogue/window_digests.hpp"

#include <algorithm>

namespace mtfetch {
namespace {

constexpr std::size_t digest_size = sizeof(engine::digest);

std::size_t windows_of(std::int64_t size) {
  return static_cast<std::size_t>((size + engine::hash_window - 1) / engine::hash_window);
}

}  // namespace

window_digests::window_digests(std::int64_t size)
    : size_(size),
      count_(windows_of(size)),
      digests_(count_ * digest_size),
      marks_((count_ + 7) / 8) {}

std::optional<window_digests> window_digests::read(std::int64_t size, byte_view digests,
                                                   byte_view marks) {
  // A size from a damaged row must not make us allocate: what is there says how much that is.
  if (size < 0 || windows_of(size) != digests.size() / digest_size ||
      digests.size() % digest_size != 0 || marks.size() != (windows_of(size) + 7) / 8) {
    return std::nullopt;
  }
  window_digests made(size);
  std::ranges::copy(digests, made.digests_.begin());
  std::ranges::copy(marks, made.marks_.begin());
  return made;
}

void window_digests::set(const engine::window_record& window) {
  const auto index = static_cast<std::size_t>(window.offset / engine::hash_window);
  const auto into = digests_.begin() + static_cast<std::ptrdiff_t>(index * digest_size);
  std::ranges::copy(window.sha256, into);
  const auto bit = static_cast<std::uint8_t>(1U << (index % 8));
  std::uint8_t& marks = marks_[index / 8];
  marks = static_cast<std::uint8_t>(window.verified ? marks | bit : marks & ~bit);
}

engine::window_record window_digests::at(std::size_t index) const {
  engine::window_record window;
  window.offset = static_cast<std::int64_t>(index) * engine::hash_window;
  window.size = static_cast<std::int32_t>(std::min(engine::hash_window, size_ - window.offset));
  std::copy_n(digests_.begin() + static_cast<std::ptrdiff_t>(index * digest_size), digest_size,
              window.sha256.begin());
  window.verified = (marks_[index / 8] >> (index % 8) & 1U) != 0;
  return window;
}

std::int64_t window_digests::verified_bytes() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const engine::window_record window = at(i);
    if (window.verified) sum += window.size;
  }
  return sum;
}

}  // namespace mtfetch
