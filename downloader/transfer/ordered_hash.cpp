// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/ordered_hash.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mtfetch::transfer {
namespace {

constexpr std::int64_t most_early = 8 * 1024 * 1024;
// Read back from the page cache in pieces that stay in the processor's.
constexpr std::int64_t read_size = 256 * 1024;

std::int64_t size_of(const shared_bytes& data) {
  return static_cast<std::int64_t>(data.size());
}

}  // namespace

void ordered_hash::forget(std::map<std::int64_t, shared_bytes>::iterator entry) {
  early_bytes_ -= size_of(entry->second);
  early_.erase(entry);
}

void ordered_hash::offer(std::int64_t offset, shared_bytes data) {
  const std::int64_t end = offset + size_of(data);
  auto at = early_.lower_bound(offset);
  if (at != early_.begin()) {
    const auto before = std::prev(at);
    if (before->first + size_of(before->second) > offset) forget(before);
  }
  while (at != early_.end() && at->first < end) forget(at++);
  if (offset < hashed_ || early_bytes_ + size_of(data) > most_early) return;
  early_bytes_ += size_of(data);
  early_.emplace(offset, std::move(data));
}

// What of the bytes in memory comes next in the file.
byte_view ordered_hash::next(std::int64_t complete) const {
  if (early_.empty() || hashed_ >= complete) return {};
  const auto& [offset, data] = *early_.begin();
  if (offset > hashed_) return {};
  const byte_view left = data.view().subspan(static_cast<std::size_t>(hashed_ - offset));
  return left.first(std::min(left.size(), static_cast<std::size_t>(complete - hashed_)));
}

void ordered_hash::passed(std::size_t size) {
  hashed_ += static_cast<std::int64_t>(size);
  while (!early_.empty() && early_.begin()->first + size_of(early_.begin()->second) <= hashed_) {
    forget(early_.begin());
  }
}

void ordered_hash::each(std::span<const byte_view> pieces, std::span<crypto::sha256_digest> out,
                        std::int64_t complete) {
  const byte_view along = next(complete);
  stream_.update_beside(along, pieces, out);
  passed(along.size());
  // Parts may be smaller than those before them: what waits must not pile up.
  while (early_bytes_ > most_early / 2) {
    const byte_view more = next(complete);
    if (more.empty()) break;
    stream_.update(more);
    passed(more.size());
  }
}

void ordered_hash::read_back(std::int64_t complete, bool all,
                             const std::function<void(std::int64_t offset, byte_span into)>& read) {
  while (hashed_ < complete) {
    const byte_view there = next(complete);
    if (!there.empty()) {
      if (!all) return;
      stream_.update(there);
      passed(there.size());
      continue;
    }
    std::int64_t end = std::min(complete, hashed_ + read_size);
    if (!early_.empty()) end = std::min(end, early_.begin()->first);
    buffer_.resize(static_cast<std::size_t>(read_size));
    const byte_span piece = byte_span(buffer_).first(static_cast<std::size_t>(end - hashed_));
    read(hashed_, piece);
    stream_.update(piece);
    passed(piece.size());
  }
}

}  // namespace mtfetch::transfer
