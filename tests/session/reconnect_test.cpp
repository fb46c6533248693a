// SPDX-License-Identifier: BSL-1.0
// What becomes of requests when connections are lost: each has one end, and none that changes
// state is run twice.
#include <gtest/gtest.h>

#include <deque>
#include <mtfetch/mtproto_types.hpp>

#include "tests/session/honest_server.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

constexpr request_options repeatable{repeat::allowed};

bytes states_of(std::initializer_list<std::uint8_t> states) {
  return states;
}

mtproto::msgs_state_info info_of(std::int64_t question, bytes states) {
  mtproto::msgs_state_info info;
  info.req_msg_id = question;
  info.info = shared_bytes(std::move(states));
  return info;
}

/// The question among what was sent.
wire_message question_in(const std::vector<wire_message>& sent) {
  for (const wire_message& each : sent) {
    if (each.constructor() == mtproto::msgs_state_req::tl_id) return each;
  }
  throw std::runtime_error("no msgs_state_req");
}

TEST(client_session_reconnect, asks_about_what_has_no_answer_before_it_sends_again) {
  rig r;
  r.connect();
  const wire_message one = r.send(1);
  const wire_message two = r.send(2, repeatable);
  EXPECT_FALSE(r.give(r.send(3).id, reply(3)));
  r.reconnect();
  const auto sent = r.sent();
  EXPECT_EQ(question_in(sent).as<mtproto::msgs_state_req>().msg_ids,
            (std::vector<std::int64_t>{one.id, two.id}));
  for (const wire_message& each : sent) EXPECT_NE(each.constructor(), ask_id);
}

TEST(client_session_reconnect, sends_what_was_never_sent_without_asking) {
  rig r;
  r.client.submit(ask(1));
  r.connect();
  EXPECT_EQ(r.sent_requests().size(), 1u);
  r.client.on_connection_lost();
  r.client.submit(ask(2));
  r.client.on_connected(r.now, tail::refuse);
  r.tell(mtproto::pong());
  const auto requests = r.sent_requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(number_in(requests[0].body), 2);
}

TEST(client_session_reconnect, waits_on_for_what_was_received) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({4 + 32}))));
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_FALSE(r.give(asked.id, reply(1)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
}

TEST(client_session_reconnect, asks_again_about_what_was_received_and_is_not_answered) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({4}))));
  for (int i = 0; i < 5; ++i) {
    r.pass(6s);
    EXPECT_FALSE(r.client.on_deadline(r.now));
    for (const wire_message& each : r.sent()) {
      EXPECT_EQ(each.constructor() == mtproto::msgs_state_req::tl_id, i == 4);
    }
    EXPECT_FALSE(r.tell(mtproto::pong()));
  }
  r.pass(10s);
  EXPECT_FALSE(r.client.on_deadline(r.now));
  EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({2}))));
  EXPECT_EQ(r.sent_requests().at(0).id, asked.id);
}

TEST(client_session_reconnect, takes_the_answer_that_comes_before_the_state) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  const auto question = question_in(r.sent());
  EXPECT_FALSE(r.give(asked.id, reply(1)));
  EXPECT_FALSE(r.tell(info_of(question.id, states_of({2}))));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
  EXPECT_TRUE(r.sent_requests().empty());
}

TEST(client_session_reconnect, repeats_under_a_new_id_what_only_reads) {
  for (const std::uint8_t state : states_of({1, 2, 3})) {
    rig r;
    r.connect();
    const wire_message asked = r.send(1, repeatable);
    r.reconnect();
    EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({state}))));
    const auto again = r.sent_requests();
    ASSERT_EQ(again.size(), 1u);
    EXPECT_GT(again[0].id, asked.id);
    EXPECT_GT(again[0].seqno, asked.seqno);
  }
}

TEST(client_session_reconnect, repeats_unchanged_in_a_container_what_changes_state) {
  for (const std::uint8_t state : states_of({2, 3})) {
    rig r;
    r.connect();
    const wire_message asked = r.send(1);
    r.reconnect();
    EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({state}))));
    const auto again = r.sent_requests();
    ASSERT_EQ(again.size(), 1u);
    EXPECT_EQ(again[0].id, asked.id);
    EXPECT_EQ(again[0].seqno, asked.seqno);
    EXPECT_GT(again[0].container, asked.id);
    EXPECT_GE(again[0].container_seqno, asked.seqno);
    // Refused with its container, it is sent under a new id: it was not run.
    EXPECT_FALSE(r.refuse_salt(again[0].container, 99));
    const auto third = r.sent_requests();
    ASSERT_EQ(third.size(), 1u);
    EXPECT_GT(third[0].id, again[0].container);
  }
}

TEST(client_session_reconnect, uses_a_new_id_when_the_old_one_would_be_refused_as_too_old) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.pass(251s);
  r.reconnect();
  EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({2}))));
  EXPECT_TRUE(r.sent_requests().empty()) << "a copy of it may arrive just in time";
  r.pass(78s);
  EXPECT_TRUE(r.sent_requests().empty());
  r.pass(2s);
  const auto again = r.sent_requests();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_GT(again[0].id, asked.id);
}

TEST(client_session_reconnect, never_repeats_what_the_server_may_have_run_and_forgotten) {
  rig r;
  r.connect();
  const request_id id = r.client.submit(ask(1));
  r.sent();
  r.reconnect();
  EXPECT_FALSE(r.tell(info_of(question_in(r.sent()).id, states_of({1}))));
  EXPECT_TRUE(r.sent_requests().empty());
  const auto lost_ones = r.events_of<lost>();
  ASSERT_EQ(lost_ones.size(), 1u);
  EXPECT_EQ(lost_ones[0].id, id);
  EXPECT_EQ(lost_ones[0].why, transport_errc::closed);
}

TEST(client_session_reconnect, asks_again_when_no_state_comes) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  const auto first = question_in(r.sent());
  r.tell(mtproto::pong{});
  r.pass(10s);
  EXPECT_FALSE(r.client.on_deadline(r.now));
  const auto second = question_in(r.sent());
  EXPECT_EQ(second.as<mtproto::msgs_state_req>().msg_ids, std::vector<std::int64_t>{asked.id});
  EXPECT_FALSE(r.tell(info_of(first.id, states_of({2})))) << "too late";
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_FALSE(r.tell(info_of(second.id, states_of({2}))));
  EXPECT_EQ(r.sent_requests().size(), 1u);
}

TEST(client_session_reconnect, asks_again_when_the_question_is_refused) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  const auto sent = r.sent();
  EXPECT_FALSE(r.refuse_salt(sent[0].container, 99));
  EXPECT_EQ(question_in(r.sent()).as<mtproto::msgs_state_req>().msg_ids,
            std::vector<std::int64_t>{asked.id});
}

TEST(client_session_reconnect, closes_on_a_state_of_another_length_and_asks_again) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  EXPECT_EQ(r.tell(info_of(question_in(r.sent()).id, states_of({4, 4}))),
            protocol_errc::bad_message);
  r.reconnect();
  EXPECT_EQ(question_in(r.sent()).as<mtproto::msgs_state_req>().msg_ids,
            std::vector<std::int64_t>{asked.id});
}

TEST(client_session_reconnect, ignores_a_state_that_it_did_not_ask_for) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1, repeatable);
  EXPECT_FALSE(r.tell(info_of(asked.id + 4, states_of({1}))));
  EXPECT_TRUE(r.sent_requests().empty());
}

TEST(client_session_reconnect, asks_about_what_the_server_says_unasked_it_has_not) {
  rig r;
  r.connect();
  const wire_message one = r.send(1);
  const wire_message two = r.send(2);
  mtproto::msgs_all_info info;
  info.msg_ids = {one.id, two.id, two.id + 4};
  info.info = shared_bytes(states_of({4, 2, 2}));
  EXPECT_FALSE(r.tell(info));
  EXPECT_EQ(question_in(r.sent()).as<mtproto::msgs_state_req>().msg_ids,
            std::vector<std::int64_t>{two.id});
}

TEST(client_session_reconnect, sends_unchanged_what_the_server_wants_again) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  mtproto::msg_resend_req want;
  want.msg_ids = {asked.id};
  EXPECT_FALSE(r.tell(want));
  auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].id, asked.id);
  EXPECT_NE(sent[0].container, 0);
  want.msg_ids = {asked.id, asked.id + 4};
  EXPECT_FALSE(r.tell(want));
  sent = r.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[1].as<mtproto::msgs_state_info>().info, shared_bytes(bytes{4, 1}));
}

TEST(client_session_reconnect, repeats_what_is_older_than_a_new_session_of_the_server) {
  rig r;
  r.connect();
  const wire_message reads = r.send(1, repeatable);
  const request_id changes = r.client.submit(ask(2));
  r.sent();
  const wire_message later = r.send(3);
  mtproto::new_session_created created;
  created.unique_id = 5;
  created.first_msg_id = later.id;
  EXPECT_FALSE(r.tell(created, content::related));
  const auto again = r.sent_requests();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(number_in(again[0].body), 1);
  EXPECT_GT(again[0].id, later.id);
  const auto lost_ones = r.events_of<lost>();
  ASSERT_EQ(lost_ones.size(), 1u);
  EXPECT_EQ(lost_ones[0].id, changes);
  EXPECT_FALSE(r.give(later.id, reply(3)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{3});
}

// The server that has not received it is not the one that may have run it.
TEST(client_session_reconnect, gives_up_what_waits_to_go_out_unchanged_when_the_session_is_new) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  r.reconnect();
  const wire_message question = question_in(r.sent());
  EXPECT_FALSE(r.tell(info_of(question.id, states_of({2}))));
  mtproto::new_session_created created;
  created.unique_id = 5;
  created.first_msg_id = asked.id + 4;
  EXPECT_FALSE(r.tell(created, content::related));
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_EQ(r.events_of<lost>().size(), 1u);
}

TEST(client_session_reconnect, keeps_the_session_and_its_counts_over_connections) {
  rig r;
  r.connect();
  const std::int64_t session = r.client.session_id();
  const wire_message first = r.send(1);
  EXPECT_FALSE(r.give(first.id, reply(1)));
  r.reconnect();
  const wire_message second = r.send(2, repeatable);
  EXPECT_EQ(r.server.session_id, session);
  EXPECT_EQ(second.seqno, first.seqno + 2);
}

TEST(client_session_reconnect, goes_on_with_another_key_under_a_new_session) {
  rig r;
  r.connect();
  const std::int64_t session = r.client.session_id();
  r.send(1, repeatable);
  const request_id changes = r.client.submit(ask(2));
  r.sent();
  r.client.submit(ask(3), repeatable);
  r.client.on_connection_lost();
  r.client.replace_key(key_of(50), 77);
  wire other(key_of(50), 77, seeded_random(4));
  r.client.on_connected(r.now, tail::refuse);
  tl::packet_buffer packet;
  std::vector<std::int32_t> numbers;
  while (r.client.poll_transmit(packet, r.now)) {
    for (const wire_message& each : other.open(packet)) {
      if (each.constructor() == ask_id) numbers.push_back(number_in(each.body));
    }
  }
  EXPECT_EQ(numbers, (std::vector<std::int32_t>{3, 1}));
  EXPECT_EQ(other.salt_seen, 77);
  EXPECT_NE(other.session_id, session);
  const auto lost_ones = r.events_of<lost>();
  ASSERT_EQ(lost_ones.size(), 1u);
  EXPECT_EQ(lost_ones[0].id, changes);
}

/// Runs six requests against the honest server and cuts the connection at step `cut`: the packet
/// on its way is lost, with all behind it. True when the run had as many steps.
struct outcome {
  bool was_cut = false;
  int answered[6] = {};
  int lost[6] = {};
  int runs[6] = {};
};

enum class accident { cut, cut_and_forgotten, cut_twice };

outcome run(int cut, accident what, bool salt_changes) {
  client_session client(key_of(1), rig::first_salt, {}, rig::quiet(), seeded_random(3));
  honest_server server;
  instant now = some_moment();
  std::map<request_id, int> numbers;
  const auto submit = [&](int number) {
    const repeat kind = number % 2 == 0 ? repeat::allowed : repeat::never;
    numbers[client.submit(ask(number), {kind})] = number;
  };
  outcome seen;
  int step = 0;
  const auto cut_now = [&] {
    const bool now_it_is = step == cut || (what == accident::cut_twice && step == cut + 3);
    ++step;
    return now_it_is;
  };
  std::deque<bytes> to_client;
  const auto begin = [&] {
    client.on_connected(now, tail::refuse);
    to_client.clear();
    for (bytes& each : server.connected(now)) to_client.push_back(std::move(each));
  };
  const auto break_down = [&] {
    seen.was_cut = true;
    client.on_connection_lost();
    if (what == accident::cut_and_forgotten) server.forget();
    begin();
  };
  begin();
  for (int number = 0; number < 3; ++number) submit(number);
  for (int round = 0; round < 200; ++round) {
    if (round == 2 || round == 6 || round == 7) submit(round == 2 ? 3 : round - 2);
    if (round == 4 && salt_changes) server.salt = 4711;
    now = now + 20ms;
    EXPECT_FALSE(client.on_deadline(now));
    tl::packet_buffer packet;
    if (client.poll_transmit(packet, now)) {
      if (cut_now()) {
        break_down();
        continue;
      }
      for (bytes& each : server.receive(packet, now)) to_client.push_back(std::move(each));
    }
    if (!to_client.empty()) {
      bytes first = std::move(to_client.front());
      to_client.pop_front();
      if (cut_now()) {
        break_down();
        continue;
      }
      auto owner = std::make_shared<bytes>(std::move(first));
      EXPECT_FALSE(client.receive(*owner, owner, now));
    }
    while (auto each = client.poll_event()) {
      if (const auto* good = std::get_if<answer>(&*each)) {
        const int number = numbers.at(good->id);
        EXPECT_EQ(number_in(good->body), number);
        ++seen.answered[number];
      }
      if (const auto* gone = std::get_if<lost>(&*each)) ++seen.lost[numbers.at(gone->id)];
    }
  }
  EXPECT_EQ(client.pending(), 0u);
  for (const auto& [number, runs] : server.runs) seen.runs[number] = runs;
  return seen;
}

void cut_at_every_step(accident what, bool salt_changes) {
  int steps = 0;
  for (;; ++steps) {
    SCOPED_TRACE(steps);
    const outcome seen = run(steps, what, salt_changes);
    for (int number = 0; number < 6; ++number) {
      SCOPED_TRACE(number);
      EXPECT_EQ(seen.answered[number] + seen.lost[number], 1);
      const bool changes_state = number % 2 == 1;
      const bool forgotten = what == accident::cut_and_forgotten;
      if (!forgotten || changes_state) {
        EXPECT_LE(seen.runs[number], 1);
      }
      // Lost is only what changes state, and only where the server knows nothing of what was sent
      // before: it forgot, or the very first packet did not arrive.
      if (changes_state && (forgotten || steps == 0)) continue;
      EXPECT_EQ(seen.lost[number], 0);
      EXPECT_GE(seen.runs[number], 1);
    }
    if (!seen.was_cut) break;
  }
  EXPECT_GE(steps, 12);
}

TEST(client_session_reconnect, answers_each_request_once_when_cut_at_every_step) {
  cut_at_every_step(accident::cut, false);
}

TEST(client_session_reconnect, answers_each_request_once_when_cut_twice) {
  cut_at_every_step(accident::cut_twice, false);
}

TEST(client_session_reconnect, answers_each_request_once_when_cut_while_the_salt_changes) {
  cut_at_every_step(accident::cut, true);
}

TEST(client_session_reconnect, runs_nothing_twice_when_the_server_forgets_everything) {
  cut_at_every_step(accident::cut_and_forgotten, false);
}

}  // namespace
}  // namespace mtfetch::session::testing
