// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include <sstream>

#include "mtproto/crypto/dh.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

// RFC 3526 group 14: a safe prime that is not the well-known one; p % 8 = 7, so 2 generates.
constexpr auto other_safe_prime =
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437"
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05"
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb"
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718"
    "3995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";

bytes known() {
  return {known_prime().begin(), known_prime().end()};
}

// 2^exponent in 256 bytes.
bytes power_of_two(std::size_t exponent) {
  bytes out(256);
  out[255 - exponent / 8] = static_cast<std::uint8_t>(1 << exponent % 8);
  return out;
}

bytes minus(bytes a, const bytes& b) {
  int borrow = 0;
  for (std::size_t i = 256; i-- > 0;) {
    const int digit = a[i] - b[i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    a[i] = static_cast<std::uint8_t>(digit);
  }
  return a;
}

bytes one() {
  return power_of_two(0);
}

TEST(dh, the_well_known_prime_goes_with_3_4_and_7_only) {
  const known_answer expected = known_answer_of("dh", "dh_prime_known");
  EXPECT_EQ(hex(known_prime()), expected.text("p"));
  std::istringstream good(expected.text("good_g"));
  for (std::string g; std::getline(good, g, ',');) {
    EXPECT_FALSE(check_group(known_prime(), std::stoi(g))) << g;
  }
  std::istringstream bad(expected.text("bad_g"));
  for (std::string g; std::getline(bad, g, ',');) {
    EXPECT_EQ(check_group(known_prime(), std::stoi(g)), security_errc::bad_dh_generator) << g;
  }
  for (const int g : {-3, 0, 1, 8, 9, 1 << 30}) {
    EXPECT_EQ(check_group(known_prime(), g), security_errc::bad_dh_generator) << g;
  }
}

TEST(dh, another_safe_prime_is_tested_and_taken) {
  const bytes prime = unhex(other_safe_prime);
  EXPECT_FALSE(check_group(prime, 2));
  // Remembered: the generator is still looked at.
  EXPECT_FALSE(check_group(prime, 2, prime_verdict::safe));
  EXPECT_EQ(check_group(prime, 1, prime_verdict::safe), security_errc::bad_dh_generator);
}

TEST(dh, primes_of_another_size_are_refused_even_if_remembered) {
  bytes small = unhex(other_safe_prime);
  small[0] = 0x7f;
  bytes large = unhex(other_safe_prime);
  large.insert(large.begin(), 1);
  for (const bytes& wrong : {small, large, bytes(256), bytes{}, bytes{23}, bytes(255, 0xff)}) {
    EXPECT_EQ(check_group(wrong, 3, prime_verdict::safe), security_errc::bad_dh_prime);
  }
  bytes with_zeros = known();
  with_zeros.insert(with_zeros.begin(), 2, 0);
  EXPECT_FALSE(check_group(with_zeros, 3));
}

TEST(dh, composites_and_primes_that_are_not_safe_are_refused) {
  bytes even = known();
  even.back() ^= 1;
  bytes composite = known();
  composite.back() ^= 4;
  // A prime p of 2048 bits, but (p - 1) / 2 is not prime.
  const bytes unsafe = unhex(
      "ea9eba0cdf561d802a759159fb7ff337f5cae3bf3729c619c60a3cab359eeefb"
      "015c33b2df1461aaf8eb18b90074513021da8978206f5c6671e0c07e9e115e4b"
      "9e30691c238642ea126a1e48cc11d357c30d8b7628dbd25e63b229f1c4069545"
      "de11cc9dea959c212e9c82b1478c281d687c966c377b9aa2bb2edb20035b7399"
      "3fd4235992edcf451a1afe878b33e968617959ce3f1f65a8de5271007814e8a2"
      "5f2dd97f1cfb10f62827688de6a16a3b0d464138a62332553fc1ea36f17fd374"
      "c6a5387777330bdbd7210dff076ce2ef87b0b125ec1d7da0a6eb8c9ebd69fe29"
      "d76d4330f1446beab0c11fdecb91ce375bc8fbbcbde5c0994164d8399f7689b3");
  // (p - 1) / 2 is prime, but p is not: a test of the half alone would let it pass.
  const bytes only_half = unhex(
      "f4859c4d459dc41dc382727cb34db782d027f0aec89a7994d9b73a7abb01c206"
      "3848b058f2ffc605d70e3ef75f60adedbeedabdfacd2cb2a27abc36a04fb70ac"
      "b883a25352a3ce24e1fba961e4cab51eb548b230217001e49b2aab77def43593"
      "42adc126893104a9353f46cbe1774f5eb0f3cb4df7d4d19bff3ef4419e85996a"
      "3c96226c5588886a37e9227ae081a698129e06b7afda554b786eb07381594f73"
      "789e6b74ee1400ecb62f20487b162fb2d4f76ba568fca7611531e97fac259f0c"
      "2773cfa235609991d39dccff5126f5b0015bfa33d78324d783356e789882d034"
      "b376738289d8b5d23652c531fdabbc4d0a15a569daaa7d105e1f0d875dc005d3");
  for (const bytes& wrong : {even, composite, unsafe, only_half, bytes(256, 0xff)}) {
    EXPECT_EQ(check_group(wrong, 4), security_errc::bad_dh_prime);
  }
}

TEST(dh, public_values_must_be_in_range) {
  const bytes p = known();
  const bytes edge = power_of_two(1984);
  EXPECT_FALSE(check_public(edge, p));
  EXPECT_FALSE(check_public(minus(p, edge), p));
  EXPECT_FALSE(check_public(power_of_two(2000), p));
  bytes longer(300);
  longer[0] = 1;
  bytes padded(300);
  padded[51] = 1;
  EXPECT_FALSE(check_public(padded, p));
  const bytes past_upper_edge = minus(p, minus(edge, one()));
  for (const bytes& wrong : {bytes{}, bytes{0}, bytes{1}, minus(edge, one()), past_upper_edge,
                             minus(p, one()), p, bytes(256, 0xff), longer}) {
    EXPECT_EQ(check_public(wrong, p), security_errc::bad_dh_public);
  }
}

TEST(dh, both_sides_get_the_same_256_bytes) {
  const random_source random = seeded_random(1);
  bytes a(256);
  bytes b(256);
  random(a);
  random(b);
  const auto g_a = power(3, a, known_prime());
  const auto g_b = power(3, b, known_prime());
  EXPECT_FALSE(check_public(g_a, known_prime()));
  EXPECT_EQ(power(g_b, a, known_prime()), power(g_a, b, known_prime()));
}

TEST(dh, small_results_are_padded_in_front) {
  const auto nine = power(3, bytes{2}, known_prime());
  bytes expected(256);
  expected[255] = 9;
  EXPECT_EQ(bytes(nine.begin(), nine.end()), expected);
  // Toy numbers: 5^117 mod 19 = 1, a base larger than the modulus, 256^1 mod 19 = 9.
  EXPECT_EQ(power(5, bytes{117}, bytes{19})[255], 1);
  EXPECT_EQ(power(bytes{1, 0}, bytes{1}, bytes{19})[255], 9);
}

TEST(dh, a_modulus_that_is_even_or_too_long_is_a_mistake_of_the_caller) {
  EXPECT_THROW(power(3, bytes{2}, bytes{18}), std::invalid_argument);
  EXPECT_THROW(power(3, bytes{2}, bytes{}), std::invalid_argument);
  EXPECT_THROW(power(3, bytes{2}, bytes(257, 1)), std::invalid_argument);
}

}  // namespace
}  // namespace mtfetch::crypto
