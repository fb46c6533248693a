// SPDX-License-Identifier: BSL-1.0
// What may run only once waits for the first good packet of a connection.
#include <gtest/gtest.h>

#include <mtfetch/mtproto_types.hpp>

#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

constexpr request_options repeatable{repeat::allowed};

std::vector<std::int32_t> numbers_in(const std::vector<wire_message>& requests) {
  std::vector<std::int32_t> numbers;
  for (const wire_message& each : requests) numbers.push_back(number_in(each.body));
  return numbers;
}

TEST(client_session_reconnect, sends_what_changes_state_only_to_a_server_that_has_answered) {
  rig r;
  const request_id changes = r.client.submit(ask(1));
  r.client.submit(ask(2), repeatable);
  const request_id follows = r.client.submit(ask(3), repeatable);
  r.client.run_after(follows, changes);
  r.client.on_connected(r.now, tail::refuse);
  const auto first = r.sent();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(number_in(first[0].body), 2);
  EXPECT_EQ(first[1].constructor(), mtproto::ping_delay_disconnect::tl_id);
  EXPECT_TRUE(r.sent().empty());
  r.tell(mtproto::pong());
  const auto second = r.sent();
  ASSERT_EQ(second.size(), 2u);
  EXPECT_EQ(number_in(second[0].body), 1);
  EXPECT_EQ(second[1].constructor(), 0xcb9f372d) << "invokeAfterMsg";
}

TEST(client_session_reconnect, keeps_the_order_of_what_waits_for_the_first_word) {
  session_config config = rig::quiet();
  config.container_messages = 9;
  rig r(config);
  r.client.submit(ask(1));
  for (int number = 2; number <= 7; ++number) r.client.submit(ask(number), repeatable);
  r.client.submit(ask(8));
  r.client.on_connected(r.now, tail::refuse);
  tl::packet_buffer packet;
  ASSERT_TRUE(r.client.poll_transmit(packet, r.now));
  EXPECT_EQ(r.server.open(packet).size(), 5u) << "four requests and a ping";
  r.tell(mtproto::pong());
  EXPECT_EQ(numbers_in(r.sent_requests()), (std::vector<std::int32_t>{1, 6, 7, 8}));
}

// On the way somebody lets a request through, swallows its answer, and says -404 twice.
TEST(client_session_reconnect, runs_nothing_again_for_keys_that_are_said_to_be_unknown) {
  rig r;
  r.connect();
  const request_id ran = r.client.submit(ask(1));
  EXPECT_EQ(r.sent_requests().size(), 1u);
  for (int number = 2; number <= 3; ++number) {
    r.client.on_connection_lost();
    r.client.on_connected(r.now, tail::refuse);
    r.client.submit(ask(number));
    EXPECT_TRUE(r.sent_requests().empty());
  }
  r.client.on_connection_lost();
  r.client.replace_key(key_of(1), rig::first_salt);
  const auto gone = r.events_of<lost>();
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].id, ran);
  r.connect();
  EXPECT_EQ(numbers_in(r.sent_requests()), (std::vector<std::int32_t>{2, 3})) << "never sent";
}

}  // namespace
}  // namespace mtfetch::session::testing
