// SPDX-License-Identifier: BSL-1.0
// Requests that go before others, or after them, and large ones that are packed.
#include <gtest/gtest.h>

#include <mtfetch/mtproto_types.hpp>

#include "mtproto/tl/gzip.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

constexpr std::uint32_t after_msg = 0xcb9f372d;
constexpr std::uint32_t after_msgs = 0x3dc4b4f0;

bytes error_body(std::int32_t code, std::string name) {
  mtproto::rpc_error error;
  error.error_code = code;
  error.error_message = std::move(name);
  return tl::serialize(error);
}

/// The ids that an invokeAfterMsg(s) names; the number of the request inside comes last.
std::vector<std::int64_t> order_of(const wire_message& message) {
  tl::reader in(message.body);
  std::vector<std::int64_t> ids;
  const std::uint32_t constructor = in.u32();
  if (constructor == after_msg) {
    ids.push_back(in.i64());
  } else if (constructor == after_msgs) {
    EXPECT_EQ(in.u32(), tl::vector_id);
    for (std::int32_t left = in.i32(); left > 0; --left) ids.push_back(in.i64());
  } else {
    return {};
  }
  ids.push_back(number_in(in.rest()));
  return ids;
}

struct pair_of_calls {
  explicit pair_of_calls(rig& r) : first(r.client.submit(ask(1))), second(r.client.submit(ask(2))) {
    r.client.run_after(second, first);
  }
  request_id first;
  request_id second;
};

TEST(client_session_order, names_the_call_before_in_the_same_packet) {
  rig r;
  r.connect();
  const pair_of_calls calls(r);
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(order_of(sent[1]), (std::vector<std::int64_t>{sent[0].id, 2}));
}

TEST(client_session_order, names_several) {
  rig r;
  r.connect();
  const pair_of_calls calls(r);
  const request_id third = r.client.submit(ask(3));
  r.client.run_after(third, calls.first);
  r.client.run_after(third, calls.second);
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(order_of(sent[2]), (std::vector<std::int64_t>{sent[0].id, sent[1].id, 3}));
}

TEST(client_session_order, is_nothing_to_name_when_the_call_before_is_done) {
  rig r;
  r.connect();
  const request_id first = r.client.submit(ask(1));
  EXPECT_FALSE(r.give(r.sent_requests()[0].id, reply(1)));
  const request_id second = r.client.submit(ask(2));
  r.client.run_after(second, first);
  EXPECT_EQ(r.sent_requests().size(), 1u) << "a plain request";
}

TEST(client_session_order, is_kept_when_both_are_sent_again_with_another_salt) {
  rig r;
  r.connect();
  const pair_of_calls calls(r);
  EXPECT_FALSE(r.refuse_salt(r.sent()[0].container, 99));
  const auto again = r.sent();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(order_of(again[1]), (std::vector<std::int64_t>{again[0].id, 2}));
}

TEST(client_session_order, waits_here_when_the_server_would_not_wait) {
  for (const char* name : {"MSG_WAIT_TIMEOUT", "MSG_WAIT_FAILED"}) {
    rig r;
    r.connect();
    const pair_of_calls calls(r);
    const auto sent = r.sent();
    EXPECT_FALSE(r.give(sent[1].id, error_body(400, name)));
    EXPECT_TRUE(r.sent().empty()) << "the one before is still under way";
    EXPECT_FALSE(r.give(sent[0].id, reply(1)));
    const auto again = r.sent_requests();
    ASSERT_EQ(again.size(), 1u) << name;
    EXPECT_EQ(number_in(again[0].body), 2);
    EXPECT_FALSE(r.give(again[0].id, reply(2)));
    EXPECT_EQ(r.answered(), (std::vector<std::int32_t>{1, 2}));
  }
}

TEST(client_session_order, fails_what_comes_after_a_failure) {
  rig r;
  r.connect();
  const pair_of_calls calls(r);
  const auto sent = r.sent();
  EXPECT_FALSE(r.give(sent[0].id, error_body(400, "FIRST_INVALID")));
  EXPECT_FALSE(r.give(sent[1].id, error_body(400, "MSG_WAIT_FAILED")));
  const auto failures = r.events_of<failure>();
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_EQ(failures[1].id, calls.second);
  EXPECT_TRUE(failures[1].why.is("MSG_WAIT_FAILED"));
  // One that was not sent yet is not sent at all.
  const request_id third = r.client.submit(ask(3));
  r.client.run_after(third, calls.first);
  EXPECT_TRUE(r.sent().empty());
  EXPECT_EQ(r.events_of<failure>().at(0).id, third);
}

TEST(client_session_order, fails_what_comes_after_a_cancelled_one) {
  for (const bool was_sent : {false, true}) {
    rig r;
    r.connect();
    const pair_of_calls calls(r);
    const auto sent = was_sent ? r.sent() : std::vector<wire_message>();
    r.client.cancel(calls.first);
    if (was_sent) {
      EXPECT_FALSE(r.give(sent[1].id, error_body(400, "MSG_WAIT_FAILED")));
    }
    EXPECT_TRUE(r.sent_requests().empty());
    const auto failures = r.events_of<failure>();
    ASSERT_EQ(failures.size(), 1u);
    EXPECT_EQ(failures[0].id, calls.second);
    EXPECT_TRUE(failures[0].why.is("MSG_WAIT_FAILED"));
  }
}

TEST(client_session_order, survives_a_lost_connection) {
  rig r;
  r.connect();
  const pair_of_calls calls(r);
  const auto before = r.sent();
  r.reconnect();
  for (const wire_message& each : r.sent()) {
    if (each.constructor() != mtproto::msgs_state_req::tl_id) continue;
    mtproto::msgs_state_info info;
    info.req_msg_id = each.id;
    info.info = shared_bytes(bytes{2, 2});
    EXPECT_FALSE(r.tell(info));
  }
  const auto again = r.sent();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].id, before[0].id) << "unchanged: it may have arrived after all";
  EXPECT_EQ(again[1].body, before[1].body);
}

// What a body_maker was asked for.
struct made_for {
  std::vector<std::int64_t> messages;
  std::vector<std::int64_t> sessions;
  body_maker maker() {
    return [this](std::int64_t message_id, std::int64_t session_id) {
      messages.push_back(message_id);
      sessions.push_back(session_id);
      return ask(1000);
    };
  }
};

TEST(client_session_first, goes_alone_and_before_all_others) {
  rig r;
  r.client.submit(ask(1));
  made_for made;
  const request_id first = r.client.submit_first(made.maker());
  r.client.on_connected(r.now, tail::refuse);
  tl::packet_buffer packet;
  ASSERT_TRUE(r.client.poll_transmit(packet, r.now));
  const auto alone = r.server.open(packet);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].container, 0);
  EXPECT_EQ(number_in(alone[0].body), 1000);
  EXPECT_EQ(made.messages, std::vector<std::int64_t>{alone[0].id});
  EXPECT_EQ(made.sessions, std::vector<std::int64_t>{r.client.session_id()});
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_FALSE(r.give(alone[0].id, reply(1000)));
  EXPECT_EQ(r.events_of<answer>().at(0).id, first);
  EXPECT_EQ(r.sent_requests().size(), 1u);
}

TEST(client_session_first, is_made_anew_for_each_message_id) {
  rig r;
  made_for made;
  r.client.submit_first(made.maker());
  r.client.on_connected(r.now, tail::refuse);
  const auto refused = r.sent_requests();
  EXPECT_FALSE(r.refuse_salt(refused[0].id, 99));
  const auto again = r.sent_requests();
  EXPECT_FALSE(r.complain(again[0].id, 33));  // another session
  const auto third = r.sent_requests();
  EXPECT_EQ(made.messages, (std::vector<std::int64_t>{refused[0].id, again[0].id, third[0].id}));
  EXPECT_NE(made.sessions[2], made.sessions[0]);
  EXPECT_EQ(made.sessions[2], r.client.session_id());
}

TEST(client_session_first, holds_back_the_others_until_it_succeeded) {
  rig r;
  made_for made;
  r.client.submit_first(made.maker());
  r.client.submit(ask(1));
  r.client.on_connected(r.now, tail::refuse);
  EXPECT_FALSE(r.give(r.sent_requests()[0].id, error_body(400, "ENCRYPTED_MESSAGE_INVALID")));
  EXPECT_EQ(r.events_of<failure>().size(), 1u);
  EXPECT_TRUE(r.sent_requests().empty());
  // Another key, and the binding of it.
  r.client.on_connection_lost();
  r.client.replace_key(key_of(1), rig::first_salt);
  r.client.submit_first(made.maker());
  r.client.on_connected(r.now, tail::refuse);
  const auto second = r.sent_requests();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(number_in(second[0].body), 1000);
  EXPECT_FALSE(r.give(second[0].id, reply(1000)));
  EXPECT_EQ(number_in(r.sent_requests().at(0).body), 1);
}

TEST(client_session_first, is_sent_anew_when_its_answer_does_not_come) {
  rig r;
  made_for made;
  r.client.submit_first(made.maker());
  r.client.submit(ask(1));
  r.client.on_connected(r.now, tail::refuse);
  const auto swallowed = r.sent_requests();
  r.pass(14s);
  EXPECT_FALSE(r.tell(mtproto::pong()));
  EXPECT_FALSE(r.client.on_deadline(r.now));
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_LE(r.client.deadline(), r.now.mono + 1s);
  r.pass(1s);
  EXPECT_FALSE(r.client.on_deadline(r.now));
  const auto again = r.sent_requests();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(number_in(again[0].body), 1000);
  EXPECT_EQ(made.messages, (std::vector<std::int64_t>{swallowed[0].id, again[0].id}));
  EXPECT_FALSE(r.give(again[0].id, reply(1000)));
  EXPECT_EQ(number_in(r.sent_requests().at(0).body), 1);
}

TEST(client_session_packing, packs_a_large_request_when_that_pays) {
  session_config config = rig::quiet();
  config.pack_from = 1024;
  rig r(config);
  r.connect();
  bytes plain = ask(1);
  plain.resize(100'000);
  r.client.submit(plain);
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].constructor(), mtproto::gzip_packed::tl_id);
  EXPECT_EQ(sent[0].seqno & 1, 1);
  tl::reader in(sent[0].body);
  in.u32();
  EXPECT_EQ(*tl::gunzip(in.bytes_view(), 1 << 20), plain);

  for (const std::size_t size : {std::size_t{1000}, std::size_t{4096}, std::size_t{100'000}}) {
    bytes noise = ask(2);
    noise.resize(size);
    if (size > 1024) seeded_random(9)(byte_span(noise).subspan(8));
    r.client.submit(noise);
    EXPECT_EQ(r.sent().at(0).body, noise) << "too small, or nothing to gain";
  }
}

TEST(client_session_ends, destroys_the_session_that_it_gave_up) {
  rig r;
  r.connect();
  const std::int64_t before = r.client.session_id();
  EXPECT_FALSE(r.complain(r.send(1).id, 32));
  std::vector<std::int64_t> destroyed;
  for (const wire_message& each : r.sent()) {
    if (each.constructor() != mtproto::destroy_session::tl_id) continue;
    destroyed.push_back(each.as<mtproto::destroy_session>().session_id);
  }
  EXPECT_EQ(destroyed, std::vector<std::int64_t>{before});
  r.client.destroy_session(r.client.session_id());
  EXPECT_TRUE(r.sent().empty()) << "never the one in use";
}

TEST(client_session_ends, destroys_its_key_and_tells_what_came_of_it) {
  rig r;
  r.connect();
  r.client.destroy_key();
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].constructor(), mtproto::destroy_auth_key::tl_id);
  EXPECT_FALSE(r.tell(mtproto::destroy_auth_key_fail()));
  EXPECT_FALSE(r.tell(mtproto::destroy_auth_key_none()));
  EXPECT_FALSE(r.tell(mtproto::destroy_auth_key_ok()));
  const auto told = r.events_of<key_destroyed>();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_FALSE(told[0].gone);
  EXPECT_TRUE(told[1].gone && told[2].gone);
}

TEST(client_session_ends, understands_the_three_answers_to_a_dropped_call) {
  rig r;
  r.connect();
  mtproto::rpc_answer_dropped dropped;
  dropped.msg_id = 5;
  const std::vector<std::pair<bytes, answer_dropped::was>> answers{
      {tl::serialize(mtproto::rpc_answer_unknown()), answer_dropped::was::unknown},
      {tl::serialize(mtproto::rpc_answer_dropped_running()), answer_dropped::was::running},
      {tl::serialize(dropped), answer_dropped::was::answered}};
  for (const auto& [body, expected] : answers) {
    const request_id id = r.client.submit(ask(1));
    const auto asked = r.sent_requests();
    r.client.cancel(id);
    const auto drop = r.sent();
    ASSERT_EQ(drop.size(), 1u);
    EXPECT_EQ(drop[0].as<mtproto::rpc_drop_answer>().req_msg_id, asked[0].id);
    EXPECT_FALSE(r.give(drop[0].id, body));
    // The answer itself may come nevertheless; nobody hears of it.
    EXPECT_FALSE(r.give(asked[0].id, reply(1)));
    const auto all = r.events();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(std::get<answer_dropped>(all[0]).state, expected);
  }
}

}  // namespace
}  // namespace mtfetch::session::testing
