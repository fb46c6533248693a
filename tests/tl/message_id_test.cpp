// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/message_id.hpp"

#include <gtest/gtest.h>

namespace mtfetch::tl {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

instant at(nanoseconds unix_time) {
  instant now;
  now.wall = std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(unix_time));
  return now;
}

TEST(message_id, holds_the_unix_time_in_its_upper_half) {
  message_id_generator ids;
  const std::int64_t id = ids.next(at(seconds(0x5e0b700a) + milliseconds(500)), {});
  EXPECT_EQ(id, 0x5e0b700a80000000);
  EXPECT_EQ(unix_time_of(id), seconds(0x5e0b700a));
  EXPECT_EQ(exact_unix_time_of(id), seconds(0x5e0b700a) + milliseconds(500));
}

TEST(message_id, follows_the_clock_of_the_server) {
  message_id_generator ids;
  const instant now = at(seconds(1'700'000'000));
  EXPECT_EQ(unix_time_of(ids.next(now, hours(3))), seconds(1'700'000'000) + hours(3));
  message_id_generator behind;
  EXPECT_EQ(unix_time_of(behind.next(now, -hours(3))), seconds(1'700'000'000) - hours(3));
}

TEST(message_id, grows_by_four_while_the_clock_stands_or_goes_back) {
  message_id_generator ids;
  const std::int64_t first = ids.next(at(seconds(1'700'000'000)), {});
  EXPECT_EQ(ids.next(at(seconds(1'700'000'000)), {}), first + 4);
  EXPECT_EQ(ids.next(at(seconds(1'600'000'000)), {}), first + 8);
  EXPECT_EQ(ids.last(), first + 8);
}

TEST(message_id, is_divisible_by_four_for_a_client_whatever_the_time) {
  message_id_generator ids;
  std::int64_t before = 0;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    const std::int64_t id = ids.next(at(seconds(1'700'000'000) + nanoseconds(i * 7919)), {});
    ASSERT_TRUE(is_from_client(id));
    ASSERT_GT(id, before);
    before = id;
  }
}

TEST(message_id, tells_answers_and_notices_of_a_server) {
  message_id_generator ids;
  const instant now = at(seconds(1'700'000'000));
  const std::int64_t answer = ids.next(now, {}, message_origin::server_answer);
  const std::int64_t notice = ids.next(now, {}, message_origin::server_notice);
  const std::int64_t next = ids.next(now, {}, message_origin::server_answer);
  EXPECT_EQ(low_bits_of(answer), 1);
  EXPECT_EQ(low_bits_of(notice), 3);
  EXPECT_TRUE(is_from_server(answer));
  EXPECT_TRUE(is_from_server(notice));
  EXPECT_FALSE(is_from_server(answer + 1));
  EXPECT_LT(answer, notice);
  EXPECT_LT(notice, next);
}

TEST(message_id, reads_times_past_2038) {
  const std::int64_t id = message_id_at(seconds(2'200'000'000));
  EXPECT_EQ(unix_time_of(id), seconds(2'200'000'000));
}

TEST(message_id, gives_the_time_back_to_the_nanosecond) {
  for (const std::int64_t nanosecond : {0LL, 1LL, 999'999'999LL, 123'456'789LL}) {
    const nanoseconds time = seconds(1'700'000'000) + nanoseconds(nanosecond);
    EXPECT_LE(time - exact_unix_time_of(message_id_at(time)), nanoseconds(2)) << nanosecond;
    EXPECT_GE(time, exact_unix_time_of(message_id_at(time))) << nanosecond;
  }
}

}  // namespace
}  // namespace mtfetch::tl
