// SPDX-License-Identifier: BSL-1.0
// Answers that the server only announces, and what each side says of the other's messages.
#include <gtest/gtest.h>

#include <mtfetch/mtproto_types.hpp>

#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

TEST(client_session_receiving, fetches_an_answer_that_is_only_announced) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  const wire_message held = r.server.result(asked.id, reply(1), r.now);
  mtproto::msg_detailed_info info;
  info.msg_id = asked.id;
  info.answer_msg_id = held.id;
  EXPECT_FALSE(r.tell(info));
  auto sent = r.sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].as<mtproto::msg_resend_req>().msg_ids, std::vector<std::int64_t>{held.id});
  EXPECT_FALSE(r.deliver(held));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
  // Announced again: it is here, which is said.
  EXPECT_FALSE(r.tell(info));
  r.client.submit(ask(2));
  sent = r.sent();
  EXPECT_EQ(sent.at(1).as<mtproto::msgs_ack>().msg_ids,
            (std::vector<std::int64_t>{held.id, held.id}));
}

TEST(client_session_receiving, asks_about_the_request_whose_announced_answer_is_gone) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  mtproto::msg_detailed_info offer;
  offer.msg_id = asked.id;
  offer.answer_msg_id = r.server.make({}, content::related, r.now).id;
  EXPECT_FALSE(r.tell(offer));
  const auto wanted = r.sent();
  ASSERT_EQ(wanted.size(), 1u);
  mtproto::msgs_state_info gone;
  gone.req_msg_id = wanted[0].id;
  gone.info = shared_bytes(bytes{1});
  EXPECT_FALSE(r.tell(gone));
  const auto question = r.sent();
  ASSERT_EQ(question.size(), 1u);
  EXPECT_EQ(question[0].as<mtproto::msgs_state_req>().msg_ids, std::vector<std::int64_t>{asked.id});
}

// Acknowledged, it would be dropped by the server.
TEST(client_session_receiving, acknowledges_no_announced_answer_that_is_too_old_to_tell) {
  session_config config = rig::quiet();
  config.remembered_ids = 2;
  rig r(config);
  r.connect();
  const wire_message asked = r.send(1);
  mtproto::msg_detailed_info offer;
  offer.msg_id = asked.id;
  offer.answer_msg_id = r.server.make({}, content::related, r.now).id;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(r.tell(mtproto::pong()));
  EXPECT_FALSE(r.tell(offer));
  r.client.submit(ask(2));
  for (const wire_message& each : r.sent()) {
    EXPECT_NE(each.constructor(), mtproto::msgs_ack::tl_id);
  }
}

TEST(client_session_receiving, does_not_fetch_the_answer_of_a_cancelled_request) {
  rig r;
  r.connect();
  mtproto::msg_detailed_info info;
  info.msg_id = 4;
  info.answer_msg_id = 5;
  EXPECT_FALSE(r.tell(info));
  r.client.submit(ask(2));
  EXPECT_EQ(r.sent().at(1).as<mtproto::msgs_ack>().msg_ids, std::vector<std::int64_t>{5});
}

TEST(client_session_receiving, fetches_a_notice_that_is_only_announced) {
  rig r;
  r.connect();
  mtproto::msg_new_detailed_info info;
  info.answer_msg_id = r.server.make(reply(1), content::related, r.now).id;
  EXPECT_FALSE(r.tell(info));
  EXPECT_EQ(r.sent().at(0).as<mtproto::msg_resend_req>().msg_ids,
            std::vector<std::int64_t>{info.answer_msg_id});
}

TEST(client_session_receiving, says_what_it_knows_of_the_servers_messages) {
  rig r;
  r.connect();
  const wire_message had = r.server.make(reply(1), content::related, r.now);
  const wire_message missed = r.server.make(reply(2), content::related, r.now);
  const wire_message last = r.server.make(reply(3), content::related, r.now);
  EXPECT_FALSE(r.deliver(had));
  EXPECT_FALSE(r.deliver(last));
  mtproto::msgs_state_req question;
  question.msg_ids = {had.id, missed.id, last.id, last.id + 400};
  const wire_message asked = r.server.make(tl::serialize(question), content::unrelated, r.now);
  EXPECT_FALSE(r.deliver(asked));
  for (const wire_message& each : r.sent()) {
    if (each.constructor() != mtproto::msgs_state_info::tl_id) continue;
    const auto info = each.as<mtproto::msgs_state_info>();
    EXPECT_EQ(info.req_msg_id, asked.id);
    EXPECT_EQ(info.info, shared_bytes(bytes{4, 2, 4, 3}));
    return;
  }
  FAIL() << "no msgs_state_info";
}

}  // namespace
}  // namespace mtfetch::session::testing
