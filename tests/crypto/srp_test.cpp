// SPDX-License-Identifier: BSL-1.0
#include <gtest/gtest.h>

#include "mtproto/crypto/srp.hpp"
#include "mtproto/crypto/srp_arithmetic.hpp"
#include "tests/crypto/known_answers.hpp"

namespace mtfetch::crypto {
namespace {

using namespace testing;

std::string password_of(const known_answer& known) {
  return std::string(as_text(known.data("password")));
}

srp_params params_of(const known_answer& known) {
  return {known.data("salt1"), known.data("salt2"), static_cast<std::int32_t>(known.number("g")),
          known.data("p")};
}

srp_params sample_params() {
  return {bytes(40, 1), bytes(16, 2), 3, {known_prime().begin(), known_prime().end()}};
}

TEST(srp, hashes_the_known_password) {
  const known_answer known = known_answer_of("srp", "srp_password_hash_mtcute");
  EXPECT_EQ(hex(srp_arithmetic::password_hash(password_of(known), known.data("salt1"),
                                              known.data("salt2"))),
            known.text("x_password_hash"));
}

TEST(srp, makes_the_known_verifier) {
  const known_answer known = known_answer_of("srp", "srp_new_password_hash");
  const srp_params params{known.data("salt1_full"), known.data("salt2"), 3, known.data("p")};
  EXPECT_EQ(hex(*srp_verifier(password_of(known), params)), known.text("new_password_hash"));
}

TEST(srp, gives_the_known_answer) {
  const known_answer known = known_answer_of("srp", "srp_mtcute");
  const auto answer = answer_srp(password_of(known), params_of(known), known.data("srp_B"),
                                 scripted_random(known.data("a")));
  ASSERT_TRUE(answer);
  EXPECT_EQ(hex(answer->a), known.text("A"));
  EXPECT_EQ(hex(answer->m1), known.text("M1"));
  EXPECT_EQ(hex(*srp_verifier(password_of(known), params_of(known))), known.text("v"));
  const auto x =
      srp_arithmetic::password_hash(password_of(known), known.data("salt1"), known.data("salt2"));
  EXPECT_EQ(hex(x), known.text("x_password_hash"));
  EXPECT_EQ(hex(srp_arithmetic::client_key(params_of(known), x, known.data("a"), answer->a,
                                           known.fixed<256>("srp_B"))),
            known.text("K"));
}

TEST(srp, its_formulas_hold_over_a_toy_prime) {
  const known_answer known = known_answer_of("srp", "srp_grammers_tiny");
  const srp_params params = params_of(known);
  const bytes a = known.data("a");
  const auto a_public = power(params.g, a, params.p);
  EXPECT_EQ(hex(a_public), known.text("A"));
  const auto x = srp_arithmetic::password_hash(password_of(known), params.salt1, params.salt2);
  const auto b_public = known.fixed<256>("srp_B");
  const auto key = srp_arithmetic::client_key(params, x, a, a_public, b_public);
  EXPECT_EQ(hex(srp_arithmetic::proof(params, a_public, b_public, key)), known.text("M1"));
}

TEST(srp, the_server_accepts_the_right_password_only) {
  const random_source random = seeded_random(1);
  const srp_params params = sample_params();
  const srp_server server(params, *srp_verifier("secret", params), random);
  const auto right = answer_srp("secret", params, server.b(), random);
  ASSERT_TRUE(right);
  EXPECT_TRUE(server.check(right->a, right->m1));
  const auto wrong = answer_srp("Secret", params, server.b(), random);
  EXPECT_FALSE(server.check(wrong->a, wrong->m1));
  auto changed = right->m1;
  changed[31] ^= 1;
  EXPECT_FALSE(server.check(right->a, changed));
  EXPECT_FALSE(server.check(right->a, byte_view(right->m1).first(31)));
  // Good for this challenge only.
  const srp_server next(params, *srp_verifier("secret", params), random);
  EXPECT_FALSE(next.check(right->a, right->m1));
}

TEST(srp, the_server_refuses_values_that_need_no_password) {
  const random_source random = seeded_random(2);
  const srp_params params = sample_params();
  const srp_server server(params, *srp_verifier("secret", params), random);
  const srp_arithmetic::number256 zero{};
  // With A = 0 (or p) the key is the hash of zero, whatever the password.
  const auto b = srp_arithmetic::padded(server.b());
  const auto key =
      srp_arithmetic::server_key(params, *srp_verifier("secret", params), bytes{1}, zero, b);
  const auto proof = srp_arithmetic::proof(params, zero, b, key);
  EXPECT_FALSE(server.check(zero, proof));
  EXPECT_FALSE(server.check(known_prime(), proof));
  EXPECT_FALSE(server.check({}, proof));
}

TEST(srp, the_client_refuses_a_bad_group_or_value) {
  const random_source random = seeded_random(3);
  const srp_params good = sample_params();
  const srp_server server(good, *srp_verifier("secret", good), random);
  srp_params wrong_g = good;
  wrong_g.g = 2;
  srp_params wrong_p = good;
  wrong_p.p.back() ^= 2;
  srp_params long_salt = good;
  long_salt.salt1.resize(100'000);
  for (const srp_params& wrong : {wrong_g, wrong_p, long_salt}) {
    EXPECT_EQ(answer_srp("secret", wrong, server.b(), random).error(),
              security_errc::bad_srp_parameters);
    EXPECT_EQ(srp_verifier("secret", wrong).error(), security_errc::bad_srp_parameters);
  }
  for (const bytes& b : {bytes{}, bytes(256), bytes{1}, good.p, bytes(257, 1)}) {
    EXPECT_EQ(answer_srp("secret", good, b, random).error(), security_errc::bad_srp_parameters);
  }
}

TEST(srp, any_text_can_be_a_password) {
  const random_source random = seeded_random(4);
  const srp_params params = sample_params();
  for (const std::string& password :
       {std::string(), std::string("\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"),
        std::string("a\0b", 3), std::string(5000, 'x')}) {
    const srp_server server(params, *srp_verifier(password, params), random);
    const auto answer = answer_srp(password, params, server.b(), random);
    EXPECT_TRUE(server.check(answer->a, answer->m1));
  }
}

}  // namespace
}  // namespace mtfetch::crypto
