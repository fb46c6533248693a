// SPDX-License-Identifier: BSL-1.0
// The SHA-256 of every hash window of one file: what its bytes are compared with later.
#pragma once

#include "downloader/engine/integrity.hpp"

#include <mtfetch/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mtfetch {

/// 32 bytes for each 128 KiB of the file, and one bit that says whether the server's hash was the
/// same.
class window_digests {
 public:
  explicit window_digests(std::int64_t size = 0);
  /// As it was stored; nothing where the two do not fit a file of this size.
  static std::optional<window_digests> read(std::int64_t size, byte_view digests, byte_view marks);

  /// A window of this file. What was there for it is replaced.
  void set(const engine::window_record& window);
  engine::window_record at(std::size_t index) const;
  std::size_t count() const { return count_; }
  /// Bytes of the file whose digest is the server's as well.
  std::int64_t verified_bytes() const;

  byte_view digests() const { return digests_; }
  byte_view marks() const { return marks_; }

 private:
  std::int64_t size_ = 0;
  std::size_t count_ = 0;
  bytes digests_;
  bytes marks_;  // bit i % 8 of byte i / 8, the lowest first
};

}  // namespace mtfetch
