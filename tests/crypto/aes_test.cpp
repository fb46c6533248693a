// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "mtproto/crypto/aes_ctr.hpp"
#include "mtproto/crypto/aes_ige.hpp"
#include "mtproto/crypto/ige_kernels.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

TEST(aes_ige, gives_the_known_answers_with_every_kernel) {
  for (const known_answer& known : known_answers("aes_ige")) {
    const auto key = known.fixed<32>("key");
    for (const ige_kernel& kernel : usable_ige_kernels()) {
      SCOPED_TRACE(known.name() + " " + std::string(kernel.name));
      bytes data = known.data("plaintext");
      auto chain = known.fixed<32>("iv");
      kernel.encrypt(data, key, chain);
      EXPECT_EQ(hex(data), known.text("ciphertext"));
      chain = known.fixed<32>("iv");
      kernel.decrypt(data, key, chain);
      EXPECT_EQ(hex(data), known.text("plaintext"));
    }
  }
}

TEST(aes_ige, undoes_what_it_did) {
  const random_source random = seeded_random(1);
  std::array<std::uint8_t, 32> key{};
  std::array<std::uint8_t, 32> iv{};
  random(key);
  random(iv);
  bytes data(1024);
  random(data);
  const bytes before = data;
  ige_encrypt(data, key, iv);
  EXPECT_NE(data, before);
  ige_decrypt(data, key, iv);
  EXPECT_EQ(data, before);
}

TEST(aes_ige, leaves_a_rest_that_is_no_block_alone) {
  const std::array<std::uint8_t, 32> key{};
  bytes data(23, 7);
  ige_encrypt(data, key, key);
  EXPECT_EQ(bytes(data.begin() + 16, data.end()), bytes(7, 7));
  bytes nothing;
  ige_decrypt(nothing, key, key);
  EXPECT_TRUE(nothing.empty());
}

TEST(aes_ige, all_kernels_agree_on_random_lengths_and_alignments) {
  const random_source random = seeded_random(2);
  std::mt19937 pick(3);
  const ige_kernel& reference = portable_ige_kernel();
  for (const ige_kernel& kernel : usable_ige_kernels()) {
    SCOPED_TRACE(std::string(kernel.name));
    for (int run = 0; run < 300; ++run) {
      std::array<std::uint8_t, 32> key{};
      std::array<std::uint8_t, 32> iv{};
      random(key);
      random(iv);
      const std::size_t shift = pick() % 16;
      const std::size_t blocks = run < 20 ? static_cast<std::size_t>(run) : pick() % 500;
      bytes expected(shift + blocks * 16);
      random(expected);
      bytes data = expected;
      const bytes before = data;
      auto expected_chain = iv;
      auto chain = iv;
      reference.encrypt(byte_span(expected).subspan(shift), key, expected_chain);
      kernel.encrypt(byte_span(data).subspan(shift), key, chain);
      ASSERT_EQ(data, expected);
      ASSERT_EQ(chain, expected_chain);
      chain = iv;
      kernel.decrypt(byte_span(data).subspan(shift), key, chain);
      ASSERT_EQ(data, before);
    }
  }
}

TEST(aes_ige, a_message_in_pieces_is_the_message_at_once) {
  const random_source random = seeded_random(4);
  std::mt19937 pick(5);
  std::array<std::uint8_t, 32> key{};
  std::array<std::uint8_t, 32> iv{};
  random(key);
  random(iv);
  bytes before(16 * 200);
  random(before);
  for (const ige_kernel& kernel : usable_ige_kernels()) {
    SCOPED_TRACE(std::string(kernel.name));
    for (const auto way : {kernel.encrypt, kernel.decrypt}) {
      bytes at_once = before;
      auto chain = iv;
      way(at_once, key, chain);
      bytes in_pieces = before;
      auto piece_chain = iv;
      for (byte_span left = in_pieces; !left.empty();) {
        const std::size_t now = std::min<std::size_t>(left.size(), 16 * (pick() % 9));
        way(left.first(now), key, piece_chain);
        left = left.subspan(now);
      }
      EXPECT_EQ(in_pieces, at_once);
      EXPECT_EQ(piece_chain, chain);
    }
  }
}

TEST(aes_ctr, gives_the_known_answers) {
  for (const known_answer& known : known_answers("aes_ctr")) {
    if (!known.has("plaintext")) continue;
    SCOPED_TRACE(known.name());
    bytes data = known.data("plaintext");
    aes_ctr(known.data("key"), known.data("iv")).apply(data);
    EXPECT_EQ(hex(data), known.text("ciphertext"));
    if (known.has("ciphertext_with_iv_all_ff")) {
      data = known.data("plaintext");
      aes_ctr(known.data("key"), bytes(16, 0xff)).apply(data);
      EXPECT_EQ(hex(data), known.text("ciphertext_with_iv_all_ff"));
    }
  }
}

TEST(aes_ctr, continues_its_keystream_between_calls_of_any_size) {
  const known_answer known = known_answer_of("aes_ctr", "ctr_stream_unaligned");
  aes_ctr stream(known.data("key"), known.data("iv"));
  bytes all;
  for (std::int64_t i = 0; i < known.number("chunk_count"); ++i) {
    bytes chunk = known.data("chunk");
    stream.apply(chunk);
    all.insert(all.end(), chunk.begin(), chunk.end());
    aes_ctr moved = std::move(stream);
    stream = std::move(moved);
  }
  EXPECT_EQ(hex(all), known.text("chunks"));
}

TEST(aes_ctr, decrypts_parts_of_cdn_files_at_their_offset) {
  for (const known_answer& known : known_answers("cdn_ctr")) {
    SCOPED_TRACE(known.name());
    bytes data = known.data("plaintext");
    aes_ctr(known.data("encryption_key"), known.data("iv")).apply(data);
    EXPECT_EQ(hex(data), known.text("ciphertext"));
  }
}

TEST(aes_ctr, refuses_keys_and_counters_of_other_sizes) {
  EXPECT_THROW(aes_ctr(bytes(31), bytes(16)), std::invalid_argument);
  EXPECT_THROW(aes_ctr(bytes(32), bytes(12)), std::invalid_argument);
}

}  // namespace
}  // namespace mtfetch::crypto
