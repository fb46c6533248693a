// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "mtproto/crypto/random.hpp"
#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/sha.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

// FIPS 180-4, the message "abc".
constexpr auto abc_sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
constexpr auto abc_sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(sha, gives_the_known_answers) {
  EXPECT_EQ(hex(sha1(as_bytes("abc"))), abc_sha1);
  EXPECT_EQ(hex(sha256(as_bytes("abc"))), abc_sha256);
  EXPECT_EQ(hex(sha1()), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(sha, parts_are_hashed_as_one) {
  EXPECT_EQ(hex(sha1(as_bytes("a"), bytes{}, as_bytes("bc"))), abc_sha1);
  EXPECT_EQ(hex(sha256(as_bytes("ab"), as_bytes("c"))), abc_sha256);
}

TEST(sha256_stream, begins_anew_after_each_digest) {
  sha256_stream stream;
  for (int i = 0; i < 3; ++i) {
    stream.update(as_bytes("a"));
    stream.update(as_bytes("bc"));
    EXPECT_EQ(hex(stream.finish()), abc_sha256);
  }
}

TEST(sha256_stream, forgets_when_told_to) {
  sha256_stream stream;
  stream.update(as_bytes("something else"));
  stream.restart();
  stream.update(as_bytes("abc"));
  EXPECT_EQ(hex(stream.finish()), abc_sha256);
  EXPECT_EQ(hex(stream.finish()), hex(sha256()));
}

TEST(sha256_stream, goes_on_after_a_move) {
  sha256_stream stream;
  stream.update(as_bytes("ab"));
  sha256_stream moved = std::move(stream);
  moved.update(as_bytes("c"));
  EXPECT_EQ(hex(moved.finish()), abc_sha256);
}

TEST(sha256_stream, takes_pieces_of_any_size_with_others_beside_them) {
  std::mt19937 pick(11);
  for (int run = 0; run < 200; ++run) {
    sha256_stream stream;
    bytes whole;
    for (unsigned piece = pick() % 8; piece > 0; --piece) {
      bytes next(pick() % 3 == 0 ? pick() % 4 * 64 : pick() % 1000);
      seeded_random(pick())(next);
      whole.insert(whole.end(), next.begin(), next.end());
      std::vector<bytes> others(pick() % 11);
      for (bytes& other : others) {
        other.resize(pick() % 700);
        seeded_random(pick())(other);
      }
      const std::vector<byte_view> views(others.begin(), others.end());
      std::vector<sha256_digest> digests(views.size());
      stream.update_beside(next, views, digests);
      for (std::size_t i = 0; i < views.size(); ++i) EXPECT_EQ(digests[i], sha256(views[i]));
    }
    EXPECT_EQ(stream.finish(), sha256(whole)) << run;
  }
}

TEST(sha256_stream, wants_a_digest_for_each_piece_beside_it) {
  sha256_stream stream;
  const std::array<byte_view, 2> two;
  std::array<sha256_digest, 1> one;
  EXPECT_THROW(stream.update_beside({}, two, one), std::invalid_argument);
}

TEST(sha, threads_do_not_disturb_each_other) {
  std::array<int, 2> wrong{};
  const auto work = [&wrong](std::size_t me) {
    for (int i = 0; i < 2000; ++i) wrong[me] += hex(sha1(as_bytes("abc"))) != abc_sha1 ? 1 : 0;
  };
  std::thread other(work, 1U);
  work(0);
  other.join();
  EXPECT_EQ(wrong[0] + wrong[1], 0);
}

TEST(secure, compares_contents_and_sizes) {
  const bytes a{1, 2, 3};
  EXPECT_TRUE(equal_in_constant_time(a, bytes{1, 2, 3}));
  EXPECT_FALSE(equal_in_constant_time(a, bytes{1, 2, 4}));
  EXPECT_FALSE(equal_in_constant_time(a, bytes{1, 2}));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(secure, a_secret_is_wiped_at_its_end) {
  alignas(secret<32>) std::array<std::uint8_t, sizeof(secret<32>)> room{};
  auto* made = new (room.data()) secret<32>();
  std::ranges::fill(made->span(), std::uint8_t{0xaa});
  made->~secret<32>();
  EXPECT_TRUE(std::ranges::all_of(room, [](auto byte) { return byte == 0; }));
}

TEST(secure, a_moved_secret_leaves_nothing_behind) {
  secret<16> from;
  std::ranges::fill(from.span(), std::uint8_t{0xaa});
  secret<16> to = std::move(from);
  EXPECT_EQ(hex(to), std::string(32, 'a'));
  EXPECT_EQ(hex(from), std::string(32, '0'));  // NOLINT(bugprone-use-after-move): that is the test
  from = std::move(to);
  EXPECT_EQ(hex(from), std::string(32, 'a'));
  EXPECT_EQ(hex(to), std::string(32, '0'));  // NOLINT(bugprone-use-after-move)
}

TEST(secure, bytes_of_others_are_wiped_at_the_end_of_the_scope) {
  bytes data(5, 9);
  { const wipe_at_exit wiped(data); }
  EXPECT_EQ(data, bytes(5));
}

TEST(system_random, fills_spans_of_any_size_differently_each_time) {
  const random_source random = system_random();
  bytes first(3 << 20);
  bytes second(first.size());
  random(first);
  random(second);
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::any_of(first.end() - 64, first.end(), [](auto byte) { return byte != 0; }));
  random({});
}

}  // namespace
}  // namespace mtfetch::crypto
