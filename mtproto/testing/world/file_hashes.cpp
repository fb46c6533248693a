// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/file_hashes.hpp"

#include <algorithm>

#include "mtproto/testing/world/contents.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t digest_size = std::tuple_size_v<crypto::sha256_digest>;
constexpr std::int64_t group_size = file_hashes::group_blocks * file_hashes::block_size;

std::size_t blocks_in(std::int64_t file_size, std::int64_t group) {
  const std::int64_t left = std::min(file_size - group * group_size, group_size);
  return static_cast<std::size_t>((left + file_hashes::block_size - 1) / file_hashes::block_size);
}

}  // namespace

std::vector<block_hash> file_hashes::from(const document& file, std::int64_t offset) {
  std::vector<block_hash> found;
  if (offset < 0 || offset >= file.size) return found;
  const std::int64_t group = offset / group_size;
  const bytes& digests = group_of(file, group);
  const auto first = static_cast<std::size_t>(offset % group_size / block_size);
  for (std::size_t i = first; (i + 1) * digest_size <= digests.size(); ++i) {
    block_hash block;
    block.offset = group * group_size + static_cast<std::int64_t>(i) * block_size;
    block.size = static_cast<std::int32_t>(std::min(block_size, file.size - block.offset));
    std::copy_n(digests.begin() + static_cast<std::ptrdiff_t>(i * digest_size), digest_size,
                block.digest.begin());
    found.push_back(block);
  }
  return found;
}

const bytes& file_hashes::group_of(const document& file, std::int64_t group) {
  auto& groups = digests_[file.id];
  if (const auto known = groups.find(group); known != groups.end()) return known->second;
  if (shelf_.load) {
    bytes stored = shelf_.load(file.id, group);
    if (stored.size() == blocks_in(file.size, group) * digest_size) {
      return groups[group] = std::move(stored);
    }
  }
  bytes fresh = compute(file, group);
  if (shelf_.save && !fresh.empty()) shelf_.save(file.id, group, fresh);
  return groups[group] = std::move(fresh);
}

bytes file_hashes::compute(const document& file, std::int64_t group) {
  const auto opened = content_of(files_, file);
  bytes digests;
  if (!opened) return digests;
  bytes block;
  for (std::size_t i = 0; i < blocks_in(file.size, group); ++i) {
    const std::int64_t offset = group * group_size + static_cast<std::int64_t>(i) * block_size;
    block.resize(static_cast<std::size_t>(std::min(block_size, file.size - offset)));
    if (!opened(offset, block)) return {};
    const auto digest = crypto::sha256(block);
    digests.insert(digests.end(), digest.begin(), digest.end());
  }
  return digests;
}

}  // namespace mtfetch::testing
