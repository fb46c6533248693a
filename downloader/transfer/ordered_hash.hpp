// SPDX-License-Identifier: BSL-1.0
// The SHA-256 of a whole file whose parts come in any order.
#pragma once

#include "mtproto/crypto/sha.hpp"

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <span>

namespace mtfetch::transfer {

/// What comes before its turn is kept in memory, up to a limit, until all before it is complete;
/// what there was no room for is read back. One thread at a time.
class ordered_hash {
 public:
  /// Bytes of the file. They take the place of what was offered for any of them before.
  void offer(std::int64_t offset, shared_bytes data);
  /// Hashes each piece by itself, and goes on with the file beside it: everything below `complete`
  /// is as it will stay.
  void each(std::span<const byte_view> pieces, std::span<crypto::sha256_digest> out,
            std::int64_t complete);
  /// Goes on to `complete` with what is not in memory; with that as well where `all` is said.
  /// `read` fills the whole span with the file's bytes from the offset on, or throws.
  void read_back(std::int64_t complete, bool all,
                 const std::function<void(std::int64_t offset, byte_span into)>& read);
  crypto::sha256_digest finish() { return stream_.finish(); }

 private:
  byte_view next(std::int64_t complete) const;
  void passed(std::size_t size);
  void forget(std::map<std::int64_t, shared_bytes>::iterator entry);

  crypto::sha256_stream stream_;
  std::int64_t hashed_ = 0;
  std::map<std::int64_t, shared_bytes> early_;  // by offset, neither overlapping nor behind
  std::int64_t early_bytes_ = 0;
  bytes buffer_;
};

}  // namespace mtfetch::transfer
