// SPDX-License-Identifier: BSL-1.0
// invokeAfterMsg at the data centre: a call waits for those before it. And what is sent unasked.
#include "tests/testing/scripted_client.hpp"

namespace mtfetch::testing {
namespace {

using turn = server_session::turn;

// Makes a call and leaves it to run; it as it came.
call make_call(scripted_client& client) {
  client.deliver(client.next_id(), client.next_seqno(true), some_call());
  return client.calls().at(0);
}

bytes yes() {
  bytes made;
  tl::writer(made).boolean(true);
  return made;
}

std::vector<std::string> errors(scripted_client& client) {
  std::vector<std::string> found;
  for (const sent_message& one : client.received()) {
    if (one.constructor() != mtproto::rpc_result::tl_id) continue;
    const auto error = tl::parse<mtproto::rpc_error>(byte_view(one.body).subspan(12));
    if (error) found.push_back(error->error_message);
  }
  return found;
}

TEST(server_session_order, waits_for_a_call_that_runs) {
  scripted_client client;
  const call first = make_call(client);
  const call second = make_call(client);
  EXPECT_EQ(client.session->turn_after({first.message_id}), turn::later);
  client.session->hold(second, {first.message_id}, client.now);
  EXPECT_TRUE(client.calls().empty());
  client.session->answer(first.message_id, yes(), client.now);
  const auto ready = client.calls();
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_EQ(ready[0].message_id, second.message_id);
  EXPECT_EQ(client.session->turn_after({first.message_id}), turn::now);
  EXPECT_TRUE(client.calls().empty()) << "once";
}

TEST(server_session_order, waits_for_all_that_are_named) {
  scripted_client client;
  const call first = make_call(client);
  const call second = make_call(client);
  const call third = make_call(client);
  client.session->hold(third, {first.message_id, second.message_id}, client.now);
  client.session->answer(second.message_id, yes(), client.now);
  EXPECT_TRUE(client.calls().empty());
  client.session->answer(first.message_id, yes(), client.now);
  EXPECT_EQ(client.calls().size(), 1u);
}

TEST(server_session_order, never_comes_after_a_failure) {
  scripted_client client;
  const call first = make_call(client);
  client.session->refuse(first.message_id, 400, "FIRST_INVALID", client.now);
  EXPECT_EQ(client.session->turn_after({first.message_id}), turn::never);
}

TEST(server_session_order, does_not_wait_for_ever) {
  scripted_client client;
  const call second = make_call(client);
  const std::int64_t never_sent = client.next_id();
  EXPECT_EQ(client.session->turn_after({never_sent}), turn::later) << "it may still come";
  client.session->hold(second, {never_sent}, client.now);
  EXPECT_EQ(client.session->next_wait_end(), client.now.mono + server_session::longest_wait);
  client.session->end_waits(client.now);
  EXPECT_TRUE(errors(client).empty());
  client.pass(server_session::longest_wait);
  client.session->end_waits(client.now);
  EXPECT_EQ(errors(client), std::vector<std::string>{"MSG_WAIT_TIMEOUT"});
  EXPECT_EQ(client.session->next_wait_end(), no_deadline);
}

TEST(server_session_updates, are_messages_that_want_an_acknowledgement) {
  scripted_client client;
  make_call(client);
  mtproto::msgs_ack acks;
  for (const sent_message& one : client.received()) {
    if ((one.seqno & 1) != 0) acks.msg_ids.push_back(one.id);
  }
  client.send(acks, false);
  client.received();
  EXPECT_FALSE(client.session->wants_updates());
  client.session->want_updates();
  EXPECT_TRUE(client.session->wants_updates());
  client.session->notify(yes(), client.now);
  const auto sent = client.received();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].body, yes());
  EXPECT_EQ(sent[0].id & 3, 3) << "nobody asked for it";
  EXPECT_EQ(sent[0].seqno & 1, 1);
  client.session->attached(client.now);
  EXPECT_EQ(client.received().size(), 1u) << "sent again until it is acknowledged";
  acks.msg_ids = {sent[0].id};
  client.send(acks, false);
  client.session->attached(client.now);
  EXPECT_TRUE(client.received().empty());
}

}  // namespace
}  // namespace mtfetch::testing
