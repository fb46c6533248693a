// SPDX-License-Identifier: BSL-1.0
// Byte sequences: views, owned vectors, and slices that keep a larger buffer alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace mtfetch {

using bytes = std::vector<std::uint8_t>;
using byte_span = std::span<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

inline byte_view as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(byte_view data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// A read-only slice of a buffer that it keeps alive: what TL `bytes` fields are. A large answer's
/// payload is such a slice of the buffer it was received in, never a copy. Copying a shared_bytes
/// shares; the bytes must not be changed by anyone while shared.
class shared_bytes {
 public:
  shared_bytes() = default;
  shared_bytes(bytes data)  // NOLINT(google-explicit-constructor): a vector is the common source
      : shared_bytes(std::make_shared<const bytes>(std::move(data))) {}
  shared_bytes(std::shared_ptr<const void> owner, byte_view view)
      : owner_(std::move(owner)), view_(view) {}
  static shared_bytes copy(byte_view data) { return bytes(data.begin(), data.end()); }

  byte_view view() const { return view_; }
  operator byte_view() const { return view_; }  // NOLINT(google-explicit-constructor)
  const std::uint8_t* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  const std::shared_ptr<const void>& owner() const { return owner_; }
  /// The part [offset, offset + count); it keeps the same buffer alive.
  shared_bytes slice(std::size_t offset, std::size_t count) const {
    return {owner_, view_.subspan(offset, count)};
  }
  friend bool operator==(const shared_bytes& a, const shared_bytes& b) {
    return as_text(a.view_) == as_text(b.view_);
  }

 private:
  explicit shared_bytes(std::shared_ptr<const bytes> data) {
    view_ = *data;
    owner_ = std::move(data);
  }
  std::shared_ptr<const void> owner_;
  byte_view view_;
};

}  // namespace mtfetch
