// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/whole_hash.hpp"

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
    std::vector<byte_view> pieces;
    for (byte_view left = data; !left.empty(); left = left.subspan(pieces.back().size())) {
      pieces.push_back(left.first(std::min<std::size_t>(left.size(), mib / 8)));
    }
    std::vector<crypto::sha256_digest> digests(pieces.size());
    hash.each(pieces, digests, complete, reader());
    for (std::size_t i = 0; i < pieces.size(); ++i)
      EXPECT_EQ(digests[i], crypto::sha256(pieces[i]));
  }
  whole_hash::reader reader() {
    return [this](std::int64_t offset, byte_span into) {
      EXPECT_LE(offset + static_cast<std::int64_t>(into.size()), complete);
      was_read += into.size();
      std::ranges::copy(byte_view(disk).subspan(static_cast<std::size_t>(offset), into.size()),
                        into.begin());
    };
  }
  crypto::sha256_digest finish() {
    complete = static_cast<std::int64_t>(content.size());
    return hash.finish(complete, reader());
  }

  bytes content;
  bytes disk;
  whole_hash hash;
  std::int64_t complete = 0;
  std::size_t was_read = 0;
};

TEST(whole_hash, keeps_up_with_what_comes) {
  made_file file(16 * mib);
  for (std::int64_t at = 0; at < 16 * mib; at += mib) {
    file.arrive(at, mib);
    file.complete = at + mib;
  }
  EXPECT_EQ(file.was_read, static_cast<std::size_t>(15 * mib));
  EXPECT_EQ(file.finish(), crypto::sha256(file.content));
}

TEST(whole_hash, catches_up_with_an_earlier_run) {
  made_file file(80 * mib);
  file.disk = file.content;
  file.complete = 64 * mib;
  for (std::int64_t at = 64 * mib; at < 80 * mib; at += mib) file.arrive(at, mib);
  EXPECT_EQ(file.was_read, static_cast<std::size_t>(32 * mib));
  EXPECT_EQ(file.finish(), crypto::sha256(file.content));
}

TEST(whole_hash, takes_no_byte_that_was_found_to_be_bad) {
  made_file file(4 * mib);
  file.arrive(0, mib);
  file.arrive(mib, mib, true);
  file.arrive(2 * mib, 2 * mib);
  file.complete = mib;
  // One window of the bad part is fetched again.
  file.arrive(mib + mib / 2, mib / 8);
  EXPECT_EQ(file.finish(), crypto::sha256(file.content));
}

TEST(whole_hash, is_that_of_the_file_whatever_came_when) {
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
    }
    EXPECT_EQ(file.finish(), crypto::sha256(file.content)) << seed;
  }
}

}  // namespace
}  // namespace mtfetch::transfer
