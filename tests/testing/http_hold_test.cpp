// SPDX-License-Identifier: BSL-1.0
// When an HTTP answer goes out: http_wait's three times, in virtual time.
#include "mtproto/testing/protocol/http_hold.hpp"

#include <gtest/gtest.h>
#include <mtfetch/mtproto_types.hpp>

#include "tests/testing/scripted_client.hpp"

namespace mtfetch::testing {

using std::chrono::milliseconds;

namespace {

const time_point start = time_point(std::chrono::hours(1));
time_point after(int ms) {
  return start + milliseconds(ms);
}

}  // namespace

TEST(http_hold, waits_for_25_seconds_when_it_is_not_told) {
  http_hold hold;
  EXPECT_FALSE(hold.due(true, start));
  EXPECT_EQ(hold.deadline(), no_deadline);
  hold.begin(start);
  EXPECT_FALSE(hold.due(false, after(24999)));
  EXPECT_EQ(hold.deadline(), after(25000));
  EXPECT_TRUE(hold.due(false, after(25000)));
  hold.answered();
  EXPECT_FALSE(hold.due(true, after(25000)));
  // A message goes at once, whatever the request before wished for.
  hold.begin(start);
  hold.wait(milliseconds(100), milliseconds(30), milliseconds(25000), start);
  hold.answered();
  hold.begin(start);
  EXPECT_TRUE(hold.due(true, after(1)));
}

TEST(http_hold, waits_as_long_as_there_is_nothing_to_say) {
  http_hold hold;
  hold.begin(start);
  hold.wait(milliseconds(100), milliseconds(30), milliseconds(25000), start);
  EXPECT_FALSE(hold.due(false, after(24999)));
  EXPECT_EQ(hold.deadline(), after(25000));
  EXPECT_TRUE(hold.due(false, after(25000)));
}

TEST(http_hold, gives_a_first_message_a_little_company) {
  http_hold hold;
  hold.begin(start);
  hold.wait(milliseconds(100), milliseconds(30), milliseconds(25000), start);
  EXPECT_FALSE(hold.due(true, after(1000)));
  EXPECT_EQ(hold.deadline(), after(1030));
  EXPECT_FALSE(hold.due(true, after(1029)));
  EXPECT_TRUE(hold.due(true, after(1030)));
}

TEST(http_hold, holds_no_message_longer_than_it_may) {
  http_hold hold;
  hold.begin(start);
  hold.wait(milliseconds(10), milliseconds(30), milliseconds(25000), start);
  EXPECT_FALSE(hold.due(true, after(5)));
  EXPECT_TRUE(hold.due(true, after(15)));
}

TEST(http_hold, takes_times_that_make_no_sense) {
  http_hold hold;
  hold.begin(start);
  hold.wait(milliseconds(-1), milliseconds(-1), milliseconds(-1), start);
  EXPECT_TRUE(hold.due(false, start));
  hold.answered();
  hold.begin(start);
  hold.wait(milliseconds(0), milliseconds(0), milliseconds(2147483647), start);
  EXPECT_EQ(hold.deadline(), after(25000));
  EXPECT_TRUE(hold.due(true, after(1)));
}

TEST(http_wait, is_told_to_the_connection_once_and_has_no_answer) {
  scripted_client client;
  client.received();
  mtproto::http_wait wait;
  wait.max_delay = 100;
  wait.wait_after = 30;
  wait.max_wait = 25000;
  client.send(wait, false);
  const auto asked = client.session->take_http_wait();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->max_wait, 25000);
  EXPECT_FALSE(client.session->take_http_wait());
  for (const sent_message& one : client.received()) {
    EXPECT_EQ(one.constructor(), mtproto::new_session_created::tl_id);
  }
}

TEST(http_wait, lets_messages_go_to_the_connection_that_waits) {
  scripted_client client;
  const int carrier = 0;
  const int poller = 0;
  client.session->set_carrier(&carrier);
  client.session->set_poller(&poller);
  EXPECT_TRUE(client.session->may_use(&carrier));
  EXPECT_TRUE(client.session->may_use(&poller));
  EXPECT_FALSE(client.session->may_use(&client));
  EXPECT_FALSE(client.session->has_output());
  client.send(mtproto::ping{});
  EXPECT_TRUE(client.session->has_output());
}

}  // namespace mtfetch::testing
