// SPDX-License-Identifier: BSL-1.0
// What the server puts up with, and what it refuses.
#include "mtproto/handshake/server.hpp"

#include <gtest/gtest.h>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/tl/object.hpp"
#include "tests/handshake/exchange.hpp"
#include "tests/handshake/old_client.hpp"

namespace mtfetch::handshake {
namespace {

using testing::habits;
using testing::noon;
using testing::old_client;
using testing::server_of;

class handshake_server : public ::testing::Test {
 protected:
  server::reply send(byte_view packet) { return far_.receive(packet, noon()); }
  /// The packet of an answer that must be one.
  bytes answer(byte_view packet) {
    const server::reply reply = send(packet);
    EXPECT_FALSE(reply.transport_error);
    return reply.packet.value_or(bytes());
  }
  void expect_refused(byte_view packet, std::int32_t code = -404) {
    const server::reply reply = send(packet);
    EXPECT_EQ(reply.transport_error, code);
    EXPECT_FALSE(reply.packet);
    EXPECT_FALSE(reply.key);
  }
  void expect_key(const habits& of) {
    old_client near(of, next_seed_++);
    const server::reply reply =
        send(near.set_client_dh(answer(near.req_dh_params(answer(near.req_pq())))));
    ASSERT_TRUE(reply.key);
    EXPECT_TRUE(reply.key->key == *near.key());
    EXPECT_TRUE(reply.packet);
  }
  /// Changes one thing of an otherwise good exchange.
  template <class Change>
  void expect_refusal_of_params(Change change, std::int32_t code = -404) {
    old_client near({}, next_seed_++);
    change(near);
    expect_refused(near.req_dh_params(answer(near.req_pq())), code);
  }
  template <class Change>
  void expect_refusal_of_public(Change change) {
    old_client near({}, next_seed_++);
    change(near);
    expect_refused(near.set_client_dh(answer(near.req_dh_params(answer(near.req_pq())))));
  }

  std::uint32_t next_seed_ = 1000;
  server far_{server_of(), testing::seeded(9)};
};

TEST_F(handshake_server, takes_every_form_of_inner_data_under_both_paddings) {
  for (const bool sha1_padding : {false, true}) {
    for (const bool names_dc : {false, true}) {
      for (const bool temporary : {false, true}) {
        habits of;
        of.sha1_padding = sha1_padding;
        of.names_dc = names_dc;
        if (temporary) of.expires_in = 600;
        SCOPED_TRACE(::testing::Message() << sha1_padding << names_dc << temporary);
        expect_key(of);
      }
    }
  }
}

TEST_F(handshake_server, takes_the_older_first_query) {
  habits of;
  of.legacy_req_pq = true;
  expect_key(of);
}

TEST_F(handshake_server, takes_public_numbers_of_any_length) {
  habits padded;
  padded.zeros_before_g_b = 17;
  expect_key(padded);
  habits minimal;
  minimal.minimal_g_b = true;
  minimal.exponent = 50;  // g^b begins with a zero byte
  expect_key(minimal);
}

TEST_F(handshake_server, takes_bytes_behind_the_object) {
  for (const std::size_t tail : {4U, 76U, 255U}) {
    habits of;
    of.tail = tail;
    expect_key(of);
  }
}

TEST_F(handshake_server, begins_again_at_any_step) {
  old_client one({}, 11);
  old_client two({}, 12);
  old_client three({}, 13);
  answer(one.req_pq());
  answer(two.req_dh_params(answer(two.req_pq())));
  const bytes last = three.set_client_dh(answer(three.req_dh_params(answer(three.req_pq()))));
  EXPECT_TRUE(send(last).key);
  habits of;
  expect_key(of);
}

TEST_F(handshake_server, goes_on_with_an_exchange_that_another_one_interrupted) {
  old_client one({}, 11);
  const bytes params = answer(one.req_dh_params(answer(one.req_pq())));
  expect_key({});
  EXPECT_TRUE(send(one.set_client_dh(params)).key);
}

TEST_F(handshake_server, answers_a_query_that_comes_again_with_the_same_bytes) {
  old_client near({}, 14);
  const bytes first = near.req_pq();
  const bytes res_pq = answer(first);
  EXPECT_EQ(answer(first), res_pq);
  const bytes second = near.req_dh_params(res_pq);
  const bytes params = answer(second);
  EXPECT_EQ(answer(second), params);
  EXPECT_EQ(answer(first), res_pq);
  const bytes third = near.set_client_dh(params);
  const server::reply end = send(third);
  ASSERT_TRUE(end.key);
  // Late duplicates of every query; the key is given once only.
  EXPECT_EQ(answer(first), res_pq);
  EXPECT_EQ(answer(second), params);
  const server::reply again = send(third);
  EXPECT_EQ(again.packet, end.packet);
  EXPECT_FALSE(again.key);
}

TEST_F(handshake_server, knows_a_repeated_query_by_its_object_alone) {
  habits of;
  of.tail = 20;
  old_client near(of, 15);
  const bytes res_pq = answer(near.req_pq());
  bytes query = near.req_dh_params(res_pq);
  const bytes params = answer(query);
  query.back() ^= 1;  // in the random tail
  EXPECT_EQ(answer(query), params);
}

TEST_F(handshake_server, remembers_the_answers_before_a_retry) {
  server_options options = server_of();
  options.force_verdict = [](int attempt) -> std::optional<verdict> {
    if (attempt == 0) return verdict::retry;
    return std::nullopt;
  };
  far_ = server(options, testing::seeded(9));
  old_client near({}, 16);
  const bytes first = near.set_client_dh(answer(near.req_dh_params(answer(near.req_pq()))));
  const bytes retry = answer(first);
  const server::reply end = send(near.set_client_dh_again(78));
  ASSERT_TRUE(end.key);
  EXPECT_TRUE(end.key->key == *near.key());
  EXPECT_EQ(answer(first), retry);
}

TEST_F(handshake_server, wants_the_failed_attempt_named_after_a_retry) {
  server_options options = server_of();
  options.force_verdict = [](int) { return verdict::retry; };
  far_ = server(options, testing::seeded(9));
  old_client near({}, 16);
  answer(near.set_client_dh(answer(near.req_dh_params(answer(near.req_pq())))));
  near.change_dh_inner = [](mtproto::client_DH_inner_data& inner) { inner.retry_id ^= 1; };
  expect_refused(near.set_client_dh_again(78));
}

TEST_F(handshake_server, forgets_an_exchange_after_ten_minutes) {
  old_client near({}, 17);
  const bytes res_pq = answer(near.req_pq());
  const bytes query = near.req_dh_params(res_pq);
  const server::reply late = far_.receive(query, noon() + std::chrono::minutes(11));
  EXPECT_EQ(late.transport_error, -404);
}

TEST_F(handshake_server, remembers_a_bounded_number_of_exchanges) {
  old_client near({}, 18);
  const bytes query = near.req_dh_params(answer(near.req_pq()));
  for (std::uint32_t seed = 100; seed < 108; ++seed) answer(old_client({}, seed).req_pq());
  expect_refused(query);
}

TEST_F(handshake_server, does_not_answer_acknowledgements) {
  mtproto::msgs_ack ack;
  ack.msg_ids = {1, 2, 3};
  const server::reply reply = send(write_plain(4, tl::serialize(ack)));
  EXPECT_FALSE(reply.packet || reply.key || reply.transport_error);
}

TEST_F(handshake_server, refuses_what_it_cannot_read) {
  expect_refused({});
  expect_refused(bytes(19));
  expect_refused(bytes(40));
  expect_refused(bytes(400, 0xff));
  expect_refused(write_plain(4, bytes(20, 0xab)));
  for (std::uint32_t seed = 0; seed < 500; ++seed) {
    bytes body(seed % 400 + 1);
    testing::seeded(seed)(body);
    expect_refused(write_plain(4, body));
  }
}

TEST_F(handshake_server, refuses_every_query_cut_short) {
  const auto expect_all_refused = [this](const bytes& packet) {
    const byte_view body = byte_view(packet).subspan(plain_head);
    for (std::size_t size = 0; size < packet.size(); ++size) {
      expect_refused(byte_view(packet).first(size));
    }
    for (std::size_t size = 0; size < body.size(); ++size) {
      expect_refused(write_plain(4, body.first(size)));
    }
  };
  old_client near({}, 19);
  const bytes first = near.req_pq();
  expect_all_refused(first);
  const bytes second = near.req_dh_params(answer(first));
  expect_all_refused(second);
  const bytes third = near.set_client_dh(answer(second));
  expect_all_refused(third);
  EXPECT_TRUE(send(third).key);
}

TEST_F(handshake_server, refuses_every_query_with_a_flipped_bit) {
  const auto expect_no_flip_taken = [this](const bytes& packet, auto says_nothing) {
    for (std::size_t at = plain_head; at < packet.size(); ++at) {
      if (says_nothing(at - plain_head)) continue;
      bytes changed = packet;
      changed[at] ^= static_cast<std::uint8_t>(1 << at % 8);
      expect_refused(changed);
    }
  };
  old_client near({}, 20);
  const bytes second = near.req_dh_params(answer(near.req_pq()));
  // Id and nonces take 36 bytes; p and q have 4 bytes each and 3 that fill up their words.
  expect_no_flip_taken(second, [](std::size_t at) {
    return (at >= 36 + 5 && at < 36 + 8) || (at >= 44 + 5 && at < 44 + 8);
  });
  const bytes third = near.set_client_dh(answer(second));
  expect_no_flip_taken(third, [](std::size_t) { return false; });
  EXPECT_TRUE(send(third).key);
}

TEST_F(handshake_server, refuses_queries_out_of_turn) {
  old_client near({}, 21);
  const bytes res_pq = answer(near.req_pq());
  old_client other({}, 22);
  const bytes foreign = other.set_client_dh(answer(other.req_dh_params(answer(other.req_pq()))));
  mtproto::set_client_DH_params early;
  tl::reader in(byte_view(res_pq).subspan(plain_head));
  const auto offer = tl::read_boxed<mtproto::resPQ>(in);
  early.nonce = offer.nonce;
  early.server_nonce = offer.server_nonce;
  early.encrypted_data = bytes(336);
  expect_refused(write_plain(4, tl::serialize(early)));
  // A second, different req_DH_params of the same exchange.
  answer(near.req_dh_params(res_pq));
  expect_refused(near.req_dh_params(res_pq));
  EXPECT_TRUE(send(foreign).key);
}

TEST_F(handshake_server, refuses_wrong_inner_data) {
  expect_refusal_of_params(
      [](old_client& near) { near.change_inner = [](auto& inner) { inner.nonce[0] ^= 1; }; });
  expect_refusal_of_params([](old_client& near) {
    near.change_inner = [](auto& inner) { inner.server_nonce[15] ^= 1; };
  });
  expect_refusal_of_params([](old_client& near) {
    near.change_inner = [](auto& inner) { std::swap(inner.p, inner.q); };
  });
  expect_refusal_of_params(
      [](old_client& near) { near.change_inner = [](auto& inner) { inner.pq = bytes(8, 0x11); }; });
  expect_refusal_of_params(
      [](old_client& near) { near.change_inner = [](auto& inner) { inner.pq = bytes(9, 0x11); }; });
  expect_refusal_of_params([](old_client& near) {
    near.change_req_dh = [](auto& query) { std::swap(query.p, query.q); };
  });
  expect_refusal_of_params([](old_client& near) {
    near.change_req_dh = [](auto& query) { query.public_key_fingerprint ^= 1; };
  });
  expect_refusal_of_params([](old_client& near) {
    near.change_req_dh = [](auto& query) { query.encrypted_data = bytes(255, 1); };
  });
  expect_refusal_of_params([](old_client& near) {
    near.change_req_dh = [](auto& query) { query.encrypted_data = bytes(256, 0xff); };
  });
  expect_refusal_of_params(
      [](old_client& near) { near.change_inner = [](auto& inner) { inner.dc = 3; }; }, -444);
}

TEST_F(handshake_server, refuses_a_temporary_key_that_has_no_life) {
  habits of;
  of.expires_in = 0;
  old_client near(of, 23);
  expect_refused(near.req_dh_params(answer(near.req_pq())));
}

TEST_F(handshake_server, refuses_wrong_public_numbers) {
  const bytes prime(crypto::known_prime().begin(), crypto::known_prime().end());
  bytes prime_less_one = prime;
  --prime_less_one.back();
  bytes power_of_two(248);  // 2^1984 - 1 is just below the range
  std::ranges::fill(power_of_two, std::uint8_t{0xff});
  for (const bytes& number :
       {bytes(), bytes(1, 0), bytes(1, 1), prime, prime_less_one, power_of_two, bytes(300, 0xff)}) {
    expect_refusal_of_public(
        [&](old_client& near) { near.change_dh_inner = [&](auto& inner) { inner.g_b = number; }; });
  }
}

TEST_F(handshake_server, refuses_wrong_client_data) {
  expect_refusal_of_public(
      [](old_client& near) { near.change_dh_inner = [](auto& inner) { inner.nonce[3] ^= 1; }; });
  expect_refusal_of_public([](old_client& near) {
    near.change_dh_inner = [](auto& inner) { inner.server_nonce[3] ^= 1; };
  });
  expect_refusal_of_public(
      [](old_client& near) { near.change_dh_inner = [](auto& inner) { inner.retry_id = 1; }; });
  expect_refusal_of_public([](old_client& near) {
    near.change_set_client = [](auto& query) { query.encrypted_data = bytes(335, 1); };
  });
  expect_refusal_of_public([](old_client& near) {
    near.change_set_client = [](auto& query) { query.encrypted_data = bytes(); };
  });
  expect_refusal_of_public([](old_client& near) {
    near.change_set_client = [](auto& query) { query.server_nonce[0] ^= 1; };
  });
}

}  // namespace
}  // namespace mtfetch::handshake
