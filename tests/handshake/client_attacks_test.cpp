// SPDX-License-Identifier: BSL-1.0
// A server that lies, at every step: the client ends in an error and never with a key.
#include <gtest/gtest.h>

#include <algorithm>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/handshake/client.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/handshake/sealed_object.hpp"
#include "mtproto/handshake/server.hpp"
#include "mtproto/tl/hex.hpp"
#include "mtproto/tl/object.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::handshake {
namespace {

using testing::client_of;
using testing::noon;
using testing::outcome;
using testing::run;
using testing::server_of;

void expect_error(const server_options& far, const std::error_code& expected) {
  const outcome out = run(client_of(), far);
  EXPECT_EQ(out.error, expected) << out.error.message();
  EXPECT_FALSE(out.near);
}

template <class Lie>
server_options lying(Lie server_lies::*where, Lie lie) {
  server_options options = server_of();
  options.lies.*where = std::move(lie);
  return options;
}

void expect_error_of_offer(std::function<void(mtproto::resPQ&)> lie, std::error_code expected) {
  expect_error(lying(&server_lies::res_pq, std::move(lie)), expected);
}
void expect_error_of_group(std::function<void(mtproto::server_DH_inner_data&)> lie,
                           std::error_code expected) {
  expect_error(lying(&server_lies::dh_inner, std::move(lie)), expected);
}
void expect_error_of_plaintext(std::function<void(bytes&)> lie) {
  expect_error(lying(&server_lies::dh_plaintext, std::move(lie)),
               security_errc::answer_hash_mismatch);
}
void expect_error_of_params(std::function<void(mtproto::Server_DH_Params&)> lie,
                            std::error_code expected) {
  expect_error(lying(&server_lies::dh_params, std::move(lie)), expected);
}
void expect_error_of_end(std::function<void(mtproto::Set_client_DH_params_answer&)> lie,
                         std::error_code expected) {
  expect_error(lying(&server_lies::dh_gen, std::move(lie)), expected);
}

TEST(attacks_on_the_offer, with_wrong_nonces) {
  expect_error_of_offer([](auto& offer) { offer.nonce[0] ^= 1; }, security_errc::nonce_mismatch);
  expect_error_of_offer([](auto& offer) { offer.nonce[15] ^= 0x80; },
                        security_errc::nonce_mismatch);
  // Another server_nonce is only seen later: the honest rest of the server does not know it.
  server_options far = lying<std::function<void(mtproto::resPQ&)>>(
      &server_lies::res_pq, [](auto& offer) { offer.server_nonce[0] ^= 1; });
  EXPECT_EQ(run(client_of(), far).transport_error, -404);
}

TEST(attacks_on_the_offer, with_keys_that_nobody_knows) {
  expect_error(server_of(testing::other_key()), security_errc::unknown_fingerprint);
  expect_error_of_offer([](auto& offer) { offer.server_public_key_fingerprints.clear(); },
                        security_errc::unknown_fingerprint);
}

TEST(attacks_on_the_offer, with_a_pq_that_is_not_two_primes) {
  const auto with_pq = [](const char* hex) {
    expect_error_of_offer([=](auto& offer) { offer.pq = tl::from_hex(hex).value(); },
                          security_errc::bad_pq);
  };
  with_pq("");
  with_pq("00");
  with_pq("01");
  with_pq("02");
  with_pq("7fffffffffffffe7");  // the largest prime below 2^63
  with_pq("8000000000000000");  // 2^63
  with_pq("ffffffffffffffff");
  with_pq("017ed48941a08f9812");  // nine bytes
  with_pq("1e");                  // 2 * 3 * 5
}

TEST(attacks_on_the_group, with_wrong_nonces) {
  expect_error_of_group([](auto& inner) { inner.nonce[7] ^= 1; }, security_errc::nonce_mismatch);
  expect_error_of_group([](auto& inner) { inner.server_nonce[7] ^= 1; },
                        security_errc::server_nonce_mismatch);
  expect_error_of_params(
      [](auto& params) { params.template as<mtproto::server_DH_params_ok>().nonce[0] ^= 1; },
      security_errc::nonce_mismatch);
  expect_error_of_params(
      [](auto& params) { params.template as<mtproto::server_DH_params_ok>().server_nonce[0] ^= 1; },
      security_errc::server_nonce_mismatch);
}

TEST(attacks_on_the_group, with_a_wrong_hash_or_size) {
  expect_error_of_plaintext([](bytes& plaintext) { plaintext[0] ^= 1; });
  expect_error_of_plaintext([](bytes& plaintext) { plaintext[19] ^= 1; });
  expect_error_of_plaintext([](bytes& plaintext) { plaintext[40] ^= 1; });
  expect_error_of_plaintext([](bytes& plaintext) { plaintext.resize(plaintext.size() - 16); });
  expect_error_of_plaintext([](bytes& plaintext) { plaintext.resize(16); });
  expect_error_of_plaintext([](bytes& plaintext) { plaintext.clear(); });
  expect_error_of_plaintext([](bytes& plaintext) { plaintext.push_back(0); });
}

TEST(attacks_on_the_group, with_more_padding_than_a_block) {
  // The hash is right; only the size of the padding is not.
  for (const std::size_t more : {16U, 32U, 1024U}) {
    expect_error_of_plaintext([=](bytes& plaintext) { plaintext.resize(plaintext.size() + more); });
  }
}

TEST(attacks_on_the_group, with_a_hash_over_the_padding_too) {
  expect_error_of_plaintext([](bytes& plaintext) {
    const auto hash = crypto::sha1(byte_view(plaintext).subspan(20));
    std::ranges::copy(hash, plaintext.begin());
  });
}

TEST(attacks_on_the_group, with_another_object_inside) {
  expect_error_of_plaintext([](bytes& plaintext) {
    mtproto::client_DH_inner_data other;
    plaintext = hash_and_pad(tl::serialize(other), testing::seeded(1));
  });
}

TEST(attacks_on_the_group, with_a_prime_that_is_not_safe) {
  const bytes known(crypto::known_prime().begin(), crypto::known_prime().end());
  const auto with_prime = [](const bytes& prime) {
    expect_error_of_group([&](auto& inner) { inner.dh_prime = prime; },
                          security_errc::bad_dh_prime);
  };
  bytes even = known;
  even.back() ^= 1;
  with_prime(even);
  bytes composite = known;
  composite.back() -= 2;
  with_prime(composite);
  // 2^2048 - 1557: prime, of the right size, but (p - 1) / 2 is not prime.
  bytes unsafe(256, 0xff);
  unsafe[254] = 0xf9;
  unsafe[255] = 0xeb;
  with_prime(unsafe);
  with_prime({});
  with_prime(bytes(256));
  with_prime(bytes(known.begin() + 1, known.end()));
  bytes larger = known;
  larger.insert(larger.begin(), 1);
  with_prime(larger);
}

TEST(attacks_on_the_group, with_a_generator_that_does_not_go_with_the_prime) {
  for (const std::int32_t g : {-3, 0, 1, 2, 5, 6, 8, 9, 0x7fffffff}) {
    expect_error_of_group([=](auto& inner) { inner.g = g; }, security_errc::bad_dh_generator);
  }
}

TEST(attacks_on_the_group, with_a_public_number_out_of_range) {
  const bytes prime(crypto::known_prime().begin(), crypto::known_prime().end());
  bytes prime_less_one = prime;
  --prime_less_one.back();
  bytes above_the_range = prime;  // inside 2^1984 of the prime
  above_the_range.back() -= 0x50;
  const bytes below_the_range(248, 0xff);  // 2^1984 - 1
  const std::vector<bytes> numbers{{},
                                   bytes(1, 0),
                                   bytes(1, 1),
                                   bytes(256, 0),
                                   below_the_range,
                                   above_the_range,
                                   prime_less_one,
                                   prime,
                                   bytes(256, 0xff),
                                   bytes(300, 0x11)};
  for (const bytes& number : numbers) {
    expect_error_of_group([&](auto& inner) { inner.g_a = number; }, security_errc::bad_dh_public);
  }
}

TEST(attacks_on_the_group, with_a_refusal_of_another_exchange) {
  const auto refusing = [](bool wrong_hash) {
    return [=](mtproto::Server_DH_Params& params) {
      const auto& ok = params.as<mtproto::server_DH_params_ok>();
      mtproto::server_DH_params_fail fail;
      fail.nonce = ok.nonce;
      fail.server_nonce = ok.server_nonce;
      if (!wrong_hash) fail.nonce[0] ^= 1;
      params = std::move(fail);
    };
  };
  expect_error_of_params(refusing(true), security_errc::new_nonce_mismatch);
  expect_error_of_params(refusing(false), security_errc::nonce_mismatch);
}

TEST(attacks_on_the_group, with_a_true_refusal_end_the_exchange) {
  // The client's draws are known, so the test can compute new_nonce_hash.
  const bytes new_nonce(32, 3);
  client near(client_of(), testing::seeded_with(1, {{32, {new_nonce}}}));
  server far(lying<std::function<void(mtproto::Server_DH_Params&)>>(
                 &server_lies::dh_params,
                 [&](auto& params) {
                   const auto& ok = params.template as<mtproto::server_DH_params_ok>();
                   mtproto::server_DH_params_fail fail;
                   fail.nonce = ok.nonce;
                   fail.server_nonce = ok.server_nonce;
                   const auto hash = crypto::sha1(new_nonce);
                   std::copy_n(hash.begin() + 4, 16, fail.new_nonce_hash.begin());
                   params = std::move(fail);
                 }),
             testing::seeded(2));
  EXPECT_EQ(run(near, far).error, security_errc::dh_refused);
}

TEST(attacks_on_the_end, with_wrong_nonces_or_hashes) {
  for (const verdict end : {verdict::ok, verdict::retry, verdict::fail}) {
    const auto with = [&](auto change, security_errc expected) {
      server_options far = server_of();
      far.force_verdict = [=](int) { return end; };
      far.lies.dh_gen = [=](mtproto::Set_client_DH_params_answer& answer) {
        if (auto* ok = answer.get_if<mtproto::dh_gen_ok>()) change(*ok, ok->new_nonce_hash1);
        if (auto* retry = answer.get_if<mtproto::dh_gen_retry>()) {
          change(*retry, retry->new_nonce_hash2);
        }
        if (auto* fail = answer.get_if<mtproto::dh_gen_fail>())
          change(*fail, fail->new_nonce_hash3);
      };
      expect_error(far, expected);
    };
    with([](auto& message, auto&) { message.nonce[1] ^= 1; }, security_errc::nonce_mismatch);
    with([](auto& message, auto&) { message.server_nonce[1] ^= 1; },
         security_errc::server_nonce_mismatch);
    with([](auto&, auto& hash) { hash[0] ^= 1; }, security_errc::new_nonce_mismatch);
    with([](auto&, auto& hash) { hash[15] ^= 1; }, security_errc::new_nonce_mismatch);
    with([](auto&, auto& hash) { hash = {}; }, security_errc::new_nonce_mismatch);
  }
}

TEST(attacks_on_the_end, with_the_hash_of_another_end) {
  // dh_gen_ok that carries the hash of dh_gen_retry, and so on.
  expect_error_of_end(
      [](auto& answer) {
        const auto ok = std::move(answer.template as<mtproto::dh_gen_ok>());
        mtproto::dh_gen_retry retry;
        retry.nonce = ok.nonce;
        retry.server_nonce = ok.server_nonce;
        retry.new_nonce_hash2 = ok.new_nonce_hash1;
        answer = std::move(retry);
      },
      security_errc::new_nonce_mismatch);
}

/// The clients of one exchange before each answer, and the answers.
struct recording {
  recording() {
    client near(client_of(), testing::seeded(31));
    server far(server_of(), testing::seeded(32));
    std::optional<bytes> query = near.start(noon());
    while (query) {
      const server::reply reply = far.receive(*query, noon());
      before.push_back(near);
      answers.push_back(reply.packet.value());
      query = near.receive(answers.back(), noon()).value();
    }
    key.emplace(near.take().key);
  }
  std::vector<client> before;
  std::vector<bytes> answers;
  std::optional<crypto::auth_key> key;
};

TEST(attacks_on_every_answer, by_cutting_it_short) {
  const recording honest;
  ASSERT_EQ(honest.answers.size(), 3U);
  for (std::size_t step = 0; step < 3; ++step) {
    const byte_view packet = honest.answers[step];
    for (std::size_t size = 0; size < packet.size(); ++size) {
      client cut = honest.before[step];
      EXPECT_FALSE(cut.receive(packet.first(size), noon()));
      EXPECT_FALSE(cut.done());
      if (size < plain_head) continue;
      client shorter = honest.before[step];
      EXPECT_FALSE(
          shorter.receive(write_plain(1, packet.subspan(plain_head, size - plain_head)), noon()));
      EXPECT_FALSE(shorter.done());
    }
  }
}

TEST(attacks_on_every_answer, by_flipping_a_bit) {
  const recording honest;
  for (std::size_t step = 0; step < 3; ++step) {
    for (std::size_t at = 0; at < honest.answers[step].size(); ++at) {
      if (at >= 8 && at < 16) continue;                  // message ids are not checked
      if (step == 0 && at >= plain_head + 20) continue;  // below: the server sees these
      client near = honest.before[step];
      bytes changed = honest.answers[step];
      changed[at] ^= static_cast<std::uint8_t>(1 << at % 8);
      const auto reply = near.receive(changed, noon());
      EXPECT_FALSE(near.done());
      EXPECT_FALSE(reply) << "step " << step << ", byte " << at;
    }
  }
}

TEST(attacks_on_every_answer, by_flipping_a_bit_that_only_the_server_sees) {
  const recording honest;
  for (std::size_t at = plain_head + 20; at < honest.answers[0].size(); ++at) {
    server far(server_of(), testing::seeded(32));
    client near(client_of(), testing::seeded(31));
    const server::reply offer = far.receive(near.start(noon()), noon());
    bytes changed = offer.packet.value();
    changed[at] ^= static_cast<std::uint8_t>(1 << at % 8);
    const auto query = near.receive(changed, noon());
    // TL pads pq to a multiple of four with three bytes that say nothing.
    const bool says_nothing = at >= plain_head + 36 + 9 && at < plain_head + 36 + 12;
    const bool refused = !query || far.receive(query->value(), noon()).transport_error == -404;
    EXPECT_EQ(refused, !says_nothing) << at;
  }
}

TEST(attacks_on_every_answer, by_sending_another_one) {
  const recording honest;
  for (std::size_t step = 0; step < 3; ++step) {
    for (std::size_t other = 0; other < 3; ++other) {
      if (other == step) continue;
      client near = honest.before[step];
      EXPECT_FALSE(near.receive(honest.answers[other], noon()));
      // The right one does not help any more.
      EXPECT_FALSE(near.receive(honest.answers[step], noon()));
      EXPECT_FALSE(near.done());
    }
  }
}

TEST(attacks_on_every_answer, by_garbage) {
  const recording honest;
  for (std::size_t step = 0; step < 3; ++step) {
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
      bytes body(1 + seed * 5);
      testing::seeded(seed)(body);
      client near = honest.before[step];
      EXPECT_FALSE(near.receive(write_plain(1, body), noon()));
      client another = honest.before[step];
      EXPECT_FALSE(another.receive(body, noon()));
    }
  }
}

TEST(key_exchange_client, takes_bytes_behind_the_object_and_the_packet) {
  const recording honest;
  for (std::size_t step = 0; step < 3; ++step) {
    client near = honest.before[step];
    const byte_view body = byte_view(honest.answers[step]).subspan(plain_head);
    bytes longer = write_plain(1, testing::joined({body, bytes(83, 0xaa)}));
    longer.insert(longer.end(), 15, 0xbb);
    EXPECT_TRUE(near.receive(longer, noon())) << step;
  }
}

TEST(key_exchange_client, passes_over_acknowledgements) {
  mtproto::msgs_ack ack;
  ack.msg_ids = {4};
  const bytes packet = write_plain(1, tl::serialize(ack));
  const recording honest;
  for (std::size_t step = 0; step < 3; ++step) {
    client near = honest.before[step];
    const auto nothing = near.receive(packet, noon());
    ASSERT_TRUE(nothing);
    EXPECT_FALSE(*nothing);
    EXPECT_TRUE(near.receive(honest.answers[step], noon()));
  }
}

TEST(key_exchange_client, keeps_its_key_when_an_answer_comes_again) {
  const recording honest;
  client near = honest.before[2];
  ASSERT_TRUE(near.receive(honest.answers[2], noon()));
  EXPECT_EQ(near.receive(honest.answers[2], noon()).error(), protocol_errc::unexpected_message);
  ASSERT_TRUE(near.done());
  EXPECT_TRUE(near.take().key == *honest.key);
  EXPECT_FALSE(near.done());
}

TEST(key_exchange_client, is_not_begun_by_an_answer) {
  client near(client_of(), testing::seeded(1));
  EXPECT_EQ(near.receive(recording().answers[0], noon()).error(),
            protocol_errc::unexpected_message);
}

}  // namespace
}  // namespace mtfetch::handshake
