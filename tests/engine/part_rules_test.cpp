// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/part_rules.hpp"
#include "downloader/engine/segment_manager.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mtfetch::engine {
namespace {

// Cuts a whole file and checks every part against the server's rules and the known size.
void expect_lawful_cut(std::int64_t size, std::int32_t most, const range_set& complete) {
  segment_manager segments(size, complete);
  const std::int64_t wanted = segments.wanted_bytes();
  std::int64_t sum = 0;
  std::int64_t last_end = 0;
  while (const auto next = segments.take(most, true, time_point())) {
    const part& cut = next->what;
    ASSERT_TRUE(obeys_part_rules(cut.offset, cut.limit)) << cut.offset << ' ' << cut.limit;
    ASSERT_LE(cut.limit, most);
    ASSERT_GE(cut.offset, last_end);
    ASSERT_GT(cut.size, 0);
    ASSERT_LE(cut.end(), size);
    ASSERT_TRUE(cut.size == cut.limit || cut.end() == size);
    ASSERT_TRUE(cut.limit == smallest_part || cut.size > cut.limit / 2) << "the tail is too large";
    ASSERT_FALSE(complete.intersects({cut.offset, cut.end()}));
    last_end = cut.end();
    sum += cut.size;
  }
  EXPECT_EQ(sum, wanted);
}

TEST(part_rules, knows_the_servers_rules) {
  EXPECT_TRUE(obeys_part_rules(0, 4096));
  EXPECT_TRUE(obeys_part_rules(1048576, 1048576));
  EXPECT_TRUE(obeys_part_rules(4096, 4096));
  EXPECT_FALSE(obeys_part_rules(1024, 4096));
  EXPECT_FALSE(obeys_part_rules(0, 1024));
  EXPECT_FALSE(obeys_part_rules(0, 12288)) << "does not divide 1 MiB";
  EXPECT_FALSE(obeys_part_rules(1048576 - 4096, 8192)) << "crosses a block of 1 MiB";
  EXPECT_FALSE(obeys_part_rules(-4096, 4096));
  EXPECT_FALSE(obeys_part_rules(0, 2097152));
  EXPECT_FALSE(obeys_part_rules(0, 0));
}

TEST(part_rules, cut_files_of_every_odd_size) {
  const std::int64_t sizes[] = {0,       1,           4095,         4096,       4097,
                                131071,  131073,      524287,       524289,     1048575,
                                1048577, 3 * mib + 5, 64 * mib - 1, 700'000'001};
  for (const std::int64_t size : sizes) {
    for (std::int32_t most = smallest_part; most <= largest_part; most *= 4) {
      if (size / most > 200'000) continue;
      expect_lawful_cut(size, most, {});
    }
  }
}

TEST(part_rules, cut_files_beyond_four_gibibytes) {
  const std::int64_t size = 4096 * mib + 123'457;
  expect_lawful_cut(size, largest_part, {});
  segment_manager segments(size, range_set({0, 4096 * mib}));
  const auto tail = segments.take(largest_part, true, time_point());
  ASSERT_TRUE(tail);
  EXPECT_EQ(tail->what.offset, 4096 * mib);
  EXPECT_EQ(tail->what.limit, 131072);
  EXPECT_EQ(tail->what.size, 123'457);
}

TEST(part_rules, cut_around_what_is_there_already) {
  std::mt19937_64 draw(7);
  for (int round = 0; round < 300; ++round) {
    const auto size = static_cast<std::int64_t>(draw() % (40 * mib)) + 1;
    range_set complete;
    for (std::uint64_t i = draw() % 12; i > 0; --i) {
      const auto begin = static_cast<std::int64_t>(draw()) % 320 * hash_window;
      if (begin < 0 || begin >= size) continue;
      const auto windows = static_cast<std::int64_t>(draw() % 20) + 1;
      complete.add({begin, std::min(size, begin + windows * hash_window)});
    }
    const std::int32_t most = 131072 << (draw() % 4);
    expect_lawful_cut(size, most, complete);
  }
}

TEST(segment_manager, gives_failed_parts_first_and_as_they_were_cut) {
  segment_manager segments(10 * mib, {});
  const time_point start{};
  const auto first = segments.take(524288, true, start);
  ASSERT_TRUE(first);
  segments.give_back(*first, start + std::chrono::seconds(1));
  EXPECT_EQ(segments.next_due(), start + std::chrono::seconds(1));
  const auto second = segments.take(524288, true, start);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->what.offset, 524288);
  const auto again = segments.take(1048576, false, start + std::chrono::seconds(1));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->what, first->what);
  EXPECT_FALSE(segments.take(1048576, false, start + std::chrono::seconds(1)));
}

TEST(segment_manager, counts_the_complete_prefix) {
  segment_manager segments(mib, {});
  segments.complete({262144, 524288});
  EXPECT_EQ(segments.complete_prefix(), 0);
  segments.complete({0, 262144});
  EXPECT_EQ(segments.complete_prefix(), 524288);
  EXPECT_FALSE(segments.is_complete());
  segments.complete({524288, mib});
  EXPECT_TRUE(segments.is_complete());
}

}  // namespace
}  // namespace mtfetch::engine
