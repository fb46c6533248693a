// SPDX-License-Identifier: BSL-1.0
// SHA-256 of every 128 KiB of the served files, computed once and kept.
#pragma once

#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>
#include <unordered_map>
#include <vector>

#include "mtproto/crypto/sha.hpp"
#include "mtproto/testing/world/catalogue.hpp"
#include "mtproto/testing/world/open_files.hpp"

namespace mtfetch::testing {

struct block_hash {
  std::int64_t offset = 0;
  std::int32_t size = 0;
  crypto::sha256_digest digest{};
};

/// Where hashes outlive the process. Document ids stand for path, size and time of change, so a
/// file that was changed is never found under its old hashes.
struct hash_shelf {
  std::function<bytes(std::int64_t document, std::int64_t group)> load;  ///< empty when not there
  std::function<void(std::int64_t document, std::int64_t group, byte_view digests)> save;
};

/// One thread at a time.
class file_hashes {
 public:
  static constexpr std::int64_t block_size = 128 * 1024;
  /// Blocks are hashed, stored and handed out in groups of so many: 8 MiB of file.
  static constexpr std::int64_t group_blocks = 64;

  file_hashes(open_files& files, hash_shelf shelf) : files_(files), shelf_(std::move(shelf)) {}

  /// The hashes from the block that holds `offset` to the end of its group; empty past the end of
  /// the file, or when it cannot be read.
  std::vector<block_hash> from(const document& file, std::int64_t offset);

 private:
  const bytes& group_of(const document& file, std::int64_t group);
  bytes compute(const document& file, std::int64_t group);

  open_files& files_;
  hash_shelf shelf_;
  std::unordered_map<std::int64_t, std::unordered_map<std::int64_t, bytes>> digests_;
};

}  // namespace mtfetch::testing
