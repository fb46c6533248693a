// SPDX-License-Identifier: BSL-1.0
// Reads TL binary data; a hostile buffer can only make it fail, never over-read or over-allocate.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "mtfetch/bytes.hpp"
#include "mtfetch/error.hpp"
#include "mtproto/tl/basic_types.hpp"

namespace mtfetch::tl {

struct reader_limits {
  /// How many values may stand inside each other.
  std::uint32_t max_depth = 64;
};

/// Reads the basic types one after another. The first error sticks: it is kept, the rest of the
/// input is dropped, and every later read gives zero. So a decoder asks for `error()` once, at its
/// end; only loops over a count need `count()`, which bounds them by the data that is left.
///
/// `owner` keeps `data` alive; with it, long `bytes` values are slices of the data, not copies.
/// One thread at a time. https://core.telegram.org/mtproto/serialize
class reader {
 public:
  explicit reader(byte_view data, std::shared_ptr<const void> owner = {}, reader_limits limits = {})
      : begin_(data.data()),
        at_(data.data()),
        end_(data.data() + data.size()),
        owner_(std::move(owner)),
        limits_(limits) {}

  std::uint32_t u32() {
    if (remaining() < 4) return fail_truncated(), 0;
    const std::uint32_t value = load_u32(at_);
    at_ += 4;
    return value;
  }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() {
    if (remaining() < 8) return fail_truncated(), 0;
    const std::uint64_t low = load_u32(at_);
    const std::uint64_t high = load_u32(at_ + 4);
    at_ += 8;
    return static_cast<std::int64_t>(low | high << 32);
  }
  double f64() { return std::bit_cast<double>(i64()); }
  int128 i128() { return raw_array<16>(); }
  int256 i256() { return raw_array<32>(); }

  /// A `string` or `bytes` value as a view of the data. The long length form of a short value is
  /// accepted, and so is padding that is not zero: some senders write both. A length past the end
  /// is `bad_length`.
  byte_view bytes_view();
  std::string string() { return std::string(as_text(bytes_view())); }
  /// A slice of the owner when there is one and the value has 512 bytes or more, else a copy: a
  /// short value must not keep a whole packet alive.
  shared_bytes bytes();

  /// Bool; a word that is neither true nor false is `bad_value`.
  bool boolean();

  /// The next word, not consumed; zero and `truncated` at the end.
  std::uint32_t peek_u32() {
    if (remaining() < 4) return fail_truncated(), 0;
    return load_u32(at_);
  }

  /// The count in front of a vector's items. `min_item_size` is the least number of bytes that one
  /// item takes on the wire (taken as 4 when less): a count that cannot fit what is left, or a
  /// negative one, is `bad_length` and gives zero.
  std::size_t count(std::size_t min_item_size);

  /// All that is left; nothing is left after it.
  byte_view rest() {
    const byte_view left(at_, remaining());
    at_ = end_;
    return left;
  }
  shared_bytes rest_shared();
  /// The next `size` bytes as they are; fewer left is `bad_length` and gives none.
  byte_view raw_view(std::size_t size);

  /// Counts one level of nesting; false, and `too_deep`, when the limit is reached. Each enter that
  /// gave true is followed by a leave.
  bool enter() {
    if (depth_ >= limits_.max_depth) return fail(protocol_errc::too_deep), false;
    ++depth_;
    return true;
  }
  void leave() { --depth_; }

  /// Keeps the first error and drops the rest of the input.
  void fail(std::error_code error);
  std::error_code error() const { return error_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  /// Bytes consumed so far; after an error, where it happened.
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
  const std::shared_ptr<const void>& owner() const { return owner_; }

 private:
  static std::uint32_t load_u32(const std::uint8_t* p) {
    return static_cast<std::uint32_t>(p[0]) | static_cast<std::uint32_t>(p[1]) << 8 |
           static_cast<std::uint32_t>(p[2]) << 16 | static_cast<std::uint32_t>(p[3]) << 24;
  }
  template <std::size_t N>
  std::array<std::uint8_t, N> raw_array() {
    std::array<std::uint8_t, N> value{};
    if (remaining() < N) return fail_truncated(), value;
    std::copy_n(at_, N, value.begin());
    at_ += N;
    return value;
  }
  void fail_truncated();
  shared_bytes share(byte_view value, std::size_t slice_from) const;

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::shared_ptr<const void> owner_;
  reader_limits limits_;
  std::uint32_t depth_ = 0;
  std::error_code error_;
};

}  // namespace mtfetch::tl
