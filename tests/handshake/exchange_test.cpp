// SPDX-License-Identifier: BSL-1.0
// Client against server: the ways in which a key is made.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "mtproto/crypto/dh.hpp"
#include "mtproto/handshake/client.hpp"
#include "mtproto/handshake/server.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::handshake {
namespace {

using testing::client_of;
using testing::noon;
using testing::outcome;
using testing::run;
using testing::seeded_with;
using testing::server_of;

void expect_one_key(const outcome& out) {
  ASSERT_FALSE(out.error) << out.error.message();
  ASSERT_FALSE(out.transport_error) << *out.transport_error;
  ASSERT_TRUE(out.near);
  ASSERT_EQ(out.far.size(), 1U);
  EXPECT_TRUE(out.near->key == out.far[0].key);
  EXPECT_EQ(out.near->server_salt, out.far[0].server_salt);
}

TEST(key_exchange, gives_both_sides_the_same_key_every_time) {
  std::set<std::int64_t> ids;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    const outcome out = run(client_of(), server_of(), seed);
    expect_one_key(out);
    EXPECT_EQ(out.packets.size(), 6U);
    EXPECT_EQ(out.near->expires_at, 0);
    ids.insert(out.near->key.id());
  }
  EXPECT_EQ(ids.size(), 40U);
}

TEST(key_exchange, uses_each_generator_that_goes_with_the_prime) {
  for (const std::int32_t g : {3, 4, 7}) {
    server_options far = server_of();
    far.g = g;
    expect_one_key(run(client_of(), far));
  }
}

TEST(key_exchange, tests_a_prime_that_it_does_not_know_and_remembers_it) {
  bytes prime(256, 0xff);  // 2^2048 - 1942289, a safe prime
  prime[253] = 0xe2;
  prime[254] = 0x5c;
  prime[255] = 0xef;
  server_options options = server_of();
  options.prime = prime;
  options.g = 2;
  client near(client_of(), testing::seeded(1));
  server far(options, testing::seeded(2));
  expect_one_key(run(near, far));
  EXPECT_EQ(near.tested_prime(), prime);

  client_options knowing = client_of();
  knowing.known_safe_prime = prime;
  client again(knowing, testing::seeded(3));
  expect_one_key(run(again, far));
  EXPECT_TRUE(again.tested_prime().empty());
}

TEST(key_exchange, keeps_the_zeros_that_a_key_begins_with) {
  client near(client_of(), seeded_with(1, {{256, {testing::exponent(269)}}}));
  server far(server_of(), seeded_with(2, {{256, {testing::exponent(1)}}}));
  const outcome out = run(near, far);
  expect_one_key(out);
  EXPECT_EQ(out.near->key.view()[0], 0);
}

TEST(key_exchange, takes_a_public_number_that_is_short) {
  server_options options = server_of();
  std::size_t sent = 0;
  options.lies.dh_inner = [&](mtproto::server_DH_inner_data& inner) {
    const auto first = std::ranges::find_if(inner.g_a.view(), [](auto b) { return b != 0; });
    inner.g_a = bytes(first, inner.g_a.view().end());
    sent = inner.g_a.size();
  };
  client near(client_of(), testing::seeded(1));
  server far(options, seeded_with(2, {{256, {testing::exponent(50)}}}));
  expect_one_key(run(near, far));
  EXPECT_EQ(sent, 255U);
}

TEST(key_exchange, keeps_the_zeros_that_nonces_begin_with) {
  bytes nonce(16, 9);
  bytes server_nonce(16, 8);
  bytes new_nonce(32, 7);
  std::fill_n(nonce.begin(), 3, std::uint8_t{0});
  std::fill_n(server_nonce.begin(), 5, std::uint8_t{0});
  std::fill_n(new_nonce.begin(), 4, std::uint8_t{0});
  client near(client_of(), seeded_with(1, {{16, {nonce}}, {32, {new_nonce}}}));
  server far(server_of(), seeded_with(2, {{16, {server_nonce}}}));
  const outcome out = run(near, far);
  expect_one_key(out);
  EXPECT_EQ(out.near->server_salt & 0xffffffff, 0);
}

TEST(key_exchange, makes_temporary_keys) {
  client_options near = client_of();
  near.expires_in = 86400;
  const outcome out = run(near, server_of());
  expect_one_key(out);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(noon().wall.time_since_epoch());
  EXPECT_EQ(out.near->expires_at, now.count() + 86400);
  EXPECT_EQ(out.far[0].expires_at, now.count() + 86400);
}

TEST(key_exchange, lets_the_server_shorten_the_life_of_a_temporary_key) {
  client_options near = client_of();
  near.expires_in = 86400;
  server_options far = server_of();
  far.max_expires_in = 3600;
  const outcome out = run(near, far);
  EXPECT_EQ(out.near->expires_at - out.far[0].expires_at, 86400 - 3600);
}

TEST(key_exchange, takes_the_time_from_the_server) {
  client near(client_of(), testing::seeded(1));
  server far(server_of(), testing::seeded(2));
  const instant slow = noon();
  const instant true_time = noon() + std::chrono::hours(3);
  std::optional<bytes> query = near.start(slow);
  std::int64_t last_id = 0;
  while (query) {
    last_id = tl::reader(byte_view(*query).subspan(8)).i64();
    const server::reply reply = far.receive(*query, true_time);
    query = near.receive(*reply.packet, slow).value();
  }
  EXPECT_EQ(near.take().server_offset, std::chrono::hours(3));
  EXPECT_EQ(tl::unix_time_of(last_id),
            std::chrono::floor<std::chrono::seconds>(true_time.wall.time_since_epoch()));
}

TEST(key_exchange, prefers_the_key_that_the_client_names_first) {
  client_options near = client_of(testing::other_key());
  near.keys.push_back(testing::server_key().public_key());
  server_options far = server_of();
  far.keys.push_back(testing::other_key());
  std::int64_t used = 0;
  const outcome out = run(near, far);
  expect_one_key(out);
  // req_DH_params: envelope, id, two nonces, p and q of 8 bytes each, fingerprint.
  used = tl::reader(byte_view(out.packets.at(2)).subspan(20 + 4 + 32 + 16)).i64();
  EXPECT_EQ(used, testing::other_key().public_key().fingerprint());
}

TEST(key_exchange, names_data_centres_in_every_form) {
  EXPECT_EQ(dc_field(2, false, false), 2);
  EXPECT_EQ(dc_field(2, true, false), 10002);
  EXPECT_EQ(dc_field(4, false, true), -4);
  EXPECT_EQ(dc_field(2, true, true), -10002);
  for (const std::int32_t dc : {2, 10002, -2, -10002}) {
    client_options near = client_of();
    near.dc = dc;
    expect_one_key(run(near, server_of()));
  }
}

TEST(key_exchange, with_another_data_centre_is_refused) {
  for (const std::int32_t dc : {1, -1, 10003, 0}) {
    client_options near = client_of();
    near.dc = dc;
    EXPECT_EQ(run(near, server_of()).transport_error, -444) << dc;
  }
}

TEST(key_exchange, goes_on_with_another_key_when_the_server_asks_for_one) {
  for (int retries = 1; retries <= 5; ++retries) {
    server_options far = server_of();
    far.force_verdict = [&](int attempt) -> std::optional<verdict> {
      if (attempt < retries) return verdict::retry;
      return std::nullopt;
    };
    const outcome out = run(client_of(), far);
    expect_one_key(out);
    EXPECT_EQ(out.packets.size(), 6U + 2 * static_cast<std::size_t>(retries));
  }
}

TEST(key_exchange, is_given_up_after_too_many_retries) {
  server_options far = server_of();
  far.force_verdict = [](int) { return verdict::retry; };
  const outcome out = run(client_of(), far);
  EXPECT_EQ(out.error, security_errc::dh_retry_limit);
  EXPECT_EQ(out.packets.size(), 4U + 2 * 6U);
  EXPECT_TRUE(out.far.empty());
}

TEST(key_exchange, ends_when_the_server_refuses) {
  server_options far = server_of();
  far.force_verdict = [](int) { return verdict::fail; };
  const outcome out = run(client_of(), far);
  EXPECT_EQ(out.error, security_errc::dh_refused);
  EXPECT_TRUE(out.far.empty());
}

TEST(key_exchange, is_repeated_when_the_key_exists_already) {
  server_options far = server_of();
  std::vector<std::int64_t> asked;
  far.key_exists = [&](std::int64_t id) {
    asked.push_back(id);
    return asked.size() == 1;
  };
  const outcome out = run(client_of(), far);
  expect_one_key(out);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_NE(asked[0], asked[1]);
  EXPECT_EQ(out.near->key.id(), asked[1]);
}

}  // namespace
}  // namespace mtfetch::handshake
