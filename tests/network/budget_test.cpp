// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/budget.hpp"

#include <gtest/gtest.h>

namespace mtfetch::testing {
namespace {

using namespace std::chrono_literals;
constexpr time_point began{1000h};

network_conditions ten_requests() {
  network_conditions conditions;
  conditions.budget_requests = 10;
  conditions.budget_burst = 2s;
  return conditions;
}

network_conditions a_million_bytes() {
  network_conditions conditions;
  conditions.budget_bytes = 1'000'000;
  conditions.budget_burst = 3s;
  return conditions;
}

TEST(budget, none_refuses_nothing) {
  budget none({});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(none.on_request(1, 1 << 20, began));
}

TEST(budget, requests_of_a_burst_pass_and_the_next_is_told_when) {
  budget ten(ten_requests());
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(ten.on_request(1, 100, began)) << i;
  const auto refused = ten.on_request(1, 100, began);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->message(), "FLOOD_WAIT_1");
  EXPECT_EQ(ten.passed(), 20u);
  EXPECT_EQ(ten.refused(), 1u);
}

TEST(budget, x_is_rounded_up_and_enough_and_a_second_less_is_not) {
  // 2.5 s of bytes are owed when the bucket is empty.
  const auto spent = [] {
    budget made(a_million_bytes());
    EXPECT_FALSE(made.on_request(1, 3'000'000, began));
    return made;
  };
  budget asked = spent();
  const auto refused = asked.on_request(1, 2'500'000, began);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->seconds, 3);
  EXPECT_FALSE(asked.on_request(1, 2'500'000, began + std::chrono::seconds(refused->seconds)));
  budget early = spent();
  EXPECT_TRUE(early.on_request(1, 2'500'000, began + std::chrono::seconds(refused->seconds - 1)));
  budget exact = spent();
  EXPECT_EQ(exact.on_request(1, 2'000'000, began)->seconds, 2) << "2 s exactly is not 3";
}

TEST(budget, a_refused_request_costs_nothing) {
  budget ten(ten_requests());
  for (int i = 0; i < 20; ++i) ten.on_request(1, 100, began);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ten.on_request(1, 100, began)->seconds, 1);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(ten.on_request(1, 100, began + 1s)) << i;
  EXPECT_TRUE(ten.on_request(1, 100, began + 1s));
}

TEST(budget, what_costs_more_than_the_bucket_holds_passes_when_it_is_full) {
  network_conditions conditions;
  conditions.budget_bytes = 100'000;
  conditions.budget_burst = 1s;
  budget small(conditions);
  EXPECT_FALSE(small.on_request(1, 1 << 20, began));
  const auto refused = small.on_request(1, 1 << 20, began);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->seconds, 11) << "what is owed, and the bucket full again";
  EXPECT_FALSE(small.on_request(1, 1 << 20, began + 11s));
}

TEST(budget, of_an_account_is_its_own_and_of_the_cluster_is_everybodys) {
  auto conditions = ten_requests();
  budget own(conditions);
  conditions.budget_of = budget_scope::cluster;
  budget shared(conditions);
  for (int i = 0; i < 20; ++i) {
    own.on_request(1, 100, began);
    shared.on_request(1, 100, began);
  }
  EXPECT_TRUE(own.on_request(1, 100, began));
  EXPECT_FALSE(own.on_request(2, 100, began));
  EXPECT_TRUE(shared.on_request(2, 100, began));
}

TEST(budget, says_premium_where_that_is_wanted) {
  auto conditions = ten_requests();
  conditions.budget_answer = budget_refusal::flood_premium_wait;
  budget ten(conditions);
  for (int i = 0; i < 20; ++i) ten.on_request(1, 100, began);
  EXPECT_EQ(ten.on_request(1, 100, began)->message(), "FLOOD_PREMIUM_WAIT_1");
}

TEST(budget, a_client_that_waits_as_told_gets_all_of_it) {
  budget of(a_million_bytes());
  time_point now = began;
  std::int64_t bytes = 0;
  while (now < began + 60s) {
    if (const auto refused = of.on_request(1, 128 << 10, now)) {
      now += std::chrono::seconds(refused->seconds);
    } else {
      bytes += 128 << 10;
    }
  }
  EXPECT_LE(bytes, 63'000'000 + (128 << 10));
  EXPECT_GE(bytes, 62'000'000 - (128 << 10)) << "more than the last wait's second was lost";
}

}  // namespace
}  // namespace mtfetch::testing
