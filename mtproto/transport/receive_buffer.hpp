// SPDX-License-Identifier: BSL-1.0
// The bytes received and not yet consumed, in buffers that packets share and that are used again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mtfetch/bytes.hpp>

#include "mtproto/transport/buffer_pool.hpp"

namespace mtfetch::transport {

/// A window into a pooled buffer. Frames are slices of the buffer; when the next frame cannot lie
/// behind them in one piece, the window moves to another buffer and takes its bytes along.
class receive_buffer {
 public:
  explicit receive_buffer(buffer_pool pool) : pool_(std::move(pool)) {}

  /// Room for the next bytes. A frame of known size gets exactly what it lacks once it is large, so
  /// that the frame after it begins in a buffer of its own and is never copied.
  byte_span prepare();
  void commit(std::size_t n) { end_ += n; }

  /// Received and not consumed.
  byte_span unread();
  void consume(std::size_t n);
  /// The frame at the front has `size` bytes in all; 0 when that is not known.
  void expect(std::size_t size);

  /// Keeps the buffer of the unread bytes alive.
  const std::shared_ptr<const void>& owner() const { return owner_; }
  std::uint64_t copied_bytes() const { return copied_; }

 private:
  void move_to(std::size_t capacity);

  buffer_pool pool_;
  std::shared_ptr<const void> owner_;
  byte_span room_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t expected_ = 0;
  std::size_t largest_ = 0;
  std::uint64_t copied_ = 0;
};

}  // namespace mtfetch::transport
