// SPDX-License-Identifier: BSL-1.0
// Takeout sessions: who may begin one, how long it is good, and what is to be had within.
#include <algorithm>
#include <array>
#include <optional>

#include "tests/testing/call_rig.hpp"

namespace mtfetch::testing {
namespace {

bytes within(std::int64_t takeout, const bytes& query) {
  api::invokeWithTakeout wrapper;
  wrapper.takeout_id = takeout;
  wrapper.query = bytes(query);
  return tl::serialize(wrapper);
}

// Where it was refused, "CODE NAME".
template <class M>
std::string error_within(call_rig& rig, std::int64_t takeout, const M& request) {
  const auto made = rig.call(within(takeout, tl::serialize(request)));
  const auto* failed = std::get_if<std::string>(&made);
  return failed == nullptr ? "" : *failed;
}

std::int64_t begin(call_rig& rig, std::optional<std::int64_t> file_max_size) {
  api::account::initTakeoutSession ask;
  ask.files = file_max_size.has_value();
  ask.file_max_size = file_max_size;
  return rig.result_of(ask).id;
}

api::upload::getFile part_of(const call_rig& rig, const document& file) {
  api::upload::getFile ask;
  ask.location = rig.location_of(file);
  ask.limit = 4096;
  return ask;
}

TEST(takeout_calls, a_session_is_good_until_it_is_finished) {
  call_rig rig;
  rig.be(rig.person());
  std::optional<bool> ended_well;
  rig.content.takeout_ended = [&](bool success) { ended_well = success; };
  const std::int64_t id = begin(rig, 300'000);
  EXPECT_EQ(error_within(rig, id, part_of(rig, rig.file_here())), "");
  EXPECT_EQ(error_within(rig, id + 1, part_of(rig, rig.file_here())), "400 TAKEOUT_INVALID");
  api::account::finishTakeoutSession finish;
  finish.success = true;
  EXPECT_EQ(rig.error_of(finish), "403 TAKEOUT_REQUIRED") << "not within the session";
  EXPECT_FALSE(ended_well);
  EXPECT_EQ(error_within(rig, id, finish), "");
  EXPECT_EQ(ended_well, true);
  EXPECT_EQ(error_within(rig, id, finish), "400 TAKEOUT_INVALID");
  EXPECT_EQ(error_within(rig, id, part_of(rig, rig.file_here())), "400 TAKEOUT_INVALID");
  EXPECT_EQ(rig.error_of(part_of(rig, rig.file_here())), "") << "without one";
}

TEST(takeout_calls, an_account_has_one_session_and_nobody_elses) {
  call_rig rig;
  rig.be(rig.person());
  const std::int64_t left_behind = begin(rig, 300'000);
  const std::int64_t second = begin(rig, 300'000);
  EXPECT_NE(left_behind, second);
  EXPECT_EQ(error_within(rig, left_behind, part_of(rig, rig.file_here())), "400 TAKEOUT_INVALID");
  EXPECT_EQ(error_within(rig, second, part_of(rig, rig.file_here())), "");
  rig.be(rig.careful_person());
  EXPECT_EQ(error_within(rig, second, part_of(rig, rig.file_here())), "400 TAKEOUT_INVALID");
}

TEST(takeout_calls, are_not_for_bots_nor_for_nobody) {
  call_rig rig;
  rig.be(rig.robot());
  EXPECT_EQ(rig.error_of(api::account::initTakeoutSession()), "400 BOT_METHOD_INVALID");
  EXPECT_EQ(error_within(rig, 1, api::account::finishTakeoutSession()), "400 BOT_METHOD_INVALID");
  rig.be_nobody();
  EXPECT_EQ(rig.error_of(api::account::initTakeoutSession()), "401 AUTH_KEY_UNREGISTERED");
}

TEST(takeout_calls, files_above_the_size_agreed_on_are_not_given) {
  call_rig rig;
  rig.be(rig.person());
  const std::int64_t size = rig.file_here().size;
  EXPECT_EQ(error_within(rig, begin(rig, size), part_of(rig, rig.file_here())), "");
  EXPECT_EQ(error_within(rig, begin(rig, size - 1), part_of(rig, rig.file_here())),
            "400 LOCATION_INVALID");
  EXPECT_EQ(error_within(rig, begin(rig, std::nullopt), part_of(rig, rig.file_here())),
            "400 LOCATION_INVALID")
      << "no files were asked for";
}

TEST(takeout_calls, the_first_waits_and_a_person_may_confirm_it) {
  cluster_options slow;
  slow.takeout_delay = std::chrono::hours(24);
  call_rig rig(slow);
  rig.be(rig.person());
  const api::account::initTakeoutSession ask;
  EXPECT_EQ(rig.error_of(ask), "420 TAKEOUT_INIT_DELAY_86400");
  rig.now += 86'390;
  EXPECT_EQ(rig.error_of(ask), "420 TAKEOUT_INIT_DELAY_10")
      << "asked again, it does not begin anew";
  rig.now += 10;
  EXPECT_EQ(rig.error_of(ask), "");
  rig.be(rig.careful_person());
  EXPECT_EQ(rig.error_of(ask), "420 TAKEOUT_INIT_DELAY_86400");
  rig.content.exports.confirm();
  EXPECT_EQ(rig.error_of(ask), "");
}

// https://core.telegram.org/api/invoking: what stands around what is nobody's rule.
TEST(takeout_calls, the_order_of_the_wrappers_does_not_matter) {
  call_rig rig;
  rig.be(rig.person());
  const std::int64_t id = begin(rig, 300'000);
  const auto wrapped = [&](int kind, const bytes& query) {
    if (kind == 0) return within(id, query);
    if (kind == 1) {
      api::invokeWithLayer layer;
      layer.layer = 228;
      layer.query = bytes(query);
      return tl::serialize(layer);
    }
    if (kind == 2) {
      api::initConnection connection;
      connection.query = bytes(query);
      return tl::serialize(connection);
    }
    api::invokeWithoutUpdates quiet;
    quiet.query = bytes(query);
    return tl::serialize(quiet);
  };
  std::array<int, 4> order = {0, 1, 2, 3};
  do {
    bytes query = tl::serialize(part_of(rig, rig.file_here()));
    for (const int kind : order) query = wrapped(kind, query);
    EXPECT_TRUE(std::holds_alternative<bytes>(rig.call(query)));
    bytes foreign = tl::serialize(part_of(rig, rig.file_here()));
    for (const int kind : order)
      foreign = kind == 0 ? within(id + 1, foreign) : wrapped(kind, foreign);
    EXPECT_EQ(std::get<std::string>(rig.call(foreign)), "400 TAKEOUT_INVALID");
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace mtfetch::testing
