// SPDX-License-Identifier: BSL-1.0
// The SHA-256 of a whole file whose parts come in any order.
#pragma once

#include "mtproto/crypto/sha.hpp"

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <functional>
#include <span>

namespace mtfetch::transfer {

/// Follows what is complete from the file's beginning and reads it back, while the page cache still
/// has it, beside the hashes of what comes: so it costs little more than the reading. One thread at
/// a time.
class whole_hash {
 public:
  /// Fills the span with the file's bytes from the offset on, or throws.
  using reader = std::function<void(std::int64_t offset, byte_span into)>;

  /// Hashes each piece by itself, and goes on with the file beside it, about as far as they are
  /// long: everything below `complete` is as it will stay.
  void each(std::span<const byte_view> pieces, std::span<crypto::sha256_digest> out,
            std::int64_t complete, const reader& read);
  /// Goes on by about `most` bytes with a file that is complete; true when nothing is left.
  bool go_on(std::int64_t size, std::int64_t most, const reader& read);
  /// Hashes what is left; the file is complete.
  crypto::sha256_digest finish(std::int64_t size, const reader& read);

 private:
  byte_view next(std::int64_t end, const reader& read);

  crypto::sha256_stream stream_;
  std::int64_t hashed_ = 0;
  bytes buffer_;
};

}  // namespace mtfetch::transfer
