// SPDX-License-Identifier: BSL-1.0
#include "mtproto/tl/gzip.hpp"
#include "tests/testing/scripted_client.hpp"

namespace mtfetch::testing {
namespace {

TEST(server_session, announces_itself_once_with_the_lowest_message_id) {
  scripted_client client;
  const std::int64_t first = client.next_id();
  const std::int64_t second = client.next_id();
  const std::int64_t box = client.next_id();
  client.deliver(box, 4,
                 scripted_client::container({{second, 3, some_call()}, {first, 1, some_call()}}));
  const auto created = client.expect<mtproto::new_session_created>();
  ASSERT_TRUE(created);
  EXPECT_EQ(created->first_msg_id, first);
  EXPECT_EQ(created->server_salt, scripted_client::first_salt);
  client.send(mtproto::ping{}, false);
  for (const sent_message& one : client.received()) {
    EXPECT_NE(one.constructor(), mtproto::new_session_created::tl_id);
  }
}

TEST(server_session, answers_a_ping_with_a_bare_pong) {
  scripted_client client;
  mtproto::ping ping;
  ping.ping_id = 99;
  const std::int64_t id = client.send(ping, false);
  bool came = false;
  for (const sent_message& one : client.received()) {
    if (one.constructor() != mtproto::pong::tl_id) continue;
    came = true;
    EXPECT_EQ(one.as<mtproto::pong>().ping_id, 99);
    EXPECT_EQ(one.as<mtproto::pong>().msg_id, id);
    EXPECT_EQ(one.id & 3, 1);
    EXPECT_EQ(one.seqno & 1, 0);
  }
  EXPECT_TRUE(came);
}

TEST(server_session, hangs_up_when_no_ping_renews_the_delay) {
  scripted_client client;
  EXPECT_EQ(client.session->hang_up_at(), no_deadline);
  mtproto::ping_delay_disconnect ping;
  ping.disconnect_delay = 75;
  client.send(ping, false);
  EXPECT_EQ(client.session->hang_up_at(), client.now.mono + std::chrono::seconds(75));
  client.session->attached(client.now);
  EXPECT_EQ(client.session->hang_up_at(), no_deadline);
}

TEST(server_session, refuses_ids_that_are_not_a_clients) {
  for (const std::int64_t low_bits : {1, 2, 3}) {
    scripted_client client;
    client.deliver(client.next_id() + low_bits, 1, some_call());
    EXPECT_EQ(client.refused_with(), 18);
    EXPECT_TRUE(client.calls().empty());
  }
}

TEST(server_session, refuses_ids_of_another_time) {
  const auto id_at = [](const scripted_client& client, std::int64_t seconds) {
    return tl::message_id_at(std::chrono::seconds(client.unix_now() + seconds));
  };
  scripted_client client;
  client.deliver(id_at(client, -301), 1, some_call());
  EXPECT_EQ(client.refused_with(), 16);
  client.deliver(id_at(client, 31), 1, some_call());
  EXPECT_EQ(client.refused_with(), 17);
  EXPECT_TRUE(client.calls().empty());
  client.deliver(id_at(client, -299), 1, some_call());
  client.deliver(id_at(client, 29), 3, some_call());
  EXPECT_EQ(client.refused_with(), 0);
  EXPECT_EQ(client.calls().size(), 2U);
}

TEST(server_session, names_the_right_salt_and_takes_it) {
  scripted_client client;
  const std::int64_t id = client.next_id();
  client.deliver(id, 1, some_call(), 12345);
  const auto told = client.expect<mtproto::bad_server_salt>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->bad_msg_id, id);
  EXPECT_EQ(told->bad_msg_seqno, 1);
  EXPECT_EQ(told->error_code, 48);
  EXPECT_EQ(told->new_server_salt, scripted_client::first_salt);
  EXPECT_TRUE(client.calls().empty());
  client.deliver(client.next_id(), 1, some_call(), told->new_server_salt);
  EXPECT_EQ(client.calls().size(), 1U);
}

TEST(server_session, lets_a_bind_request_through_with_any_salt) {
  scripted_client client;
  bytes bind;
  tl::writer(bind).u32(0xcdd42a05);
  client.deliver(client.next_id(), 1, bind, 12345);
  EXPECT_EQ(client.calls().size(), 1U);
}

TEST(server_session, refuses_a_sequence_that_goes_backwards) {
  scripted_client client;
  const std::int64_t first = client.next_id();
  const std::int64_t second = client.next_id();
  const std::int64_t third = client.next_id();
  client.deliver(second, 3, some_call());
  client.deliver(third, 1, some_call());
  EXPECT_EQ(client.refused_with(), 32);
  client.deliver(third, 3, some_call());
  EXPECT_EQ(client.refused_with(), 32) << "the same odd number twice";
  client.deliver(first, 5, some_call());
  EXPECT_EQ(client.refused_with(), 33);
  client.deliver(first, 1, some_call());
  EXPECT_EQ(client.refused_with(), 0);
}

TEST(server_session, knows_which_messages_want_an_answer) {
  scripted_client client;
  client.deliver(client.next_id(), 2, some_call());
  EXPECT_EQ(client.refused_with(), 35);
  client.deliver(client.next_id(), 1, tl::serialize(mtproto::msgs_ack{}));
  EXPECT_EQ(client.refused_with(), 34);
  client.deliver(client.next_id(), 1, tl::serialize(mtproto::ping{}));
  EXPECT_EQ(client.refused_with(), 0) << "some clients count pings";
  client.deliver(client.next_id(), 2, tl::serialize(mtproto::ping{}));
  EXPECT_EQ(client.refused_with(), 0) << "others do not";
}

TEST(server_session, refuses_containers_that_break_their_rules) {
  using part = scripted_client::part;
  scripted_client client;
  const std::int64_t inner = client.next_id();
  const std::int64_t box = client.next_id();
  const bytes nested = scripted_client::container({part{inner, 1, some_call()}});
  client.deliver(box, 2, scripted_client::container({part{inner, 2, nested}}));
  EXPECT_EQ(client.refused_with(), 64) << "a container in a container";
  client.deliver(box, 2, scripted_client::container({part{box + 4, 1, some_call()}}));
  EXPECT_EQ(client.refused_with(), 64) << "an id above the container's";
  client.deliver(box, 0, scripted_client::container({part{inner, 1, some_call()}}));
  EXPECT_EQ(client.refused_with(), 64) << "a sequence number above the container's";
  client.deliver(box, 2, scripted_client::container({}));
  EXPECT_EQ(client.refused_with(), 64) << "nothing inside";
  bytes cut = scripted_client::container({part{inner, 1, some_call()}});
  cut.resize(cut.size() - 4);
  client.deliver(box, 2, cut);
  EXPECT_EQ(client.refused_with(), 64) << "cut short";
  client.deliver(box, 3, scripted_client::container({part{inner, 1, some_call()}}));
  EXPECT_EQ(client.refused_with(), 34) << "an odd sequence number";
  EXPECT_TRUE(client.calls().empty());

  client.deliver(box, 2, scripted_client::container({part{inner, 1, some_call()}}));
  EXPECT_EQ(client.refused_with(), 0);
  EXPECT_EQ(client.calls().size(), 1U);
  client.deliver(box, 2, scripted_client::container({part{inner, 1, some_call()}}));
  EXPECT_EQ(client.refused_with(), 19) << "the same container again";
}

TEST(server_session, refuses_what_it_may_have_forgotten) {
  scripted_client client;
  const std::int64_t old = client.next_id();
  for (std::size_t i = 0; i < received_messages::remembered + 2; ++i) {
    client.deliver(client.next_id(), 0, tl::serialize(mtproto::ping{}));
    client.received();
  }
  client.deliver(old, 0, tl::serialize(mtproto::ping{}));
  EXPECT_EQ(client.refused_with(), 20);
}

TEST(server_session, unpacks_a_call_and_refuses_a_bomb) {
  scripted_client client;
  bytes packed;
  tl::writer out(packed);
  out.u32(mtproto::gzip_packed::tl_id);
  out.bytes(tl::gzip(some_call(7)));
  client.deliver(client.next_id(), 1, packed);
  const auto calls = client.calls();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_TRUE(std::ranges::equal(calls[0].body.view(), some_call(7)));

  bytes bomb;
  tl::writer fuse(bomb);
  fuse.u32(mtproto::gzip_packed::tl_id);
  fuse.bytes(tl::gzip(bytes(32u << 20)));
  client.deliver(client.next_id(), 3, bomb);
  EXPECT_EQ(client.refused_with(), 64);
}

TEST(server_session, bounds_what_one_packet_inflates_to) {
  scripted_client client;
  bytes packed;
  tl::writer out(packed);
  out.u32(mtproto::gzip_packed::tl_id);
  out.bytes(tl::gzip(bytes(1u << 20)));
  std::vector<scripted_client::part> parts;
  std::int32_t seqno = 1;
  for (int i = 0; i < 1000; ++i, seqno += 2) parts.push_back({client.next_id(), seqno, packed});
  client.deliver(client.next_id(), seqno, scripted_client::container(parts));
  EXPECT_EQ(client.refused_with(), 34) << "its own number is odd";
  client.deliver(client.next_id(), seqno + 1, scripted_client::container(parts));
  EXPECT_EQ(client.refused_with(), 64);
  EXPECT_LE(client.calls().size(), 10U);
}

// Every kind of message, cut at every length and with random bytes changed: no crash, no call that
// nobody made, and the session still answers afterwards.
TEST(server_session, survives_a_client_that_sends_nonsense) {
  auto draw = seeded(9);
  const auto random_of = [&](std::size_t below) {
    std::array<std::uint8_t, 4> raw{};
    draw(raw);
    return tl::reader(raw).u32() % static_cast<std::uint32_t>(below);
  };
  mtproto::msgs_ack acks;
  acks.msg_ids = {1, 2, 3};
  mtproto::msgs_state_req states;
  states.msg_ids = {5, 6};
  mtproto::msg_resend_req resend;
  resend.msg_ids = {8};
  const std::vector<bytes> seeds{tl::serialize(acks),
                                 tl::serialize(states),
                                 tl::serialize(resend),
                                 tl::serialize(mtproto::ping{}),
                                 tl::serialize(mtproto::ping_delay_disconnect{}),
                                 tl::serialize(mtproto::get_future_salts{}),
                                 tl::serialize(mtproto::rpc_drop_answer{}),
                                 tl::serialize(mtproto::destroy_session{}),
                                 tl::serialize(mtproto::http_wait{}),
                                 scripted_client::container({{4, 1, some_call()}})};
  scripted_client client;
  for (int round = 0; round < 20'000; ++round) {
    bytes body = seeds[random_of(seeds.size())];
    for (std::uint32_t changes = random_of(3); changes > 0; --changes) {
      body[random_of(body.size())] = static_cast<std::uint8_t>(random_of(256));
    }
    body.resize(random_of(8) == 0 ? random_of(body.size() + 1) & ~3u : body.size());
    client.deliver(client.next_id(), static_cast<std::int32_t>(random_of(4)), std::move(body));
    client.calls();
    client.received();
  }
  mtproto::ping ping;
  ping.ping_id = 5;
  client.deliver(client.next_id(), 1 << 20, tl::serialize(ping));
  EXPECT_TRUE(client.expect<mtproto::pong>());
}

}  // namespace
}  // namespace mtfetch::testing
