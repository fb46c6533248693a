// SPDX-License-Identifier: BSL-1.0
// Reads numbers with the highest byte first, as Python's struct and Qt write them.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>

namespace mtfetch::foreign {

/// The first read past the end sticks: it and all later ones give zero or nothing.
class big_endian {
 public:
  explicit big_endian(byte_view data) : left_(data) {}

  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(size)) value = value << 8 | byte;
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(number(8)); }
  byte_view take(std::size_t size) {
    if (size > left_.size()) {
      failed_ = true;
      left_ = {};
      return {};
    }
    const byte_view taken = left_.first(size);
    left_ = left_.subspan(size);
    return taken;
  }
  /// Qt's QByteArray: a size of four bytes, all ones for null.
  byte_view byte_array() {
    const std::uint32_t size = u32();
    return size == 0xffffffffU ? byte_view() : take(size);
  }
  byte_view rest() const { return left_; }
  bool failed() const { return failed_; }
  /// Whether all was read, and nothing past the end.
  bool finished() const { return !failed_ && left_.empty(); }

 private:
  byte_view left_;
  bool failed_ = false;
};

}  // namespace mtfetch::foreign
