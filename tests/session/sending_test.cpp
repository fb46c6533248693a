// SPDX-License-Identifier: BSL-1.0
// What a client session sends: ids, sequence numbers, containers, acknowledgements, pings.
#include <gtest/gtest.h>

#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/container.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

using client_session_sending = ::testing::Test;

TEST(client_session_sending, nothing_without_a_connection) {
  rig r;
  r.client.submit(ask(1));
  EXPECT_TRUE(r.sent().empty());
  EXPECT_EQ(r.client.deadline(), no_deadline);
}

TEST(client_session_sending, begins_with_the_requests_and_a_ping_in_one_container) {
  rig r;
  r.client.submit(ask(1), {repeat::allowed});
  r.client.submit(ask(2), {repeat::allowed});
  r.client.on_connected(r.now, tail::refuse);
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(number_in(sent[0].body), 1);
  EXPECT_EQ(number_in(sent[1].body), 2);
  EXPECT_EQ(sent[2].as<mtproto::ping_delay_disconnect>().disconnect_delay, 75);
  for (const wire_message& each : sent) EXPECT_EQ(each.container, sent[0].container);
  EXPECT_NE(sent[0].container, 0);
  EXPECT_EQ(r.server.salt_seen, rig::first_salt);
  EXPECT_NE(r.server.session_id, 0);
  EXPECT_EQ(r.server.session_id, r.client.session_id());
}

TEST(client_session_sending, gives_ids_that_grow_and_containers_the_largest) {
  rig r;
  std::int64_t last = 0;
  r.client.on_connected(r.now, tail::refuse);
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i <= round % 5; ++i) r.client.submit(ask(i), {repeat::allowed});
    std::int64_t container = 0;
    for (const wire_message& each : r.sent()) {
      EXPECT_EQ(each.id % 4, 0);
      EXPECT_GT(each.id, last);
      last = each.id;
      container = each.container;
    }
    if (container != 0) {
      EXPECT_GT(container, last);
      last = container;
    }
    if (round % 7 == 0) r.now.wall -= 1h;  // a wall clock that jumps changes nothing
    if (round % 3 == 0) r.pass(1s);
  }
  EXPECT_EQ(tl::unix_time_of(last), 1'700'000'000s + 17s);
}

TEST(client_session_sending, counts_requests_as_content_and_service_messages_not) {
  rig r;
  r.client.on_connected(r.now, tail::refuse);
  r.client.submit(ask(1), {repeat::allowed});
  r.client.submit(ask(2), {repeat::allowed});
  const auto first = r.sent();
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].seqno, 1);
  EXPECT_EQ(first[1].seqno, 3);
  EXPECT_EQ(first[2].seqno, 4);  // the ping
  EXPECT_EQ(first[0].container_seqno, 4);
  EXPECT_EQ(r.send(3, {repeat::allowed}).seqno, 5);
}

TEST(client_session_sending, sends_a_request_alone_without_container) {
  rig r;
  r.connect();
  EXPECT_EQ(r.send(1).container, 0);
}

TEST(client_session_sending, keeps_apart_what_asks_to_be_alone) {
  rig r;
  r.connect();
  r.client.submit(ask(1));
  r.client.submit(ask(2), {repeat::never, true});
  r.client.submit(ask(3));
  r.client.submit(ask(4));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 4u);
  EXPECT_EQ(sent[0].container, 0);
  EXPECT_EQ(sent[1].container, 0);
  EXPECT_NE(sent[2].container, 0);
  EXPECT_EQ(sent[2].container, sent[3].container);
}

TEST(client_session_sending, splits_at_1020_messages) {
  rig r;
  r.connect();
  for (int i = 0; i < 3000; ++i) r.client.submit(ask(i));
  std::map<std::int64_t, std::size_t> sizes;
  int expected = 0;
  for (const wire_message& each : r.sent()) {
    ++sizes[each.container];
    EXPECT_EQ(number_in(each.body), expected++);
  }
  EXPECT_EQ(expected, 3000);
  for (const auto& [container, size] : sizes) EXPECT_LE(size, 1020u);
  EXPECT_EQ(sizes.size(), 3u);
}

TEST(client_session_sending, splits_at_32_KiB_and_sends_a_larger_request_in_its_own_packet) {
  rig r;
  r.connect();
  bytes large = ask(1);
  large.resize(20'000);
  bytes huge = ask(9);
  huge.resize(600'000);
  r.client.submit(large);
  r.client.submit(large);
  r.client.submit(huge);
  r.client.submit(ask(2));
  r.client.submit(ask(3));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 5u);
  EXPECT_EQ(sent[0].container, 0);
  EXPECT_EQ(sent[1].container, 0);
  EXPECT_EQ(sent[2].container, 0);
  EXPECT_EQ(sent[2].body, huge);
  EXPECT_EQ(sent[3].container, sent[4].container);
}

TEST(client_session_sending, refuses_bodies_that_no_message_can_carry) {
  rig r;
  r.connect();
  const std::size_t sizes[] = {0, 3, 6, 1024 * 1024};
  for (const std::size_t size : sizes) {
    const request_id id = r.client.submit(bytes(size, 1));
    const auto lost_ones = r.events_of<lost>();
    ASSERT_EQ(lost_ones.size(), 1u) << size;
    EXPECT_EQ(lost_ones[0].id, id);
    EXPECT_EQ(lost_ones[0].why, protocol_errc::bad_length);
  }
  EXPECT_EQ(r.client.pending(), 0u);
  EXPECT_TRUE(r.sent().empty());
}

TEST(client_session_sending, acknowledges_with_the_next_packet) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  const wire_message result = r.server.result(asked.id, reply(1), r.now);
  EXPECT_FALSE(r.deliver(result));
  EXPECT_TRUE(r.sent().empty());
  r.client.submit(ask(2));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[1].as<mtproto::msgs_ack>().msg_ids, std::vector<std::int64_t>{result.id});
  EXPECT_EQ(sent[1].seqno % 2, 0);
  EXPECT_NE(sent[1].container, 0);
}

TEST(client_session_sending, acknowledges_by_itself_when_the_time_comes) {
  rig r;
  r.connect();
  const wire_message result = r.server.result(r.send(1).id, reply(1), r.now);
  EXPECT_FALSE(r.deliver(result));
  EXPECT_EQ(r.client.deadline(), r.now.mono + 10s);
  EXPECT_FALSE(r.pass_to_deadline());
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].as<mtproto::msgs_ack>().msg_ids, std::vector<std::int64_t>{result.id});
}

TEST(client_session_sending, acknowledges_at_once_when_many_wait) {
  rig r;
  r.connect();
  for (int i = 0; i < 63; ++i) r.deliver(r.server.make(reply(i), content::related, r.now));
  EXPECT_TRUE(r.sent().empty());
  r.deliver(r.server.make(reply(63), content::related, r.now));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].as<mtproto::msgs_ack>().msg_ids.size(), 64u);
}

TEST(client_session_sending, acknowledges_odd_sequence_numbers_and_no_others) {
  rig r;
  r.connect();
  const wire_message even = r.server.make(reply(1), content::unrelated, r.now);
  const wire_message odd = r.server.make(reply(2), content::related, r.now);
  EXPECT_FALSE(r.deliver(r.server.seal({even, odd}, r.now)));
  r.client.submit(ask(1));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[1].as<mtproto::msgs_ack>().msg_ids, std::vector<std::int64_t>{odd.id});
}

TEST(client_session_sending, pings_every_minute) {
  rig r;
  r.connect();
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(r.tell(mtproto::pong{}));
    EXPECT_EQ(r.client.deadline(), r.now.mono + 60s);
    EXPECT_FALSE(r.pass_to_deadline());
    const auto sent = r.sent();
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].constructor(), mtproto::ping_delay_disconnect::tl_id);
    EXPECT_EQ(sent[0].seqno % 2, 0);
  }
}

TEST(client_session_sending, holds_the_connection_for_dead_when_a_ping_brings_nothing) {
  rig r;
  r.client.on_connected(r.now, tail::refuse);
  EXPECT_EQ(r.sent().size(), 1u);
  EXPECT_EQ(r.client.deadline(), r.now.mono + 15s);
  r.pass(14s);
  EXPECT_FALSE(r.client.on_deadline(r.now));
  r.pass(1s);
  EXPECT_EQ(r.client.on_deadline(r.now), transport_errc::timed_out);
}

TEST(client_session_sending, asks_for_life_when_an_answer_is_late) {
  rig r;
  r.connect();
  EXPECT_FALSE(r.tell(mtproto::pong{}));
  r.pass(30s);
  r.send(1);
  EXPECT_EQ(r.client.deadline(), r.now.mono + 10s) << "silence counts from the question";
  EXPECT_FALSE(r.pass_to_deadline());
  ASSERT_EQ(r.sent().size(), 1u);
  EXPECT_EQ(r.client.deadline(), r.now.mono + 15s);
  EXPECT_EQ(r.pass_to_deadline(), transport_errc::timed_out);
}

TEST(client_session_sending, takes_a_slow_packet_for_life) {
  rig r;
  r.connect();
  r.send(1);
  for (int i = 0; i < 100; ++i) {
    r.pass(5s);
    r.client.on_traffic(r.now);
    r.sent();
    ASSERT_FALSE(r.client.on_deadline(r.now));
  }
}

TEST(client_session_sending, drops_the_answer_of_a_cancelled_request_on_the_server) {
  rig r;
  r.connect();
  const request_id id = r.client.submit(ask(1));
  const auto asked = r.sent_requests();
  r.client.cancel(id);
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].as<mtproto::rpc_drop_answer>().req_msg_id, asked[0].id);
  EXPECT_FALSE(r.give(asked[0].id, reply(1)));
  EXPECT_TRUE(r.events().empty());
  r.client.cancel(id);
  EXPECT_TRUE(r.sent_requests().empty());
}

TEST(client_session_sending, forgets_a_request_that_was_cancelled_before_it_was_sent) {
  rig r;
  r.connect();
  const request_id id = r.client.submit(ask(1));
  r.client.submit(ask(2));
  r.client.cancel(id);
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(number_in(sent[0].body), 2);
}

TEST(client_session_sending, asks_for_future_salts_and_goes_over_to_them_in_time) {
  session_config config = rig::quiet();
  config.future_salts = 8;
  rig r(config);
  r.client.on_connected(r.now, tail::refuse);
  const auto first = r.sent();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[1].as<mtproto::get_future_salts>().num, 8);

  const auto salts_at = [&](std::int64_t request) {
    mtproto::future_salts told;
    told.req_msg_id = request;
    told.now = 1'700'000'000;
    for (int i = 0; i < 8; ++i) {
      mtproto::future_salt each;
      each.valid_since = told.now + 1800 * i;
      each.valid_until = each.valid_since + 3600;
      each.salt = 100 + i;
      told.salts.push_back(each);
    }
    return told;
  };
  EXPECT_FALSE(r.tell(salts_at(first[1].id + 4))) << "not asked for: ignored";
  EXPECT_FALSE(r.tell(salts_at(first[1].id)));
  for (int half_hours = 0; half_hours < 3; ++half_hours) {
    r.pass(61s);
    r.send(1);
    EXPECT_EQ(r.server.salt_seen, 100 + half_hours);
    const auto changed = r.events_of<salts_changed>();
    ASSERT_EQ(changed.size(), 1u);
    EXPECT_EQ(changed[0].salt, 100 + half_hours);
    EXPECT_EQ(r.client.salt(), 100 + half_hours);
    r.pass(1800s - 61s);
  }
}

TEST(client_session_sending,
     over_http_wants_its_answers_at_once_and_leaves_acknowledgements_to_who_waits) {
  rig r;
  r.client.on_connected(r.now, tail::refuse, delivery::as_answers);
  r.client.submit(ask(1), {repeat::allowed});
  std::vector<wire_message> sent = r.sent();
  ASSERT_EQ(sent.back().constructor(), mtproto::http_wait::tl_id);
  const auto wait = sent.back().as<mtproto::http_wait>();
  EXPECT_EQ(wait.max_delay, 0);
  EXPECT_EQ(wait.wait_after, 0);
  EXPECT_EQ(wait.max_wait, 0);
  for (const wire_message& each : sent) {
    if (each.constructor() == ask_id) {
      ASSERT_FALSE(r.give(each.id, reply(1)));
    }
  }
  // The acknowledgement is due, but nothing that the main connection would send for it alone.
  EXPECT_GT(r.client.deadline(), r.now.mono + 10s);
  r.pass(11s);
  EXPECT_TRUE(r.sent().empty());
  tl::packet_buffer packet;
  ASSERT_TRUE(r.client.poll_http_wait(packet, r.now));
  sent = r.server.open(packet);
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].as<mtproto::http_wait>().max_wait, 25000);
  EXPECT_EQ(sent[1].constructor(), mtproto::msgs_ack::tl_id);
}

TEST(client_session_sending,
     an_http_wait_that_counts_for_nothing_and_takes_acknowledgements_along) {
  rig r;
  tl::packet_buffer packet;
  EXPECT_FALSE(r.client.poll_http_wait(packet, r.now)) << "not connected";
  r.connect();
  const wire_message asked = r.send(1);
  ASSERT_FALSE(r.give(asked.id, reply(1)));
  ASSERT_TRUE(r.client.poll_http_wait(packet, r.now));
  auto sent = r.server.open(packet);
  ASSERT_EQ(sent.size(), 2u);
  const auto wait = sent[0].as<mtproto::http_wait>();
  EXPECT_EQ(wait.max_delay, 100);
  EXPECT_EQ(wait.wait_after, 30);
  EXPECT_EQ(wait.max_wait, 25000);
  EXPECT_EQ(sent[0].seqno % 2, 0);
  EXPECT_EQ(sent[1].constructor(), mtproto::msgs_ack::tl_id);
  // The next one has nothing to acknowledge, and a request of the other connection stays queued.
  r.client.submit(ask(2));
  ASSERT_TRUE(r.client.poll_http_wait(packet, r.now));
  sent = r.server.open(packet);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].constructor(), mtproto::http_wait::tl_id);
  EXPECT_EQ(r.sent_requests().size(), 1u);
  // A new salt may be learnt from it.
  ASSERT_FALSE(r.refuse_salt(sent[0].id, 4711));
  EXPECT_EQ(r.client.salt(), 4711);
}

}  // namespace
}  // namespace mtfetch::session::testing
