// SPDX-License-Identifier: BSL-1.0
// What a client session does when the server refuses its messages.
#include <gtest/gtest.h>

#include <algorithm>
#include <mtfetch/mtproto_types.hpp>

#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

constexpr request_options repeatable{repeat::allowed};

TEST(client_session_complaints, sends_again_once_with_the_salt_it_is_told) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  EXPECT_FALSE(r.refuse_salt(asked.id, 4711));
  const auto again = r.sent_requests();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_GT(again[0].id, asked.id);
  EXPECT_GT(again[0].seqno, asked.seqno);
  EXPECT_EQ(again[0].body, asked.body);
  EXPECT_EQ(r.server.salt_seen, 4711);
  EXPECT_EQ(r.client.salt(), 4711);
  const auto changed = r.events_of<salts_changed>();
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].salt, 4711);
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_FALSE(r.give(again[0].id, reply(1)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
}

TEST(client_session_complaints, sends_all_of_a_refused_container_again) {
  rig r;
  r.client.on_connected(r.now, tail::refuse);
  for (int i = 0; i < 5; ++i) r.client.submit(ask(i), {repeat::allowed});
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 6u);
  EXPECT_FALSE(r.refuse_salt(sent[0].container, 4711));
  const auto again = r.sent();
  ASSERT_EQ(again.size(), 6u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(again[i].body, sent[i].body);
    EXPECT_GT(again[i].id, sent[5].container);
  }
  EXPECT_EQ(again[5].constructor(), mtproto::ping_delay_disconnect::tl_id);
}

TEST(client_session_complaints, acknowledges_again_what_a_refused_packet_acknowledged) {
  rig r;
  r.connect();
  const wire_message notice = r.server.make(reply(1), content::related, r.now);
  EXPECT_FALSE(r.deliver(notice));
  r.client.submit(ask(1));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_FALSE(r.refuse_salt(sent[0].container, 4711));
  const auto again = r.sent();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[1].as<mtproto::msgs_ack>().msg_ids, std::vector<std::int64_t>{notice.id});
}

TEST(client_session_complaints, ignores_a_complaint_about_what_was_never_sent) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  EXPECT_FALSE(r.refuse_salt(asked.id + 4, 4711));
  EXPECT_FALSE(r.complain(asked.id + 4, 17));
  EXPECT_FALSE(r.complain(0, 16));
  EXPECT_TRUE(r.events().empty());
  EXPECT_TRUE(r.sent_requests().empty());
  EXPECT_EQ(r.client.salt(), rig::first_salt);
  EXPECT_FALSE(r.give(asked.id, reply(1)));
  EXPECT_EQ(r.answered().size(), 1u);
}

TEST(client_session_complaints, sends_members_of_an_invalid_container_alone) {
  rig r;
  r.connect();
  r.client.submit(ask(1));
  r.client.submit(ask(2));
  const auto sent = r.sent_requests();
  EXPECT_FALSE(r.complain(sent[0].container, 64));
  const auto again = r.sent_requests();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].container, 0);
  EXPECT_EQ(again[1].container, 0);
}

TEST(client_session_complaints, are_all_in_the_table_and_each_is_followed) {
  std::vector<std::int32_t> codes;
  for (const refusal_row& row : refusals) {
    codes.push_back(row.code);
    EXPECT_EQ(remedy_for(row.code), row.what);
    if (row.code < 0) continue;
    rig r;
    r.connect();
    const wire_message asked = r.send(1);
    const std::int64_t session = r.client.session_id();
    r.pass(1s);
    EXPECT_FALSE(row.code == 48 ? r.refuse_salt(asked.id, 99) : r.complain(asked.id, row.code));
    const bool another = r.client.session_id() != session;
    EXPECT_EQ(another, row.what == remedy::new_session || row.what == remedy::fix_time_and_session)
        << row.meaning;
    EXPECT_EQ(r.client.salt() == 99, row.what == remedy::take_salt);
    const auto sent = r.sent();
    const bool asks = std::ranges::any_of(sent, [](const wire_message& each) {
      return each.constructor() == mtproto::msgs_state_req::tl_id;
    });
    const auto again = std::ranges::find(sent, ask_id, &wire_message::constructor);
    EXPECT_EQ(asks, row.what == remedy::ask) << row.meaning;
    ASSERT_NE(asks, again != sent.end()) << row.meaning;
    if (asks) continue;
    EXPECT_NE(again->id, asked.id);
    EXPECT_FALSE(r.give(again->id, reply(1)));
    EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1}) << row.meaning;
  }
  EXPECT_EQ(codes, (std::vector<std::int32_t>{-404, -429, -444, 16, 17, 18, 19, 20, 32, 33, 34, 35,
                                              48, 64}));
  EXPECT_EQ(remedy_for(transport_errc::auth_key_unknown), remedy::another_key);
  EXPECT_EQ(remedy_for(transport_errc::flood), remedy::back_off);
  EXPECT_EQ(remedy_for(transport_errc::wrong_dc), remedy::another_address);
  EXPECT_EQ(remedy_for(transport_errc::closed), remedy::reconnect);
  EXPECT_EQ(remedy_for(-777), remedy::reconnect);
  EXPECT_EQ(remedy_for(777), remedy::new_session);
}

TEST(client_session_complaints, begins_a_new_session_when_the_count_is_wrong) {
  for (const std::int32_t code : {18, 19, 32, 33, 34, 35, 77}) {
    rig r;
    r.connect();
    r.send(8, repeatable);
    const wire_message asked = r.send(1);
    const std::int64_t before = r.client.session_id();
    EXPECT_FALSE(r.complain(asked.id, code));
    EXPECT_NE(r.client.session_id(), before) << code;
    const auto again = r.sent_requests();
    ASSERT_EQ(again.size(), 2u) << code;
    EXPECT_EQ(r.server.session_id, r.client.session_id());
    EXPECT_EQ(again[0].seqno, 1);
    EXPECT_EQ(again[1].seqno, 3);
    EXPECT_GT(again[0].id, asked.id);
    for (const wire_message& each : again) {
      EXPECT_FALSE(r.give(each.id, reply(number_in(each.body))));
    }
    EXPECT_EQ(r.answered().size(), 2u);
  }
}

TEST(client_session_complaints, loses_with_the_session_what_may_have_been_run) {
  rig r;
  r.connect();
  const request_id id = r.client.submit(ask(8));
  r.sent();
  const wire_message refused = r.send(1);
  EXPECT_FALSE(r.complain(refused.id, 32));
  const auto lost_ones = r.events_of<lost>();
  ASSERT_EQ(lost_ones.size(), 1u);
  EXPECT_EQ(lost_ones[0].id, id);
  const auto again = r.sent_requests();
  ASSERT_EQ(again.size(), 1u) << "what was refused was not run";
  EXPECT_EQ(number_in(again[0].body), 1);
}

TEST(client_session_complaints, drops_what_still_comes_for_the_session_before) {
  rig r;
  r.connect();
  const std::int64_t before = r.client.session_id();
  EXPECT_FALSE(r.complain(r.send(1).id, 32));
  r.sent();
  r.server.session_id = before;
  EXPECT_FALSE(r.deliver(r.server.make(reply(1), content::related, r.now)));
  EXPECT_TRUE(r.events().empty());
  r.reconnect();
  EXPECT_EQ(r.deliver(r.server.make(reply(1), content::related, r.now)), security_errc::bad_packet);
}

TEST(client_session_complaints, asks_for_the_state_of_what_was_too_old) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  EXPECT_FALSE(r.complain(asked.id, 20));
  const auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].as<mtproto::msgs_state_req>().msg_ids, std::vector<std::int64_t>{asked.id});
}

TEST(client_session_complaints, gives_up_a_request_that_is_always_refused) {
  rig r;
  r.connect();
  const request_id id = r.client.submit(ask(1));
  int refusals = 0;
  for (;;) {
    const auto sent = r.sent_requests();
    if (sent.empty()) break;
    EXPECT_FALSE(r.tell(mtproto::pong{}));
    EXPECT_FALSE(r.refuse_salt(sent[0].id, 1000 + refusals));
    ASSERT_LT(++refusals, 100);
  }
  EXPECT_EQ(refusals, 17);
  const auto lost_ones = r.events_of<lost>();
  ASSERT_EQ(lost_ones.size(), 1u);
  EXPECT_EQ(lost_ones[0].id, id);
  EXPECT_EQ(lost_ones[0].why, protocol_errc::bad_message);
}

TEST(client_session_complaints, closes_when_the_server_only_complains) {
  rig r;
  r.client.on_connected(r.now, tail::refuse);
  std::error_code bad;
  int complaints = 0;
  while (!bad && complaints < 1000) {
    const auto sent = r.sent();
    ASSERT_FALSE(sent.empty());
    bad = r.refuse_salt(sent[0].id, 1000 + complaints++);
  }
  EXPECT_EQ(bad, protocol_errc::bad_message);
}

// Each complaint about one container asked for 128 answers anew.
TEST(client_session_complaints, make_it_owe_no_more_however_often_they_come) {
  rig r;
  r.connect();
  std::vector<wire_message> offers;
  for (int i = 0; i < 100; ++i) {
    mtproto::msg_new_detailed_info offer;
    offer.answer_msg_id = (r.server.make({}, content::unrelated, r.now)).id;
    offers.push_back(r.server.make(tl::serialize(offer), content::unrelated, r.now));
  }
  EXPECT_FALSE(r.deliver(r.server.seal(offers, r.now)));
  const auto asked = r.sent();
  ASSERT_EQ(asked.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(r.refuse_salt(asked[0].container, 1000 + i));
    EXPECT_FALSE(r.tell(mtproto::pong()));
  }
  EXPECT_EQ(r.sent().size(), 100u);
}

/// A client whose wall clock is wrong by `off`; the server refuses ids outside its window.
void heal(duration off, bool knows_offset) {
  rig r(rig::quiet(), knows_offset ? -off : duration{});
  instant local = r.now;
  local.wall += off;
  r.client.on_connected(local, tail::refuse);
  const auto server_seconds = 1'700'000'000s;
  const auto step = [&] {
    local = local + 10ms;
    r.now = r.now + 10ms;
  };
  for (const std::int32_t number : {1, 2, 3}) r.client.submit(ask(number));
  std::vector<std::int32_t> answered;
  for (int round = 0; round < 5 && answered.size() < 3; ++round) {
    tl::packet_buffer packet;
    while (r.client.poll_transmit(packet, local)) {
      const auto messages = r.server.open(packet);
      step();
      const std::int64_t outer = messages[0].container ? messages[0].container : messages[0].id;
      const auto ahead = tl::unix_time_of(outer) - server_seconds;
      std::vector<bytes> replies;
      if (ahead > 30s || ahead < -300s) {
        mtproto::bad_msg_notification complaint;
        complaint.bad_msg_id = outer;
        complaint.error_code = ahead > 30s ? 17 : 16;
        replies.push_back(
            r.server.seal(r.server.make(tl::serialize(complaint), content::unrelated, r.now)));
      } else {
        for (const wire_message& each : messages) {
          if (each.constructor() == ask_id) {
            replies.push_back(
                r.server.seal(r.server.result(each.id, reply(number_in(each.body)), r.now)));
          } else if (each.constructor() == mtproto::ping_delay_disconnect::tl_id) {
            replies.push_back(r.server.seal(
                r.server.make(tl::serialize(mtproto::pong()), content::unrelated, r.now)));
          }
        }
      }
      for (bytes& each : replies) {
        auto owner = std::make_shared<bytes>(std::move(each));
        ASSERT_FALSE(r.client.receive(*owner, owner, local));
      }
    }
    for (const event& each : r.events()) {
      ASSERT_FALSE(std::holds_alternative<lost>(each));
      if (const auto* good = std::get_if<answer>(&each)) {
        answered.push_back(number_in(good->body));
      }
    }
  }
  EXPECT_EQ(answered, (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_LT(std::chrono::abs(r.client.server_offset() + off), 32s);
}

TEST(client_session_complaints, heal_a_wall_clock_that_is_hours_off) {
  for (const bool knows_offset : {false, true}) {
    for (const duration off : {duration(0s), duration(5h), duration(-5h), duration(40s),
                               duration(-290s), duration(24h * 365), duration(-24h * 365)}) {
      SCOPED_TRACE(std::chrono::duration_cast<std::chrono::seconds>(off).count());
      heal(off, knows_offset);
    }
  }
}

TEST(client_session_complaints, lose_nothing_of_several_packets_from_the_future) {
  rig r;
  instant local = r.now;
  local.wall += 5h;
  r.client.on_connected(local, tail::refuse);
  tl::packet_buffer packet;
  std::vector<std::int64_t> refused;
  for (const std::int32_t number : {1, 2}) {
    r.client.submit(ask(number));
    r.client.submit(ask(10 + number), {repeat::allowed});
    ASSERT_TRUE(r.client.poll_transmit(packet, local));
    const auto messages = r.server.open(packet);
    refused.push_back(messages[0].container ? messages[0].container : messages[0].id);
  }
  const std::int64_t old_session = r.server.session_id;
  for (const std::int64_t id : refused) {
    mtproto::bad_msg_notification complaint;
    complaint.bad_msg_id = id;
    complaint.error_code = 17;
    r.server.session_id = old_session;
    auto owner = std::make_shared<bytes>(
        r.server.seal(r.server.make(tl::serialize(complaint), content::unrelated, r.now)));
    EXPECT_FALSE(r.client.receive(*owner, owner, local));
  }
  EXPECT_NE(r.client.session_id(), old_session);
  EXPECT_EQ(r.client.server_offset(), -duration(5h));
  std::vector<std::int32_t> numbers;
  for (const bool heard : {false, true}) {
    if (heard) {
      auto owner = std::make_shared<bytes>(
          r.server.seal(r.server.make(tl::serialize(mtproto::pong()), content::unrelated, r.now)));
      EXPECT_FALSE(r.client.receive(*owner, owner, local));
    }
    while (r.client.poll_transmit(packet, local)) {
      for (const wire_message& each : r.server.open(packet)) {
        EXPECT_EQ(tl::unix_time_of(each.id), 1'700'000'000s);
        if (each.constructor() == ask_id) numbers.push_back(number_in(each.body));
      }
    }
  }
  EXPECT_EQ(numbers, (std::vector<std::int32_t>{11, 12, 1, 2}));
  EXPECT_TRUE(r.events_of<lost>().empty());
}

}  // namespace
}  // namespace mtfetch::session::testing
