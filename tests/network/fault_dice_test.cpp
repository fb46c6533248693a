// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/fault_dice.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "mtproto/testing/network/reference_clock.hpp"

namespace mtfetch::testing {
namespace {

using namespace std::chrono_literals;
constexpr time_point began{1000h};

std::vector<answer_fault> draw(const network_conditions& conditions, int count) {
  fault_dice dice(conditions);
  std::vector<answer_fault> drawn;
  for (int i = 0; i < count; ++i) drawn.push_back(dice.on_request().fault);
  return drawn;
}

TEST(fault_dice, hit_as_often_as_they_were_told) {
  network_conditions conditions;
  conditions.stall_chance = 0.01;
  conditions.corrupt_chance = 0.2;
  conditions.short_chance = 0.05;
  fault_dice dice(conditions);
  constexpr int asked = 100'000;
  for (int i = 0; i < asked; ++i) dice.on_request();
  const auto share = [&](answer_fault fault) {
    return static_cast<double>(dice.drawn(fault)) / asked;
  };
  EXPECT_NEAR(share(answer_fault::stall), 0.01, 0.002);
  EXPECT_NEAR(share(answer_fault::cut), 0.05 * 0.99, 0.004);
  EXPECT_NEAR(share(answer_fault::corrupt), 0.2 * 0.99 * 0.95, 0.006);
  EXPECT_EQ(dice.drawn(answer_fault::empty), 0u);
  EXPECT_EQ(dice.asked(), 100'000u);
}

TEST(fault_dice, repeat_with_the_seed_and_differ_with_another) {
  network_conditions conditions;
  conditions.stall_chance = 0.3;
  const auto first = draw(conditions, 200);
  EXPECT_EQ(first, draw(conditions, 200));
  conditions.seed = 2;
  EXPECT_NE(first, draw(conditions, 200));
}

TEST(fault_dice, another_chance_does_not_move_where_one_hits) {
  network_conditions conditions;
  conditions.stall_chance = 0.1;
  const auto alone = draw(conditions, 1000);
  conditions.corrupt_chance = 0.5;
  const auto both = draw(conditions, 1000);
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i] == answer_fault::stall, both[i] == answer_fault::stall) << i;
  }
  EXPECT_NE(alone, both);
}

TEST(fault_dice, each_chance_is_of_its_own_fault) {
  const std::vector<std::pair<double network_conditions::*, answer_fault>> faults = {
      {&network_conditions::silence_chance, answer_fault::silence},
      {&network_conditions::stall_chance, answer_fault::stall},
      {&network_conditions::expired_chance, answer_fault::expired},
      {&network_conditions::empty_chance, answer_fault::empty},
      {&network_conditions::short_chance, answer_fault::cut},
      {&network_conditions::long_chance, answer_fault::overlong},
      {&network_conditions::corrupt_chance, answer_fault::corrupt}};
  for (const auto& [chance, fault] : faults) {
    network_conditions conditions;
    conditions.*chance = 1;
    EXPECT_EQ(draw(conditions, 3), std::vector(3, fault));
  }
}

TEST(fault_dice, sizes_are_wrong_as_the_fault_says) {
  for (const double where : {0.0, 0.5, 0.999999}) {
    for (const std::int64_t right : {1, 4096, 1 << 20}) {
      EXPECT_EQ(size_with({answer_fault::none, where}, right), right);
      EXPECT_EQ(size_with({answer_fault::corrupt, where}, right), right);
      EXPECT_EQ(size_with({answer_fault::empty, where}, right), 0);
      EXPECT_LT(size_with({answer_fault::cut, where}, right), right);
      EXPECT_GT(size_with({answer_fault::overlong, where}, right), right);
    }
  }
}

TEST(reference_clock, a_reference_is_good_until_the_beat_and_a_new_one_for_a_lifetime) {
  network_conditions conditions;
  conditions.reference_lifetime = 10s;
  const reference_clock clock(conditions);
  for (const std::int64_t account : {0, 1, 7}) {
    const auto given = clock.number(account, began);
    time_point at = began;
    while (clock.is_good(given, account, at)) at += 100ms;
    EXPECT_LE(at - began, 10s);
    const auto next = clock.number(account, at);
    EXPECT_TRUE(clock.is_good(next, account, at + 9800ms));
    EXPECT_FALSE(clock.is_good(next, account, at + 10s));
  }
}

TEST(reference_clock, without_a_lifetime_nothing_lapses) {
  const reference_clock clock({});
  EXPECT_TRUE(clock.is_good(clock.number(1, began), 1, began + 10000h));
}

}  // namespace
}  // namespace mtfetch::testing
