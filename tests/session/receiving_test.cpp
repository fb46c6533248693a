// SPDX-License-Identifier: BSL-1.0
// What a client session takes, ignores and refuses.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/container.hpp"
#include "mtproto/tl/gzip.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

bytes gzipped(byte_view body) {
  bytes packed;
  tl::writer out(packed);
  out.u32(mtproto::gzip_packed::tl_id);
  out.bytes(tl::gzip(body));
  return packed;
}

bytes rpc_error_body(std::int32_t code, std::string_view text) {
  bytes body;
  tl::writer out(body);
  out.u32(mtproto::rpc_error::tl_id);
  out.i32(code);
  out.string(text);
  return body;
}

bytes container_of(const std::vector<wire_message>& messages) {
  tl::packet_buffer out;
  container_writer inner(out);
  for (const wire_message& each : messages) inner.add(each.id, each.seqno, each.body);
  inner.finish();
  const byte_view body = out.payload();
  return {body.begin(), body.end()};
}

TEST(client_session_receiving, gives_each_answer_to_its_request) {
  rig r;
  r.connect();
  const request_id one = r.client.submit(ask(1));
  const request_id two = r.client.submit(ask(2));
  const auto sent = r.sent_requests();
  EXPECT_FALSE(r.give(sent[1].id, reply(2)));
  EXPECT_FALSE(r.give(sent[0].id, reply(1)));
  const auto answers = r.events_of<answer>();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].id, two);
  EXPECT_EQ(answers[0].body, shared_bytes(reply(2)));
  EXPECT_EQ(answers[1].id, one);
  EXPECT_EQ(answers[1].body, shared_bytes(reply(1)));
  EXPECT_EQ(r.client.pending(), 0u);
}

TEST(client_session_receiving, gives_a_large_answer_as_a_slice_of_its_packet) {
  rig r;
  r.connect();
  bytes large = reply(1);
  large.resize(1'000'000, 0x5c);
  auto packet = std::make_shared<bytes>(r.server.seal(r.server.result(r.send(1).id, large, r.now)));
  EXPECT_FALSE(r.client.receive(*packet, packet, r.now));
  const auto answers = r.events_of<answer>();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_GE(answers[0].body.data(), packet->data());
  EXPECT_LE(answers[0].body.data() + answers[0].body.size(), packet->data() + packet->size());
  EXPECT_EQ(answers[0].body.owner(), std::shared_ptr<const void>(packet));
  EXPECT_TRUE(std::ranges::equal(answers[0].body.view(), large));
}

TEST(client_session_receiving, copies_where_the_packet_has_no_owner) {
  rig r;
  r.connect();
  bytes packet = r.server.seal(r.server.result(r.send(1).id, reply(1), r.now));
  EXPECT_FALSE(r.client.receive(packet, nullptr, r.now));
  std::ranges::fill(packet, 0);
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
}

TEST(client_session_receiving, takes_an_rpc_error_apart) {
  rig r;
  r.connect();
  const request_id id = r.client.submit(ask(1));
  const auto sent = r.sent_requests();
  EXPECT_FALSE(r.give(sent[0].id, rpc_error_body(420, "FLOOD_WAIT_17")));
  const auto failures = r.events_of<failure>();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].id, id);
  EXPECT_EQ(failures[0].why.code, 420);
  EXPECT_EQ(failures[0].why.type, "FLOOD_WAIT");
  EXPECT_EQ(failures[0].why.argument, 17);
}

TEST(client_session_receiving, unpacks_gzip_wherever_it_may_stand) {
  rig r;
  r.connect();
  // In the result.
  EXPECT_FALSE(r.give(r.send(1).id, gzipped(reply(1))));
  // The whole rpc_result, alone and in a container.
  for (const std::int32_t number : {2, 3}) {
    wire_message result = r.server.result(r.send(number).id, reply(number), r.now);
    result.body = gzipped(result.body);
    EXPECT_FALSE(number == 2 ? r.deliver(result) : r.deliver(r.server.seal({result}, r.now)));
  }
  // An error.
  EXPECT_FALSE(r.give(r.send(4).id, gzipped(rpc_error_body(400, "BAD"))));
  // A container.
  const wire_message inner = r.server.result(r.send(5).id, reply(5), r.now);
  EXPECT_FALSE(r.deliver(r.server.make(gzipped(container_of({inner})), content::unrelated, r.now)));
  std::size_t failures = 0;
  std::vector<std::int32_t> numbers;
  for (const event& each : r.events()) {
    if (const auto* good = std::get_if<answer>(&each)) numbers.push_back(number_in(good->body));
    if (std::holds_alternative<failure>(each)) ++failures;
  }
  EXPECT_EQ(numbers, (std::vector<std::int32_t>{1, 2, 3, 5}));
  EXPECT_EQ(failures, 1u);
}

TEST(client_session_receiving, ends_a_request_whose_answer_is_a_gzip_bomb_and_closes) {
  session_config config = rig::quiet();
  config.gzip_bytes = 1'000'000;
  rig r(config);
  r.connect();
  const request_id id = r.client.submit(ask(1));
  const auto sent = r.sent_requests();
  EXPECT_EQ(r.give(sent[0].id, gzipped(bytes(1'000'004))), protocol_errc::gzip_too_large);
  const auto lost_ones = r.events_of<lost>();
  ASSERT_EQ(lost_ones.size(), 1u);
  EXPECT_EQ(lost_ones[0].id, id);
  EXPECT_EQ(lost_ones[0].why, protocol_errc::gzip_too_large);
}

TEST(client_session_receiving, inflates_no_more_for_a_container_than_for_a_message) {
  session_config config = rig::quiet();
  config.gzip_bytes = 1000;
  rig r(config);
  r.connect();
  const auto packed = [&](std::size_t size) {
    return r.server.make(gzipped(bytes(size)), content::related, r.now);
  };
  for (int packet = 0; packet < 3; ++packet) {
    EXPECT_FALSE(r.deliver(r.server.seal({packed(400), packed(600)}, r.now)));
  }
  EXPECT_EQ(r.events_of<update>().size(), 6u);
  EXPECT_EQ(r.deliver(r.server.seal({packed(400), packed(604)}, r.now)),
            protocol_errc::gzip_too_large);
  EXPECT_EQ(r.events_of<update>().size(), 1u);
}

TEST(client_session_receiving, refuses_gzip_that_is_damaged_or_in_gzip) {
  rig r;
  r.connect();
  bytes damaged = gzipped(reply(1));
  damaged[damaged.size() / 2] ^= 0x55;
  EXPECT_TRUE(r.deliver(r.server.make(damaged, content::related, r.now)));
  EXPECT_EQ(r.deliver(r.server.make(gzipped(gzipped(reply(1))), content::related, r.now)),
            protocol_errc::bad_message);
  wire_message twice = r.server.result(r.send(1).id, gzipped(reply(1)), r.now);
  twice.body = gzipped(twice.body);
  EXPECT_EQ(r.deliver(twice), protocol_errc::bad_message);
}

TEST(client_session_receiving, acknowledges_and_ignores_an_answer_to_nothing) {
  rig r;
  r.connect();
  const wire_message result = r.server.result(0x1234567812345678, reply(1), r.now);
  EXPECT_FALSE(r.deliver(result));
  EXPECT_TRUE(r.events().empty());
  r.client.submit(ask(1));
  EXPECT_EQ(r.sent().at(1).as<mtproto::msgs_ack>().msg_ids, std::vector<std::int64_t>{result.id});
}

TEST(client_session_receiving, answers_a_request_once) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  EXPECT_FALSE(r.give(asked.id, reply(1)));
  EXPECT_FALSE(r.give(asked.id, reply(2)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
}

TEST(client_session_receiving, drops_a_replay_and_acknowledges_it_again) {
  rig r;
  r.connect();
  const wire_message notice =
      r.server.make(reply(1), content::related, r.now, tl::message_origin::server_notice);
  const bytes packet = r.server.seal(notice);
  EXPECT_FALSE(r.deliver(packet));
  r.client.submit(ask(1));
  r.sent();
  EXPECT_FALSE(r.deliver(packet));
  EXPECT_FALSE(r.deliver(r.server.seal({notice}, r.now))) << "inside a container too";
  EXPECT_EQ(r.events_of<update>().size(), 1u);
  r.client.submit(ask(2));
  EXPECT_EQ(r.sent().at(1).as<mtproto::msgs_ack>().msg_ids,
            (std::vector<std::int64_t>{notice.id, notice.id}));
}

TEST(client_session_receiving, takes_packets_in_any_order) {
  rig r;
  r.connect();
  std::vector<bytes> packets;
  for (int i = 0; i < 20; ++i) {
    packets.push_back(r.server.seal(r.server.make(reply(i), content::related, r.now)));
  }
  for (int i = 19; i >= 0; --i) EXPECT_FALSE(r.deliver(packets[static_cast<std::size_t>(i)]));
  EXPECT_EQ(r.events_of<update>().size(), 20u);
}

TEST(client_session_receiving, closes_after_too_many_replays) {
  rig r;
  r.connect();
  const bytes packet = r.server.seal(r.server.make(reply(1), content::related, r.now));
  std::error_code bad;
  int delivered = 0;
  while (!bad && delivered < 1000) {
    bad = r.deliver(packet);
    ++delivered;
  }
  EXPECT_EQ(bad, security_errc::replayed_message);
  EXPECT_GT(delivered, 32);
}

TEST(client_session_receiving, closes_on_ids_that_no_server_gives) {
  for (const std::int64_t low_bits : {0, 2}) {
    rig r;
    r.connect();
    wire_message message = r.server.make(reply(1), content::related, r.now);
    message.id = (message.id & ~3) + low_bits;
    EXPECT_EQ(r.deliver(message), security_errc::bad_packet);
    EXPECT_EQ(r.deliver(r.server.seal({message}, r.now)), security_errc::bad_packet);
    EXPECT_TRUE(r.events().empty());
  }
}

TEST(client_session_receiving, closes_on_a_foreign_session) {
  rig r;
  r.connect();
  ++r.server.session_id;
  EXPECT_EQ(r.tell(mtproto::pong{}), security_errc::bad_packet);
}

TEST(client_session_receiving, closes_on_a_foreign_key_and_on_a_flipped_bit) {
  rig r;
  r.connect();
  wire other(key_of(9), 0, seeded_random(1));
  other.session_id = r.client.session_id();
  EXPECT_EQ(r.deliver(other.seal(other.make(reply(1), content::related, r.now))),
            security_errc::bad_packet);
  for (std::size_t bit = 0; bit < 24 * 8; ++bit) {
    bytes packet = r.server.seal(r.server.make(reply(1), content::related, r.now));
    packet[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_EQ(r.deliver(packet), security_errc::bad_packet);
  }
  EXPECT_TRUE(r.events().empty());
}

TEST(client_session_receiving, answers_requests_still_after_a_bad_packet) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1, {repeat::allowed});
  EXPECT_TRUE(r.deliver(bytes(1000, 0x44)));
  EXPECT_FALSE(r.give(asked.id, reply(1)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
}

TEST(client_session_receiving, is_silent_to_messages_outside_the_window_of_time) {
  rig r;
  r.connect();
  EXPECT_FALSE(r.tell(mtproto::pong{})) << "now the time is trusted";
  for (const auto off : {duration(-301s), duration(31s)}) {
    const wire_message asked = r.send(1);
    wire_message late = r.server.result(asked.id, reply(1), r.now);
    late.id = tl::message_id_at(std::chrono::nanoseconds(1'700'000'000s + off)) + 1;
    EXPECT_FALSE(r.deliver(late));
    EXPECT_TRUE(r.events().empty());
    EXPECT_FALSE(r.give(asked.id, reply(1)));
    EXPECT_EQ(r.answered().size(), 1u);
  }
}

// The steady clock stood still meanwhile, and the connection held.
TEST(client_session_receiving, takes_the_answer_after_a_sleep_of_the_machine) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  instant server = r.now;
  server.mono += 40s;
  server.wall += 40s;
  r.now.wall += 40s;
  EXPECT_FALSE(r.deliver(r.server.result(asked.id, reply(1), server)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
  EXPECT_EQ(tl::unix_time_of(r.send(2).id), 1'700'000'040s);
}

TEST(client_session_receiving, closes_when_nothing_comes_but_messages_of_another_time) {
  rig r;
  r.connect();
  EXPECT_FALSE(r.tell(mtproto::pong{}));
  instant server = r.now;
  server.wall += 1h;
  std::error_code bad;
  for (int i = 0; i < 100 && !bad; ++i) {
    bad = r.deliver(r.server.make(reply(1), content::related, server));
  }
  EXPECT_EQ(bad, security_errc::stale_message);
  EXPECT_TRUE(r.events_of<update>().empty());
  r.reconnect();
  r.sent();
  EXPECT_FALSE(r.deliver(r.server.make(reply(1), content::related, server)));
  EXPECT_EQ(r.events_of<update>().size(), 1u) << "a new connection sets the clock";
  EXPECT_EQ(tl::unix_time_of(r.send(1).id), 1'700'003'600s);
}

TEST(client_session_receiving, refuses_a_container_in_a_container) {
  rig r;
  r.connect();
  const wire_message inner = r.server.make(reply(1), content::related, r.now);
  wire_message middle = r.server.make(container_of({inner}), content::unrelated, r.now);
  EXPECT_EQ(r.deliver(r.server.seal({middle}, r.now)), protocol_errc::bad_message);
  middle = r.server.make(gzipped(container_of({inner})), content::unrelated, r.now);
  EXPECT_EQ(r.deliver(r.server.seal({middle}, r.now)), protocol_errc::bad_message);
  EXPECT_TRUE(r.events().empty());
}

TEST(client_session_receiving, closes_on_an_item_that_is_newer_than_its_container) {
  rig r;
  r.connect();
  const wire_message asked = r.send(1);
  wire_message container = r.server.make({}, content::unrelated, r.now);
  const wire_message inner = r.server.result(asked.id, reply(1), r.now);
  ASSERT_GT(inner.id, container.id);
  container.body = container_of({inner});
  EXPECT_EQ(r.deliver(container), security_errc::bad_packet);
  EXPECT_TRUE(r.events().empty());
  EXPECT_FALSE(r.deliver(r.server.seal({inner}, r.now)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
}

TEST(client_session_receiving, owes_a_server_that_never_reads_no_more_than_so_much) {
  rig r;
  r.connect();
  mtproto::msgs_state_req question;
  question.msg_ids.resize(8192);
  mtproto::msg_new_detailed_info offer;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(r.tell(question, content::related));
  for (int i = 0; i < 10'000; ++i) {
    offer.answer_msg_id = (std::int64_t{i} << 8) + 1;
    EXPECT_FALSE(r.tell(offer));
  }
  std::size_t states = 0;
  std::size_t fetched = 0;
  for (const wire_message& each : r.sent()) {
    if (each.constructor() == mtproto::msg_resend_req::tl_id) ++fetched;
    if (each.constructor() != mtproto::msgs_state_info::tl_id) continue;
    states += each.as<mtproto::msgs_state_info>().info.size();
  }
  EXPECT_EQ(states, 4u * 8192);
  EXPECT_LE(fetched, 4096u);
  EXPECT_GT(fetched, 1000u);
  // What it was not told it may ask again.
  EXPECT_FALSE(r.tell(question));
  const auto later = r.sent();
  EXPECT_TRUE(std::ranges::any_of(later, [](const wire_message& each) {
    return each.constructor() == mtproto::msgs_state_info::tl_id;
  }));
}

TEST(client_session_receiving, keeps_what_stood_before_the_damage_in_a_container) {
  rig r;
  r.connect();
  const wire_message one = r.send(1, {repeat::allowed});
  const wire_message two = r.send(2, {repeat::allowed});
  const wire_message first = r.server.result(one.id, reply(1), r.now);
  const wire_message second = r.server.result(two.id, reply(2), r.now);
  bytes body = container_of({first, second});
  body.resize(body.size() - 4);
  EXPECT_TRUE(r.deliver(r.server.make(body, content::unrelated, r.now)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{1});
  // The server sends it again; nothing is lost.
  EXPECT_FALSE(r.deliver(r.server.seal({first, second}, r.now)));
  EXPECT_EQ(r.answered(), std::vector<std::int32_t>{2});
}

TEST(client_session_receiving, refuses_vectors_of_two_thousand_million) {
  for (const std::uint32_t constructor :
       {mtproto::msgs_state_req::tl_id, mtproto::msg_resend_req::tl_id,
        mtproto::msgs_all_info::tl_id, container_id}) {
    rig r;
    r.connect();
    bytes body;
    tl::writer out(body);
    out.u32(constructor);
    if (constructor != container_id) out.u32(tl::vector_id);
    out.u32(0x80000000);
    out.i64(1);
    EXPECT_TRUE(r.deliver(r.server.make(body, content::unrelated, r.now))) << constructor;
  }
}

TEST(client_session_receiving, refuses_service_messages_that_are_cut) {
  mtproto::new_session_created created;
  created.unique_id = 5;
  mtproto::msg_detailed_info detailed;
  mtproto::bad_server_salt salt;
  for (const bytes& whole :
       {tl::serialize(created), tl::serialize(detailed), tl::serialize(salt)}) {
    rig r;
    r.connect();
    const bytes cut(whole.begin(), whole.end() - 4);
    EXPECT_TRUE(r.deliver(r.server.make(cut, content::related, r.now)));
    EXPECT_FALSE(r.deliver(r.server.make(whole, content::related, r.now)));
  }
}

TEST(client_session_receiving, hands_an_unknown_constructor_on_as_an_update) {
  rig r;
  r.connect();
  const wire_message notice =
      r.server.make(reply(7), content::related, r.now, tl::message_origin::server_notice);
  EXPECT_FALSE(r.deliver(notice));
  const auto updates = r.events_of<update>();
  ASSERT_EQ(updates.size(), 1u);
  EXPECT_EQ(updates[0].body, shared_bytes(reply(7)));
}

TEST(client_session_receiving, ends_a_request_whose_result_is_cut) {
  rig r;
  r.connect();
  bytes cut = rpc_error_body(400, "LONG_ENOUGH_TO_BE_CUT");
  cut.resize(12);
  EXPECT_TRUE(r.give(r.send(1).id, cut));
  EXPECT_EQ(r.events_of<lost>().size(), 1u);
  EXPECT_EQ(r.client.pending(), 0u);
}

TEST(client_session_receiving, tells_of_a_new_session_once) {
  rig r;
  r.connect();
  mtproto::new_session_created created;
  created.unique_id = 77;
  created.first_msg_id = r.send(1).id;
  created.server_salt = 4711;
  const wire_message message = r.server.make(tl::serialize(created), content::related, r.now);
  EXPECT_FALSE(r.deliver(message));
  EXPECT_FALSE(r.tell(created, content::related));
  std::size_t told = 0;
  std::size_t salts = 0;
  for (const event& each : r.events()) {
    if (const auto* made = std::get_if<session_created>(&each)) {
      EXPECT_EQ(made->unique_id, 77);
      ++told;
    }
    if (std::holds_alternative<salts_changed>(each)) ++salts;
  }
  EXPECT_EQ(told, 1u);
  EXPECT_EQ(salts, 1u);
  r.client.submit(ask(2));
  EXPECT_EQ(r.sent().at(1).as<mtproto::msgs_ack>().msg_ids.front(), message.id);
  EXPECT_EQ(r.server.salt_seen, 4711);
}

}  // namespace
}  // namespace mtfetch::session::testing
