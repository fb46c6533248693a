// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/condition_rules.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mtfetch::testing {
namespace {

using namespace std::chrono_literals;

/// The name of the condition that is refused.
template <class T>
std::string refused(T network_conditions::*which, T value) {
  network_conditions conditions;
  conditions.*which = value;
  const auto wrong = wrong_with(conditions);
  return wrong ? wrong->substr(0, wrong->find(' ')) : "";
}

TEST(condition_rules, refuse_by_name_what_no_network_can_do) {
  using conditions = network_conditions;
  EXPECT_EQ(wrong_with({}), std::nullopt);
  EXPECT_EQ(refused(&conditions::silence_chance, 1.5), "silence_chance");
  EXPECT_EQ(refused(&conditions::silence_chance, 1.0), "");
  EXPECT_EQ(refused(&conditions::long_chance, -0.1), "long_chance");
  const double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refused(&conditions::corrupt_chance, none), "corrupt_chance");
  EXPECT_EQ(refused(&conditions::budget_requests, none), "budget_requests");
  EXPECT_EQ(refused<duration>(&conditions::reference_lifetime, -1s), "reference_lifetime");
  EXPECT_EQ(refused<duration>(&conditions::reference_lifetime, 1s), "");
  EXPECT_EQ(refused<std::int64_t>(&conditions::dc_rate, -1), "dc_rate");
}

}  // namespace
}  // namespace mtfetch::testing
