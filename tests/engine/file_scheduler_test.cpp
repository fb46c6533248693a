// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/file_scheduler.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mtfetch::engine {
namespace {

std::vector<std::size_t> all_that_begin(file_scheduler& line) {
  std::vector<std::size_t> begun;
  while (const auto next = line.next()) begun.push_back(*next);
  return begun;
}

scheduler_limits few() {
  scheduler_limits limits;
  limits.small_at_once = 3;
  limits.large_at_once = 2;
  limits.enough = 4;
  return limits;
}

TEST(file_scheduler, begins_so_many_of_each_kind_in_their_order) {
  file_scheduler line(few());
  for (std::size_t i = 0; i < 10; ++i) line.add(i, i % 2 == 0 ? mib + 1 : mib);
  EXPECT_EQ(all_that_begin(line), (std::vector<std::size_t>{1, 3, 5, 0, 2}));
  EXPECT_EQ(line.under_way(), (std::set<std::size_t>{0, 1, 2, 3, 5}));
}

TEST(file_scheduler, one_that_ends_makes_room_for_its_own_kind) {
  file_scheduler line(few());
  for (std::size_t i = 0; i < 10; ++i) line.add(i, i % 2 == 0 ? mib + 1 : mib);
  all_that_begin(line);
  line.end(2);
  EXPECT_EQ(all_that_begin(line), std::vector<std::size_t>{4});
  line.end(5);
  EXPECT_EQ(all_that_begin(line), std::vector<std::size_t>{7});
  EXPECT_EQ(line.under_way(), (std::set<std::size_t>{0, 1, 3, 4, 7}));
}

TEST(file_scheduler, small_ones_do_not_wait_for_large_ones_nor_these_for_them) {
  file_scheduler line(few());
  for (std::size_t i = 0; i < 5; ++i) line.add(i, 4096 * mib);
  EXPECT_EQ(all_that_begin(line).size(), 2U);
  line.add(5, 0);
  EXPECT_EQ(all_that_begin(line), std::vector<std::size_t>{5});
}

TEST(file_scheduler, what_never_began_ends_nothing) {
  file_scheduler line(few());
  for (std::size_t i = 0; i < 5; ++i) line.add(i, 2 * mib);
  all_that_begin(line);
  line.end(4);
  EXPECT_FALSE(line.next());
  line.end(0);
  line.end(0);
  EXPECT_EQ(all_that_begin(line), std::vector<std::size_t>{2});
}

TEST(file_scheduler, wants_more_while_its_line_is_short) {
  file_scheduler line(few());
  EXPECT_TRUE(line.wants_more());
  for (std::size_t i = 0; i < 4; ++i) line.add(i, 2 * mib);
  EXPECT_FALSE(line.wants_more());
  line.next();
  EXPECT_TRUE(line.wants_more());
}

}  // namespace
}  // namespace mtfetch::engine
