// SPDX-License-Identifier: BSL-1.0
// The two key exchanges that Telegram's documentation shows, byte for byte.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/dh.hpp"
#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/pq.hpp"
#include "mtproto/crypto/sha.hpp"
#include "mtproto/crypto/telegram_keys.hpp"
#include "mtproto/handshake/client.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/handshake/sealed_object.hpp"
#include "mtproto/tl/object.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::handshake {
namespace {

using testing::joined;
using testing::sample;

template <std::size_t N>
std::array<std::uint8_t, N> fixed(const bytes& from) {
  std::array<std::uint8_t, N> out{};
  if (from.size() != N) throw std::length_error("another size");
  std::ranges::copy(from, out.begin());
  return out;
}

bytes to_vector(byte_view from) {
  return {from.begin(), from.end()};
}

/// The moment at which message_id_at gives this id.
instant at_message_id(std::int64_t id) {
  instant now;
  // Rounded up: the id is then the first one of the moment.
  now.wall = std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(tl::exact_unix_time_of(id) +
                                                                      std::chrono::nanoseconds(1)));
  return now;
}

/// The server's packets have a length that is larger than the object, as on the official page.
bytes with_tail(std::int64_t id, bytes body) {
  body.insert(body.end(), 76, 0xc7);
  return write_plain(id, body);
}

/// RSA_PAD written out once more, with the sample's padding.
bytes expected_rsa_data(const sample& from, byte_view temp_key) {
  const bytes padded =
      joined({from.data("p_q_inner_data_dc"), from.data("rsa_pad_random_padding")});
  EXPECT_EQ(padded.size(), 192U);
  bytes reversed = padded;
  std::ranges::reverse(reversed);
  bytes hashed = joined({reversed, crypto::sha256(temp_key, padded)});
  crypto::ige_encrypt(hashed, temp_key.first<32>(), std::array<std::uint8_t, 32>{});
  bytes block(temp_key.begin(), temp_key.end());
  const auto mask = crypto::sha256(hashed);
  for (std::size_t i = 0; i < 32; ++i) block[i] = static_cast<std::uint8_t>(block[i] ^ mask[i]);
  block.insert(block.end(), hashed.begin(), hashed.end());
  return to_vector(crypto::production_keys().front().encrypt(block));
}

class sample_2024 : public ::testing::Test {
 protected:
  client_options options() const {
    client_options made;
    made.keys = crypto::production_keys();
    made.dc = static_cast<std::int32_t>(sample_.number("dc"));
    return made;
  }
  /// All that the sample's client drew; the key of RSA_PAD is not published, so any will do.
  random_source random() const {
    return testing::seeded_with(1, {{16, {bytes(16), sample_.data("nonce")}},
                                    {32, {sample_.data("new_nonce"), temp_key()}},
                                    {92, {sample_.data("rsa_pad_random_padding")}},
                                    {256, {sample_.data("b")}},
                                    {12, {sample_.data("client_dh_padding")}}});
  }
  static bytes temp_key() { return bytes(32, 0x42); }

  std::int64_t id(const std::string& name) const { return sample_.little_endian(name); }

  sample sample_{"sample_2024.txt"};
};

TEST_F(sample_2024, is_reproduced_message_by_message) {
  // The sample's first id lies between two nanoseconds: it is the second one of its moment.
  const instant first = at_message_id(id("req_pq_msg_id") - 4);
  client near(options(), random());
  near.start(first);
  EXPECT_EQ(near.start(first), sample_.data("req_pq_multi_packet"));

  // 2. The proof of work and what is under RSA.
  auto query = near.receive(with_tail(id("resPQ_msg_id"), sample_.data("resPQ_body")), first);
  ASSERT_TRUE(query) << query.error().message();
  const bytes expected = write_plain(id("req_DH_msg_id"), sample_.data("req_DH_params_body"));
  ASSERT_EQ((*query)->size(), expected.size());
  const std::size_t known = expected.size() - 256;  // encrypted_data is last
  EXPECT_EQ(to_vector(byte_view(**query).first(known)),
            to_vector(byte_view(expected).first(known)));
  EXPECT_EQ(to_vector(byte_view(**query).last(256)), expected_rsa_data(sample_, temp_key()));

  // 3. The group, and the client's public number.
  const instant second = at_message_id(id("set_client_msg_id"));
  query = near.receive(with_tail(id("server_DH_msg_id"), sample_.data("server_DH_params_ok_body")),
                       second);
  ASSERT_TRUE(query) << query.error().message();
  EXPECT_EQ(**query,
            write_plain(id("set_client_msg_id"), sample_.data("set_client_DH_params_body")));

  // 4. The end.
  query = near.receive(with_tail(id("dh_gen_ok_msg_id"), sample_.data("dh_gen_ok_body")), second);
  ASSERT_TRUE(query) << query.error().message();
  EXPECT_FALSE(*query);
  ASSERT_TRUE(near.done());
  const established made = near.take();
  EXPECT_EQ(to_vector(made.key.view()), sample_.data("auth_key"));
  EXPECT_EQ(made.key.id(), id("auth_key_id_wire"));
  EXPECT_EQ(made.key.aux_hash(), id("auth_key_aux_hash"));
  EXPECT_EQ(made.server_salt, id("server_salt_wire"));
  EXPECT_EQ(made.server_offset, std::chrono::seconds(0));
  EXPECT_EQ(made.expires_at, 0);
}

TEST_F(sample_2024, has_a_server_whose_answers_follow_the_formulas) {
  const crypto::aes_key_iv keys =
      crypto::tmp_aes_key_iv(sample_.data("new_nonce"), sample_.data("server_nonce"));
  EXPECT_EQ(to_vector(keys.key), sample_.data("tmp_aes_key"));
  EXPECT_EQ(to_vector(keys.iv), sample_.data("tmp_aes_iv"));

  bytes answer = hash_and_pad(sample_.data("server_DH_inner_data"),
                              testing::seeded_with(1, {{8, {sample_.data("answer_padding")}}}));
  encrypt_object(answer, keys);
  EXPECT_EQ(answer, sample_.data("encrypted_answer"));

  const auto opened =
      open_object<mtproto::client_DH_inner_data>(sample_.data("client_encrypted_data"), keys);
  ASSERT_TRUE(opened);
  EXPECT_EQ(tl::serialize(*opened), sample_.data("client_DH_inner_data"));
  EXPECT_EQ(to_vector(opened->g_b), sample_.data("g_b"));

  const crypto::auth_key key(fixed<256>(sample_.data("auth_key")));
  for (std::uint8_t number = 1; number <= 3; ++number) {
    const std::string name = "new_nonce_hash" + std::to_string(number);
    EXPECT_EQ(to_vector(key.new_nonce_hash(sample_.data("new_nonce"), number)), sample_.data(name));
  }
}

class sample_2013 : public ::testing::Test {
 protected:
  bytes data(const std::string& name) const { return sample_.data(name); }
  sample sample_{"sample_2013.txt"};
};

TEST_F(sample_2013, follows_the_formulas) {
  const auto primes = crypto::factorize(crypto::number_from_bytes(data("pq")).value());
  ASSERT_TRUE(primes);
  EXPECT_EQ(crypto::number_to_bytes(primes->first), data("p"));
  EXPECT_EQ(crypto::number_to_bytes(primes->second), data("q"));

  mtproto::p_q_inner_data inner;
  inner.pq = data("pq");
  inner.p = data("p");
  inner.q = data("q");
  inner.nonce = fixed<16>(data("nonce"));
  inner.server_nonce = fixed<16>(data("server_nonce"));
  inner.new_nonce = fixed<32>(data("new_nonce"));
  EXPECT_EQ(tl::serialize(inner), data("p_q_inner_data"));
  EXPECT_EQ(to_vector(crypto::sha1(data("p_q_inner_data"))), data("p_q_inner_data_sha1"));

  const crypto::aes_key_iv keys = crypto::tmp_aes_key_iv(data("new_nonce"), data("server_nonce"));
  EXPECT_EQ(to_vector(keys.key), data("tmp_aes_key"));
  EXPECT_EQ(to_vector(keys.iv), data("tmp_aes_iv"));
  EXPECT_EQ(decrypt_object(data("encrypted_answer"), keys),
            joined({data("answer_sha1"), data("answer"), data("answer_padding")}));
  const auto answer = open_object<mtproto::server_DH_inner_data>(data("encrypted_answer"), keys);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->g, 2);
  EXPECT_EQ(answer->server_time, sample_.number("server_time"));
  EXPECT_EQ(to_vector(answer->g_a), data("g_a"));

  EXPECT_EQ(to_vector(crypto::power(2, data("b"), answer->dh_prime)), data("g_b"));
  mtproto::client_DH_inner_data reply;
  reply.nonce = inner.nonce;
  reply.server_nonce = inner.server_nonce;
  reply.g_b = data("g_b");
  EXPECT_EQ(tl::serialize(reply), data("client_DH_inner_data"));
  EXPECT_EQ(to_vector(crypto::sha1(data("client_DH_inner_data"))),
            data("client_DH_inner_data_sha1"));

  const auto shared = crypto::power(data("g_a"), data("b"), answer->dh_prime);
  EXPECT_EQ(to_vector(shared), data("auth_key"));
  const crypto::auth_key key(shared);
  EXPECT_EQ(key.id(), sample_.little_endian("auth_key_id_wire"));
  EXPECT_EQ(key.aux_hash(), sample_.little_endian("auth_key_aux_hash"));
  EXPECT_EQ(to_vector(key.new_nonce_hash(data("new_nonce"), 1)), data("new_nonce_hash1"));
  EXPECT_EQ(first_salt(inner.new_nonce, inner.server_nonce),
            sample_.little_endian("server_salt_wire"));
}

TEST_F(sample_2013, is_refused_for_its_generator) {
  client_options options;
  options.keys = {crypto::rsa_public_key::from_numbers(data("rsa_n"), data("rsa_e")).value()};
  client near(options, testing::seeded_with(1, {{16, {data("nonce")}}, {32, {data("new_nonce")}}}));
  near.start(testing::noon());

  mtproto::resPQ offer;
  offer.nonce = fixed<16>(data("nonce"));
  offer.server_nonce = fixed<16>(data("server_nonce"));
  offer.pq = data("pq");
  bytes fingerprint = data("rsa_fingerprint_hex");
  std::ranges::reverse(fingerprint);
  offer.server_public_key_fingerprints = {tl::reader(fingerprint).i64()};
  const auto query = near.receive(write_plain(1, tl::serialize(offer)), testing::noon());
  ASSERT_TRUE(query) << query.error().message();

  mtproto::server_DH_params_ok params;
  params.nonce = offer.nonce;
  params.server_nonce = offer.server_nonce;
  params.encrypted_answer = data("encrypted_answer");
  const auto answer = near.receive(write_plain(5, tl::serialize(params)), testing::noon());
  EXPECT_EQ(answer.error(), security_errc::bad_dh_generator);
  EXPECT_FALSE(near.done());
}

}  // namespace
}  // namespace mtfetch::handshake
