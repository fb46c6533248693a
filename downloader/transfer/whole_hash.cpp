// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/whole_hash.hpp"

#include <algorithm>

namespace mtfetch::transfer {
namespace {

// What is read back at once stays in the processor's cache.
constexpr std::int64_t read_size = 256 * 1024;
constexpr std::size_t pieces_at_once = 2;
// Behind by more than this, as after an earlier run, it goes twice as fast.
constexpr std::int64_t far_behind = 32 * 1024 * 1024;

}  // namespace

byte_view whole_hash::next(std::int64_t end, const reader& read) {
  const std::int64_t size = std::clamp<std::int64_t>(end - hashed_, 0, read_size);
  if (size == 0) return {};
  buffer_.resize(static_cast<std::size_t>(read_size));
  const byte_span piece = byte_span(buffer_).first(static_cast<std::size_t>(size));
  read(hashed_, piece);
  hashed_ += size;
  return piece;
}

void whole_hash::each(std::span<const byte_view> pieces, std::span<crypto::sha256_digest> out,
                      std::int64_t complete, const reader& read) {
  while (!pieces.empty()) {
    const std::size_t count = std::min(pieces_at_once, pieces.size());
    stream_.update_beside(next(complete, read), pieces.first(count), out.first(count));
    if (complete - hashed_ > far_behind) stream_.update(next(complete, read));
    pieces = pieces.subspan(count);
    out = out.subspan(count);
  }
}

bool whole_hash::go_on(std::int64_t size, std::int64_t most, const reader& read) {
  for (; hashed_ < size && most > 0; most -= read_size) stream_.update(next(size, read));
  return hashed_ >= size;
}

crypto::sha256_digest whole_hash::finish(std::int64_t size, const reader& read) {
  while (hashed_ < size) stream_.update(next(size, read));
  return stream_.finish();
}

}  // namespace mtfetch::transfer
