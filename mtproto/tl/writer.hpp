// SPDX-License-Identifier: BSL-1.0
// Writes TL binary data to the end of a byte vector.
#pragma once

#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "mtfetch/bytes.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::tl {

/// The longest `string` or `bytes` value that TL can carry.
inline constexpr std::size_t max_string_size = 0xffffff;

/// Appends the basic types to `out`, which must outlive it. Throws nothing but std::bad_alloc, and
/// std::length_error for a string of 16 MiB or more, which TL has no form for.
/// https://core.telegram.org/mtproto/serialize
class writer {
 public:
  explicit writer(mtfetch::bytes& out) : out_(out) {}

  void u32(std::uint32_t value) {
    const std::uint8_t wire[4] = {
        static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
        static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
    raw(wire);
  }
  void i32(std::int32_t value) { u32(static_cast<std::uint32_t>(value)); }
  void i64(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    std::uint8_t wire[8];
    for (unsigned i = 0; i < 8; ++i) wire[i] = static_cast<std::uint8_t>(bits >> 8 * i);
    raw(wire);
  }
  void f64(double value) { i64(std::bit_cast<std::int64_t>(value)); }
  void i128(const int128& value) { raw(value); }
  void i256(const int256& value) { raw(value); }

  void bytes(byte_view value) {
    static constexpr std::uint8_t zeros[3] = {};
    std::size_t header = 1;
    if (value.size() < 254) {
      out_.push_back(static_cast<std::uint8_t>(value.size()));
    } else {
      if (value.size() > max_string_size) throw std::length_error("a TL string of 16 MiB or more");
      header = 4;
      u32(static_cast<std::uint32_t>(value.size()) << 8 | 254);
    }
    raw(value);
    raw(byte_view(zeros).first((0 - header - value.size()) & 3));
  }
  void string(std::string_view value) { bytes(as_bytes(value)); }
  void boolean(bool value) { u32(value ? bool_true_id : bool_false_id); }

  /// Bytes as they are, without length or padding: a value serialized before.
  void raw(byte_view value) {
    // Not insert(): GCC 12 inlines it at -O3 and then warns of an overflow that cannot happen.
    const std::size_t size = out_.size();
    out_.resize(size + value.size());
    std::copy(value.begin(), value.end(), out_.begin() + static_cast<std::ptrdiff_t>(size));
  }

  mtfetch::bytes& out() { return out_; }

 private:
  mtfetch::bytes& out_;
};

}  // namespace mtfetch::tl
