// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <random>

#include "mtproto/crypto/pq.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;
using u64 = std::uint64_t;

u64 next_prime(u64 from) {
  while (!is_prime(from)) ++from;
  return from;
}

TEST(pq, splits_the_known_ones) {
  for (const known_answer& known : known_answers("pq_factorization")) {
    SCOPED_TRACE(known.name());
    const auto parts = factorize(number_from_bytes(known.data("pq")).value());
    ASSERT_TRUE(parts);
    EXPECT_EQ(hex(number_to_bytes(parts->first)), known.text("p"));
    EXPECT_EQ(hex(number_to_bytes(parts->second)), known.text("q"));
  }
}

TEST(pq, splits_products_of_two_random_31_bit_primes) {
  std::mt19937_64 random(1);
  for (int run = 0; run < 300; ++run) {
    const u64 p = next_prime((u64{1} << 30) + random() % (u64{1} << 30) - 1000);
    const u64 q = next_prime((u64{1} << 30) + random() % (u64{1} << 30) - 1000);
    EXPECT_EQ(factorize(p * q), std::pair(std::min(p, q), std::max(p, q)));
  }
}

TEST(pq, splits_lopsided_products_up_to_63_bits) {
  std::mt19937_64 random(2);
  for (int bits = 2; bits < 32; ++bits) {
    for (int run = 0; run < 10; ++run) {
      const u64 p = next_prime(random() % (u64{1} << bits));
      const u64 q = next_prime((~u64{0} >> 1) / p - 5000 - random() % 1000);
      ASSERT_LT(q, (~u64{0} >> 1) / p);
      EXPECT_EQ(factorize(p * q), std::pair(std::min(p, q), std::max(p, q))) << p << ' ' << q;
    }
  }
}

TEST(pq, splits_every_small_product) {
  for (u64 n = 0; n < 5000; ++n) {
    u64 p = 2;
    while (p < n && n % p != 0) ++p;
    const bool two_primes = n >= 4 && p < n && is_prime(n / p);
    const auto parts = factorize(n);
    ASSERT_EQ(parts.has_value(), two_primes) << n;
    if (parts) {
      ASSERT_EQ(*parts, std::pair(p, n / p));
    }
  }
}

TEST(pq, splits_squares) {
  for (const u64 p : {u64{2}, u64{3}, u64{37}, u64{41}, u64{65537}, u64{2147483647}}) {
    EXPECT_EQ(factorize(p * p), std::pair(p, p));
  }
  EXPECT_EQ(factorize(u64{3037000493} * 3037000493), std::pair(u64{3037000493}, u64{3037000493}));
}

TEST(pq, gives_nothing_for_what_is_no_product_of_two_primes) {
  const u64 large_prime = 9223372036854775783;  // the largest below 2^63
  EXPECT_TRUE(is_prime(large_prime));
  for (const u64 n :
       {u64{0}, u64{1}, u64{2}, u64{3}, large_prime, u64{1} << 62, u64{1} << 63, ~u64{0},
        u64{1000003} * 1000033 * 1000037, u64{2097143} * 2097143 * 2097143}) {
    EXPECT_EQ(factorize(n), std::nullopt) << n;
  }
  // Above 2^63, though a product of two primes.
  EXPECT_EQ(factorize(u64{4294967291} * 4294967279), std::nullopt);
}

TEST(is_prime, is_not_fooled_by_strong_pseudoprimes) {
  // The smallest that pass the first 4, 9 and 11 prime bases.
  for (const u64 n : {u64{3215031751}, u64{3825123056546413051}, u64{341550071728321}}) {
    EXPECT_FALSE(is_prime(n)) << n;
  }
  EXPECT_TRUE(is_prime(18446744073709551557U));
  EXPECT_FALSE(is_prime(18446744073709551615U));
}

TEST(pq, numbers_travel_without_leading_zeros) {
  EXPECT_EQ(number_to_bytes(0), bytes{});
  EXPECT_EQ(number_to_bytes(0x0102), (bytes{1, 2}));
  EXPECT_EQ(number_from_bytes(bytes{0, 1, 2}), 0x0102U);
  EXPECT_EQ(number_from_bytes(bytes(8, 0xff)), ~u64{0});
  EXPECT_EQ(number_from_bytes(bytes(9)), std::nullopt);
  EXPECT_EQ(number_from_bytes({}), 0U);
}

}  // namespace
}  // namespace mtfetch::crypto
