// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/ordered_hash.hpp"

#include "mtproto/crypto/random.hpp"
#include "mtproto/crypto/sha.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace mtfetch::transfer {
namespace {

constexpr std::int64_t mib = 1024 * 1024;

// A file as a download leaves it: parts come in any order, some bad at first.
struct made_file {
  explicit made_file(std::size_t size) : content(size), disk(size) {
    std::mt19937 pick(5);
    for (std::uint8_t& byte : content) byte = static_cast<std::uint8_t>(pick());
  }
  void arrive(std::int64_t offset, std::size_t size, bool bad = false) {
    const auto from = content.begin() + offset;
    bytes data(from, from + static_cast<std::ptrdiff_t>(size));
    if (bad) data[size / 2] ^= 1;
    std::ranges::copy(data, disk.begin() + offset);
    const bytes expected(data);
    const byte_view piece(expected);
    crypto::sha256_digest digest;
    hash.offer(offset, shared_bytes(std::move(data)));
    hash.each({&piece, 1}, {&digest, 1}, complete);
    EXPECT_EQ(digest, crypto::sha256(piece));
  }
  void read_back(bool all) {
    hash.read_back(complete, all, [this](std::int64_t offset, byte_span into) {
      was_read += into.size();
      std::ranges::copy(byte_view(disk).subspan(static_cast<std::size_t>(offset), into.size()),
                        into.begin());
    });
  }
  crypto::sha256_digest finish() {
    complete = static_cast<std::int64_t>(content.size());
    read_back(true);
    return hash.finish();
  }

  bytes content;
  bytes disk;
  ordered_hash hash;
  std::int64_t complete = 0;
  std::size_t was_read = 0;
};

TEST(ordered_hash, reads_nothing_back_where_parts_come_nearly_in_order) {
  made_file file(16 * mib);
  constexpr std::int64_t part = mib / 2;
  for (std::int64_t pair = 0; pair < 16 * mib; pair += 2 * part) {
    file.arrive(pair + part, part);
    file.arrive(pair, part);
    file.complete = pair + 2 * part;
    file.read_back(false);
  }
  EXPECT_EQ(file.finish(), crypto::sha256(file.content));
  EXPECT_EQ(file.was_read, 0U);
}

TEST(ordered_hash, reads_back_what_there_was_no_room_for) {
  made_file file(32 * mib);
  constexpr std::int64_t part = mib;
  for (std::int64_t at = 31 * mib; at >= 0; at -= part) file.arrive(at, part);
  EXPECT_EQ(file.finish(), crypto::sha256(file.content));
  EXPECT_GE(file.was_read, static_cast<std::size_t>(24 * mib));
}

TEST(ordered_hash, takes_no_byte_that_was_found_to_be_bad) {
  made_file file(4 * mib);
  file.arrive(0, mib);
  file.arrive(mib, mib, true);
  file.arrive(2 * mib, 2 * mib);
  file.complete = mib;
  // One window of the bad part is fetched again.
  file.arrive(mib + mib / 2, mib / 8);
  EXPECT_EQ(file.finish(), crypto::sha256(file.content));
}

TEST(ordered_hash, is_that_of_the_file_whatever_came_when) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 pick(seed);
    const std::size_t size = 1 + pick() % (12 * mib);
    made_file file(size);
    std::vector<std::int64_t> parts;
    constexpr std::int64_t part = mib / 4;
    for (std::int64_t at = 0; at < static_cast<std::int64_t>(size); at += part) parts.push_back(at);
    const auto here = [&](std::int64_t at) {
      return std::min<std::size_t>(part, size - static_cast<std::size_t>(at));
    };
    // Each is among the next sixteen when it comes.
    std::vector<bool> good(parts.size());
    while (!parts.empty()) {
      const auto chosen = parts.begin() + pick() % std::min<std::size_t>(16, parts.size());
      const bool bad = pick() % 8 == 0;
      file.arrive(*chosen, here(*chosen), bad);
      if (bad) continue;
      good[static_cast<std::size_t>(*chosen / part)] = true;
      parts.erase(chosen);
      const auto gap = std::ranges::find(good, false) - good.begin();
      file.complete = std::min(gap * part, static_cast<std::int64_t>(size));
      if (pick() % 4 == 0) file.read_back(false);
    }
    EXPECT_EQ(file.finish(), crypto::sha256(file.content)) << seed;
  }
}

}  // namespace
}  // namespace mtfetch::transfer
