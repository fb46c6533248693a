// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/received_messages.hpp"
#include "mtproto/tl/gzip.hpp"
#include "tests/testing/scripted_client.hpp"

namespace mtfetch::testing {
namespace {

// rpc_result with its parts apart.
struct result_of {
  std::int64_t call = 0;
  bytes result;
};

std::optional<result_of> as_result(const sent_message& message) {
  if (message.constructor() != mtproto::rpc_result::tl_id) return std::nullopt;
  tl::reader in(byte_view(message.body).subspan(4));
  result_of made;
  made.call = in.i64();
  const byte_view rest = in.rest();
  made.result.assign(rest.begin(), rest.end());
  return made;
}

std::vector<result_of> results(scripted_client& client) {
  std::vector<result_of> found;
  for (const sent_message& one : client.received()) {
    if (auto made = as_result(one)) found.push_back(std::move(*made));
  }
  return found;
}

// Makes a call and leaves it to run; its id.
std::int64_t make_call(scripted_client& client, std::uint32_t number = 0) {
  const std::int64_t id = client.next_id();
  client.deliver(id, client.next_seqno(true), some_call(number));
  client.calls();
  return id;
}

bytes word(std::uint32_t value) {
  bytes made;
  tl::writer(made).u32(value);
  return made;
}

void acknowledge(scripted_client& client, std::vector<std::int64_t> ids) {
  mtproto::msgs_ack acks;
  acks.msg_ids = std::move(ids);
  client.send(acks, false);
}

TEST(received_messages, say_unknown_of_what_is_older_than_the_session) {
  received_messages some;
  some.begin(100);
  some.add(104, 1, progress_of_message::received);
  EXPECT_EQ(some.state_of(96), received_messages::state_unknown);
  EXPECT_EQ(some.state_of(100), received_messages::state_not_received);
  EXPECT_EQ(some.state_of(108), received_messages::state_too_high);
  // An older one may still come, by another connection.
  EXPECT_FALSE(some.is_forgotten(96));
}

TEST(server_session, answers_a_call_once) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  client.session->answer(id, word(5), client.now);
  client.session->answer(id, word(6), client.now);
  const auto found = results(client);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].call, id);
  EXPECT_EQ(found[0].result, word(5));
}

TEST(server_session, refuses_a_call_by_name) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  client.session->refuse(id, 420, "FLOOD_WAIT_3", client.now);
  const auto found = results(client);
  ASSERT_EQ(found.size(), 1U);
  const auto error = tl::parse<mtproto::rpc_error>(found[0].result);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error_code, 420);
  EXPECT_EQ(error->error_message, "FLOOD_WAIT_3");
}

TEST(server_session, acknowledges_a_call_that_takes_long_and_no_other) {
  scripted_client client;
  const std::int64_t slow = make_call(client);
  const std::int64_t quick = make_call(client);
  client.session->answer(quick, word(1), client.now);
  const auto acks = client.expect<mtproto::msgs_ack>();
  ASSERT_TRUE(acks);
  EXPECT_EQ(acks->msg_ids, std::vector<std::int64_t>{slow});
}

TEST(server_session, does_not_run_the_same_message_twice) {
  scripted_client client;
  const std::int64_t id = client.next_id();
  client.deliver(id, 1, some_call());
  EXPECT_EQ(client.calls().size(), 1U);
  client.deliver(id, 1, some_call());
  EXPECT_TRUE(client.calls().empty());
  client.session->answer(id, word(5), client.now);
  EXPECT_EQ(results(client).size(), 1U);
  client.deliver(id, 1, some_call());
  EXPECT_TRUE(client.calls().empty());
  const auto again = results(client);
  ASSERT_EQ(again.size(), 1U) << "the answer that is kept is given again";
  EXPECT_EQ(again[0].result, word(5));
}

TEST(server_session, sends_again_on_the_next_connection_what_was_not_acknowledged) {
  scripted_client client;
  const std::int64_t first = make_call(client);
  const std::int64_t second = make_call(client);
  client.session->answer(first, word(1), client.now);
  client.session->answer(second, word(2), client.now);
  std::int64_t answer_of_first = 0;
  std::vector<std::int64_t> others;
  for (const sent_message& one : client.received()) {
    const auto made = as_result(one);
    if (made && made->call == first) {
      answer_of_first = one.id;
    } else if (one.seqno & 1) {
      others.push_back(one.id);
    }
  }
  acknowledge(client, others);
  client.received();
  client.session->attached(client.now);
  const auto again = client.received();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].id, answer_of_first) << "under its old id";
  acknowledge(client, {answer_of_first});
  client.session->attached(client.now);
  EXPECT_TRUE(client.received().empty());
}

TEST(server_session, gives_a_stale_answer_a_new_id) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  client.session->answer(id, word(1), client.now);
  const auto first = client.received();
  client.pass(std::chrono::seconds(290));
  client.session->attached(client.now);
  for (const sent_message& one : client.received()) {
    for (const sent_message& before : first) EXPECT_NE(one.id, before.id);
    EXPECT_EQ(tl::unix_time_of(one.id).count(), client.unix_now());
  }
}

TEST(server_session, packs_a_result_when_that_pays) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  client.session->answer(id, bytes(4096, 7), client.now);
  auto found = results(client);
  ASSERT_EQ(found.size(), 1U);
  tl::reader in(found[0].result);
  EXPECT_EQ(in.u32(), mtproto::gzip_packed::tl_id);
  EXPECT_EQ(*tl::gunzip(in.bytes_view(), 1 << 20), bytes(4096, 7));

  bytes noise(4096);
  seeded(4)(noise);
  const std::int64_t other = make_call(client);
  client.session->answer(other, noise, client.now);
  found = results(client);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].result, noise);
}

TEST(server_session, reads_a_streamed_answer_when_it_is_sent) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  int reads = 0;
  streamed_body body;
  body.head = word(0xabcd);
  body.size = 1000;
  body.fill = [&](byte_span to) {
    ++reads;
    std::ranges::fill(to, std::uint8_t{9});
    return true;
  };
  client.session->answer(id, std::move(body), client.now);
  EXPECT_EQ(reads, 0);
  auto found = results(client);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(reads, 1);
  tl::reader in(found[0].result);
  EXPECT_EQ(in.u32(), 0xabcdU);
  EXPECT_TRUE(std::ranges::equal(in.bytes_view(), bytes(1000, 9)));
  EXPECT_EQ(in.remaining(), 0U);
  client.session->attached(client.now);
  EXPECT_EQ(results(client).size(), 1U);
  EXPECT_EQ(reads, 2);
}

TEST(server_session, tells_of_a_source_that_failed) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  streamed_body body;
  body.size = 1000;
  body.fill = [](byte_span) { return false; };
  client.session->answer(id, std::move(body), client.now);
  const auto found = results(client);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].call, id);
  const auto error = tl::parse<mtproto::rpc_error>(found[0].result);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->error_code, 500);
}

TEST(server_session, gives_future_salts_half_an_hour_apart) {
  scripted_client client;
  mtproto::get_future_salts ask;
  ask.num = 64;
  const std::int64_t id = client.send(ask);
  const auto given = client.expect<mtproto::future_salts>();
  ASSERT_TRUE(given);
  EXPECT_EQ(given->req_msg_id, id);
  EXPECT_EQ(given->now, client.unix_now());
  ASSERT_EQ(given->salts.size(), 64U);
  EXPECT_EQ(given->salts[0].salt, scripted_client::first_salt);
  for (std::size_t i = 1; i < given->salts.size(); ++i) {
    EXPECT_EQ(given->salts[i].valid_since - given->salts[i - 1].valid_since, 1800);
  }
  client.pass(std::chrono::seconds(2 * 1800 + 1));
  client.deliver(client.next_id(), client.next_seqno(true), some_call(), given->salts[2].salt);
  EXPECT_EQ(client.calls().size(), 1U) << "a salt given out before is good when its time comes";
}

TEST(server_session, tells_the_state_of_messages) {
  scripted_client client;
  const std::int64_t before = client.next_id();
  make_call(client);
  const std::int64_t skipped = client.next_id();
  const std::int64_t running = make_call(client);
  const std::int64_t done = make_call(client);
  client.session->answer(done, word(1), client.now);
  client.received();
  mtproto::msgs_state_req ask;
  ask.msg_ids = {skipped, running, done, done + (std::int64_t{100} << 32), before};
  const std::int64_t id = client.send(ask, false);
  const auto told = client.expect<mtproto::msgs_state_info>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->req_msg_id, id);
  ASSERT_EQ(told->info.size(), 5U);
  const byte_view states = told->info.view();
  EXPECT_EQ(states[0] & 7, 2) << "never came, but others around it did";
  EXPECT_EQ(states[1], 4 + 32) << "came, is running";
  EXPECT_EQ(states[2], 4 + 32 + 64) << "came, has an answer";
  EXPECT_EQ(states[3] & 7, 3) << "above all that came";
  EXPECT_EQ(states[4] & 7, 1) << "older than the session";
}

TEST(server_session, sends_again_what_is_asked_for) {
  scripted_client client;
  const std::int64_t id = make_call(client);
  client.session->answer(id, word(1), client.now);
  std::int64_t answer = 0;
  for (const sent_message& one : client.received()) {
    if (as_result(one)) answer = one.id;
  }
  mtproto::msg_resend_req ask;
  ask.msg_ids = {answer};
  client.send(ask, false);
  EXPECT_EQ(results(client).size(), 1U);
  ask.msg_ids = {answer + 400};
  client.send(ask, false);
  const auto told = client.expect<mtproto::msgs_state_info>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->info.view()[0] & 7, 1);
}

TEST(server_session, drops_answers_that_nobody_wants) {
  scripted_client client;
  const std::int64_t running = make_call(client);
  const std::int64_t done = make_call(client);
  client.session->answer(done, word(1), client.now);
  client.received();

  mtproto::rpc_drop_answer drop;
  drop.req_msg_id = running;
  client.send(drop);
  auto outcome = results(client);
  ASSERT_EQ(outcome.size(), 1U);
  EXPECT_EQ(tl::reader(outcome[0].result).u32(), mtproto::rpc_answer_dropped_running::tl_id);
  client.session->answer(running, word(2), client.now);
  EXPECT_TRUE(results(client).empty());

  drop.req_msg_id = done;
  client.send(drop);
  outcome = results(client);
  ASSERT_EQ(outcome.size(), 1U);
  EXPECT_EQ(tl::reader(outcome[0].result).u32(), mtproto::rpc_answer_dropped::tl_id);

  drop.req_msg_id = done + 4000;
  client.send(drop);
  outcome = results(client);
  ASSERT_EQ(outcome.size(), 1U);
  EXPECT_EQ(tl::reader(outcome[0].result).u32(), mtproto::rpc_answer_unknown::tl_id);
}

TEST(server_session, asks_its_owner_to_end_other_sessions_and_keys) {
  scripted_client client;
  mtproto::destroy_session end;
  end.session_id = 5;
  client.send(end);
  auto event = client.session->poll_event();
  ASSERT_TRUE(event && std::holds_alternative<end_session>(*event));
  EXPECT_EQ(std::get<end_session>(*event).session_id, 5);
  client.session->destroyed(5, true, client.now);
  EXPECT_TRUE(client.expect<mtproto::destroy_session_ok>());
  client.session->destroyed(6, false, client.now);
  EXPECT_TRUE(client.expect<mtproto::destroy_session_none>());
  client.send(mtproto::destroy_auth_key{});
  event = client.session->poll_event();
  ASSERT_TRUE(event && std::holds_alternative<end_key>(*event));
  EXPECT_TRUE(client.expect<mtproto::destroy_auth_key_ok>());
}

TEST(server_session, goes_on_after_a_restart) {
  scripted_client client;
  const std::int64_t done = make_call(client);
  const std::int64_t cut_off = make_call(client);
  client.session->answer(done, word(1), client.now);
  client.received();
  auto stored = client.session->store();
  // What runs when the process ends is gone with it; the state store leaves it out.
  stored.received.forget(cut_off);
  client.session = std::make_unique<server_session>(std::move(stored), client.salts, seeded(5));

  client.session->attached(client.now);
  const auto again = client.received();
  EXPECT_TRUE(std::ranges::any_of(again, [&](const sent_message& one) {
    const auto made = as_result(one);
    return made && made->call == done && made->result == word(1);
  }));
  client.deliver(done, 1, some_call());
  EXPECT_TRUE(client.calls().empty()) << "not run twice";
  client.deliver(cut_off, 3, some_call());
  EXPECT_EQ(client.calls().size(), 1U) << "run again, since nobody got its answer";
}

}  // namespace
}  // namespace mtfetch::testing
