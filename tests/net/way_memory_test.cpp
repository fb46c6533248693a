// SPDX-License-Identifier: BSL-1.0
// What is remembered of blocked ways, and for how long: in virtual time.
#include "mtproto/net/way_memory.hpp"

#include <gtest/gtest.h>

using namespace mtfetch;
using net::way_memory;
using std::chrono::seconds;

namespace {

const time_point start = time_point(std::chrono::hours(5));

}  // namespace

TEST(way_memory, blocks_what_could_not_be_reached_for_a_while) {
  way_memory memory;
  EXPECT_FALSE(memory.blocked("TCP a", start));
  memory.unreachable("TCP a", start);
  EXPECT_TRUE(memory.blocked("TCP a", start));
  EXPECT_FALSE(memory.blocked("HTTP a", start));
  EXPECT_TRUE(memory.blocked("TCP a", start + seconds(29)));
  EXPECT_FALSE(memory.blocked("TCP a", start + seconds(30)));
}

TEST(way_memory, doubles_the_penalty_up_to_the_longest) {
  way_memory memory;
  time_point now = start;
  for (const int expected : {30, 60, 120, 240, 480, 600, 600}) {
    memory.unreachable("a", now);
    EXPECT_TRUE(memory.blocked("a", now + seconds(expected - 1))) << expected;
    now = now + seconds(expected);
    EXPECT_FALSE(memory.blocked("a", now)) << expected;
  }
}

TEST(way_memory, counts_attempts_at_the_same_time_once) {
  way_memory memory;
  for (int i = 0; i < 5; ++i) memory.unreachable("a", start + seconds(i));
  EXPECT_FALSE(memory.blocked("a", start + seconds(30)));
}

TEST(way_memory, forgives_one_fruitless_connection) {
  way_memory memory;
  memory.fruitless("a", start);
  EXPECT_FALSE(memory.blocked("a", start));
  memory.works("a");
  memory.fruitless("a", start);
  EXPECT_FALSE(memory.blocked("a", start));
  memory.fruitless("a", start);
  EXPECT_TRUE(memory.blocked("a", start));
}

TEST(way_memory, forgets_a_way_that_works) {
  way_memory memory;
  memory.unreachable("a", start);
  memory.works("a");
  EXPECT_FALSE(memory.blocked("a", start));
  memory.unreachable("a", start);
  EXPECT_FALSE(memory.blocked("a", start + seconds(30))) << "the penalty is the first again";
}

TEST(way_memory, makes_less_of_what_was_long_ago) {
  way_memory memory;
  time_point now = start;
  for (const int penalty : {30, 60, 120}) {
    memory.unreachable("a", now);
    now += seconds(penalty);
  }
  now += 2 * way_memory::longest;
  memory.unreachable("a", now);
  EXPECT_TRUE(memory.blocked("a", now + seconds(59)));
  EXPECT_FALSE(memory.blocked("a", now + seconds(60)));
  now += 100 * way_memory::longest;
  memory.unreachable("a", now);
  EXPECT_FALSE(memory.blocked("a", now + seconds(30)));
}

TEST(way_memory, lets_others_go_before_what_did_no_good) {
  way_memory memory;
  memory.fruitless("a", start);
  EXPECT_TRUE(memory.behind("a", start + seconds(29)));
  EXPECT_FALSE(memory.behind("a", start + seconds(30)));
  memory.works("a");
  EXPECT_FALSE(memory.behind("a", start));
}

TEST(way_memory, is_bounded) {
  way_memory memory;
  for (std::size_t i = 0; i < 3 * way_memory::most_ways; ++i) {
    memory.unreachable(std::to_string(i), start + seconds(i));
  }
  EXPECT_EQ(memory.size(), way_memory::most_ways);
  EXPECT_TRUE(memory.blocked(std::to_string(3 * way_memory::most_ways - 1),
                             start + seconds(3 * way_memory::most_ways)));
}
