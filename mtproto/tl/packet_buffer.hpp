// SPDX-License-Identifier: BSL-1.0
// A byte buffer with room in front, so that a packet is sealed and framed in place.
#pragma once

#include <cstddef>

#include "mtfetch/bytes.hpp"

namespace mtfetch::tl {

/// The payload grows at both ends: a body is appended, then each layer puts its header in front.
/// As long as the headroom lasts nothing is moved. Made to be reused: `clear` keeps the memory.
/// Spans and views of it are valid until the next call that changes it.
class packet_buffer {
 public:
  static constexpr std::size_t default_headroom = 64;

  packet_buffer() { clear(); }

  /// Drops the payload and leaves `headroom` bytes of room in front.
  void clear(std::size_t headroom = default_headroom) {
    data_.resize(headroom);
    begin_ = headroom;
  }

  byte_span payload() { return byte_span(data_).subspan(begin_); }
  byte_view payload() const { return byte_view(data_).subspan(begin_); }
  std::size_t size() const { return data_.size() - begin_; }
  bool empty() const { return size() == 0; }
  std::size_t headroom() const { return begin_; }

  /// `n` zero bytes behind the payload; the span is theirs.
  byte_span append(std::size_t n) {
    data_.resize(data_.size() + n);
    return byte_span(data_).last(n);
  }
  void append_bytes(byte_view bytes) { data_.insert(data_.end(), bytes.begin(), bytes.end()); }

  /// The vector whose end is the payload's end, for a tl::writer. Only append to it.
  bytes& tail() { return data_; }

  /// `n` bytes in front of the payload, of any content; the span is theirs. Moves the payload only
  /// when the headroom is used up.
  byte_span prepend(std::size_t n) {
    if (n > begin_) {
      const std::size_t missing = n - begin_;
      data_.insert(data_.begin(), missing, 0);
      begin_ = n;
    }
    begin_ -= n;
    return byte_span(data_).subspan(begin_, n);
  }

  /// Takes `n` bytes, at most all, off the payload's front or its back.
  void drop_front(std::size_t n) { begin_ += std::min(n, size()); }
  void drop_back(std::size_t n) { data_.resize(data_.size() - std::min(n, size())); }

 private:
  bytes data_;
  std::size_t begin_ = 0;
};

}  // namespace mtfetch::tl
