// SPDX-License-Identifier: BSL-1.0
// Files over CDNs: https://core.telegram.org/cdn
#include "cdn_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

namespace mtfetch::engine {
namespace {

constexpr std::size_t whole_windows(std::int64_t size) {
  return static_cast<std::size_t>((size + hash_window - 1) / hash_window);
}

// The file is whole, as on the server, and nothing of a CDN is in it unverified.
void expect_whole(const cdn_world& ended) {
  EXPECT_EQ(ended.problem, "");
  EXPECT_EQ(ended.failure, "");
  EXPECT_TRUE(ended.complete);
  EXPECT_TRUE(ended.identical());
  std::int64_t from_cdn = 0;
  for (const std::int64_t at : ended.from_cdn) {
    from_cdn += std::min(hash_window, ended.rules.size - at);
  }
  EXPECT_GE(ended.seen.verified, from_cdn);
}

TEST(cdn, brings_the_whole_file_over_several_connections_and_every_byte_is_verified) {
  cdn_rules rules;
  rules.size = 100 * mib + 5;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.bytes_from[cdn_dc], rules.size);
  EXPECT_EQ(world.bytes_from[master_dc], 0);
  EXPECT_EQ(world.from_cdn.size(), whole_windows(rules.size));
  EXPECT_EQ(world.seen.verified, rules.size);
  EXPECT_EQ(world.seen.cdn_dc, cdn_dc);
  EXPECT_EQ(world.seen.dc, master_dc) << "what the journal keeps is the master";
  EXPECT_GT(world.most_at_cdn, 3U);
  EXPECT_EQ(world.reuploads, 0U);
  EXPECT_GT(world.questions[hash_call::cdn_hashes], 10U);
  EXPECT_LE(world.questions[hash_call::file_hashes], 1U) << "only before the redirect was known";
}

TEST(cdn, a_redirect_in_the_middle_of_a_file_gives_back_once_what_was_under_way) {
  cdn_rules rules;
  rules.size = 30 * mib;
  rules.redirects_from = 20;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_GT(world.bytes_from[master_dc], 0);
  EXPECT_EQ(world.bytes_from[master_dc] + world.bytes_from[cdn_dc], rules.size);
}

TEST(cdn, hashes_that_come_with_the_redirect_are_not_asked_for) {
  cdn_rules rules;
  rules.size = 1 * mib;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.questions[hash_call::cdn_hashes], 0U);
}

TEST(cdn, is_not_asked_for_where_it_cannot_be_followed_or_nothing_would_be_verified) {
  for (const bool allowed : {false, true}) {
    cdn_rules rules;
    rules.allowed = allowed;
    rules.verify = !allowed;
    cdn_world world(rules);
    ASSERT_TRUE(world.run()) << world.problem;
    expect_whole(world);
    EXPECT_EQ(world.parts[part_call::get_file_or_redirect], 0U);
    EXPECT_EQ(world.opened_at_cdn, 0U);
  }
}

TEST(cdn, a_redirect_that_nobody_asked_for_is_an_error_in_the_end) {
  cdn_rules rules;
  rules.allowed = false;
  rules.redirects_anybody = true;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  EXPECT_EQ(world.failure, "the server sends the file to a CDN that was not asked for");
}

TEST(cdn, a_redirect_that_cannot_be_followed_leads_to_the_master) {
  for (const int dc : {0, -3, master_dc}) {
    cdn_rules rules;
    rules.redirect_to = dc;
    cdn_world world(rules);
    ASSERT_TRUE(world.run()) << world.problem;
    expect_whole(world);
    EXPECT_EQ(world.bytes_from[master_dc], rules.size);
    EXPECT_NE(world.seen.cdn_left, "");
    EXPECT_EQ(world.opened_at_cdn, 0U);
  }
}

TEST(cdn, absurd_hashes_in_a_redirect_are_passed_over) {
  cdn_rules rules;
  for (std::int64_t i = 0; i < 3000; ++i) {
    server_hash hash;
    hash.offset = i * 7919 - 100'000;
    hash.limit = static_cast<std::int32_t>(i * 4099 - 5);
    rules.more_in_redirect.push_back(hash);
  }
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.bytes_from[cdn_dc], rules.size);
}

TEST(cdn, a_file_that_the_cdn_does_not_have_is_uploaded_once_for_all_parts) {
  cdn_rules rules;
  rules.size = 40 * mib;
  rules.empty = true;
  rules.hashes_in_redirect = false;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.reuploads, 1U);
  EXPECT_EQ(world.bytes_from[cdn_dc], rules.size);
}

TEST(cdn, a_file_that_the_cdn_forgets_is_uploaded_again) {
  cdn_rules rules;
  rules.size = 40 * mib;
  rules.empty = true;
  rules.keeps_for = 25;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_GT(world.reuploads, 1U);
  EXPECT_EQ(world.reuploads_at_once, 1U);
  EXPECT_EQ(world.bytes_from[cdn_dc], rules.size);
}

TEST(cdn, an_endless_reupload_ends_at_the_master) {
  cdn_rules rules;
  rules.empty = true;
  rules.forgets_at_once = true;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.reuploads, static_cast<std::size_t>(cdn_limits().reuploads));
  EXPECT_EQ(world.bytes_from[master_dc], rules.size);
}

TEST(cdn, a_reupload_that_is_refused_leads_to_the_master) {
  cdn_rules rules;
  rules.empty = true;
  rules.reupload_says = "CDN_UPLOAD_TIMEOUT";
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.reuploads, 1U);
  EXPECT_EQ(world.bytes_from[master_dc], rules.size);
  EXPECT_NE(world.seen.cdn_left.find("CDN_UPLOAD_TIMEOUT"), std::string::npos);
}

TEST(cdn, a_reupload_that_is_never_answered_leads_to_the_master) {
  cdn_rules rules;
  rules.empty = true;
  rules.reupload_answers = false;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.reuploads, 0U);
  EXPECT_EQ(world.bytes_from[master_dc], rules.size);
}

TEST(cdn, a_lapsed_token_is_renewed_with_one_question_each_time) {
  cdn_rules rules;
  rules.size = 60 * mib;
  rules.token_parts = 30;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.bytes_from[cdn_dc], rules.size);
  EXPECT_GT(world.redirects, 2U);
  // Those before the first redirect, and one for each.
  EXPECT_LE(world.parts[part_call::get_file_or_redirect], 32U + world.redirects);
}

TEST(cdn, tokens_that_never_hold_lead_to_the_master) {
  for (const char* const says : {"FILE_TOKEN_INVALID", "REQUEST_TOKEN_INVALID"}) {
    cdn_rules rules;
    rules.cdn_says = says;
    cdn_world world(rules);
    ASSERT_TRUE(world.run()) << world.problem;
    expect_whole(world);
    EXPECT_LE(world.redirects, 16U);
    EXPECT_EQ(world.bytes_from[master_dc], rules.size);
  }
}

TEST(cdn, a_request_token_that_never_holds_leads_to_the_master) {
  cdn_rules rules;
  rules.empty = true;
  rules.reupload_says = "REQUEST_TOKEN_INVALID";
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.reuploads, static_cast<std::size_t>(cdn_limits().reuploads));
  EXPECT_EQ(world.bytes_from[master_dc], rules.size);
}

TEST(cdn, a_master_that_serves_the_file_again_itself_is_taken_at_its_word) {
  cdn_rules rules;
  rules.size = 30 * mib;
  rules.token_parts = 20;
  rules.redirects_most = 1;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_GT(world.bytes_from[cdn_dc], 0);
  EXPECT_GT(world.bytes_from[master_dc], 0);
  EXPECT_EQ(world.seen.cdn_left, "");
}

TEST(cdn, one_that_cannot_be_reached_leads_to_the_master_soon) {
  cdn_rules rules;
  rules.cdn_opens = 0;
  cdn_world world(rules);
  const time_point began = world.now;
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.bytes_from[master_dc], rules.size);
  EXPECT_LT(world.now - began, std::chrono::seconds(5));
  EXPECT_NE(world.seen.cdn_left.find("cannot be reached"), std::string::npos);
}

TEST(cdn, one_that_dies_in_the_middle_leads_to_the_master) {
  cdn_rules rules;
  rules.size = 60 * mib;
  rules.cdn_dies_after = 10 * mib;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_GT(world.bytes_from[cdn_dc], 0);
  EXPECT_GT(world.bytes_from[master_dc], 0);
}

TEST(cdn, one_that_refuses_leads_to_the_master) {
  for (const char* const says :
       {"CDN_METHOD_INVALID", "FILE_MIGRATE_203", "LIMIT_INVALID", "FILE_REFERENCE_EXPIRED"}) {
    cdn_rules rules;
    rules.cdn_says = says;
    cdn_world world(rules);
    ASSERT_TRUE(world.run()) << world.problem;
    expect_whole(world);
    EXPECT_EQ(world.bytes_from[master_dc], rules.size);
    EXPECT_NE(world.seen.cdn_left.find(says), std::string::npos);
  }
}

TEST(cdn, one_that_lies_about_every_byte_leads_to_the_master) {
  cdn_rules rules;
  rules.size = 20 * mib;
  rules.lies = true;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_TRUE(world.from_cdn.empty());
  EXPECT_EQ(world.bytes_from[master_dc], rules.size);
}

TEST(cdn, a_window_that_it_cannot_repair_comes_from_the_master) {
  cdn_rules rules;
  rules.size = 20 * mib;
  rules.bad_for_ever = 40;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_FALSE(world.from_cdn.contains(40 * hash_window));
  EXPECT_GE(world.bytes_from[cdn_dc], 3 * hash_window);
}

TEST(cdn, a_bad_window_is_repaired_alone_from_the_cdn) {
  cdn_rules rules;
  rules.size = 20 * mib;
  cdn_world world(rules);
  world.spoils_window = 40;
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.seen.repaired, 1U);
  EXPECT_EQ(world.bytes_from[cdn_dc], rules.size + hash_window);
  EXPECT_EQ(world.bytes_from[master_dc], 0);
}

TEST(cdn, bytes_without_a_hash_do_not_count) {
  for (const bool master_has : {false, true}) {
    cdn_rules rules;
    rules.size = 10 * mib;
    rules.cdn_hashes = false;
    rules.hashes_in_redirect = false;
    rules.file_hashes = master_has;
    cdn_world world(rules);
    ASSERT_TRUE(world.run()) << world.problem;
    expect_whole(world);
    EXPECT_NE(world.seen.cdn_left, "");
    EXPECT_EQ(world.seen.verified, master_has ? rules.size : 0);
    EXPECT_TRUE(master_has || world.from_cdn.empty());
  }
}

TEST(cdn, one_that_is_much_slower_than_the_master_was_is_left) {
  cdn_rules rules;
  rules.size = 400 * mib;
  rules.redirects_from = 100;
  rules.cdn_rate = 200e3;
  cdn_world world(rules);
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_EQ(world.seen.cdn_left, "it is much slower than the master data centre");
  EXPECT_GT(world.bytes_from[master_dc], 300 * mib);
}

TEST(cdn, one_that_is_as_fast_as_the_master_was_is_kept) {
  cdn_rules rules;
  rules.size = 800 * mib;
  rules.redirects_from = 100;
  rules.master_rate = 1e6;
  rules.cdn_rate = 1e6;
  cdn_world world(rules);
  const time_point began = world.now;
  ASSERT_TRUE(world.run()) << world.problem;
  expect_whole(world);
  EXPECT_GT(world.now - began, 4 * cdn_limits().trial) << "it was tried more than once";
  EXPECT_EQ(world.seen.cdn_left, "");
}

TEST(cdn, the_file_may_move_and_its_reference_lapse_at_the_master_meanwhile) {
  for (const bool moves : {true, false}) {
    cdn_rules rules;
    rules.size = 40 * mib;
    rules.moves_to = moves ? 4 : 0;
    rules.expires = !moves;
    rules.token_parts = 15;
    cdn_world world(rules);
    ASSERT_TRUE(world.run()) << world.problem;
    expect_whole(world);
    EXPECT_EQ(world.seen.dc, moves ? 4 : master_dc);
    EXPECT_EQ(world.refreshes, moves ? 0U : 1U);
    EXPECT_GT(world.bytes_from[cdn_dc], rules.size / 2);
  }
}

TEST(cdn, one_that_failed_gets_no_other_file_for_a_while) {
  time_point now(std::chrono::hours(1));
  engine machine({}, [](byte_span out) { std::ranges::fill(out, std::uint8_t{128}); });
  const auto add_file = [&] {
    file_plan plan;
    plan.size = 6 * mib;
    plan.dc = master_dc;
    plan.cdn = true;
    return machine.add(plan, now);
  };
  // Opens what is to be opened but at the CDN; gives the first part asked of the master.
  const auto first_part = [&](file_id of) {
    std::optional<request_id> asked;
    while (const auto next = machine.poll_decision()) {
      if (const auto* wanted = std::get_if<open_connection>(&*next)) {
        if (wanted->dc == cdn_dc) {
          machine.on_connection_lost(wanted->connection,
                                     make_error_code(transport_errc::unreachable), "down", now);
        } else {
          machine.on_connected(wanted->connection, now);
        }
      }
      const auto* sent = std::get_if<send_part>(&*next);
      if (sent != nullptr && sent->file == of && !asked) asked = sent->request;
    }
    return asked;
  };
  const file_id first = add_file();
  const auto asked = first_part(first);
  ASSERT_TRUE(asked);
  EXPECT_TRUE(machine.on_cdn_redirect(*asked, cdn_dc, {}, now));
  for (int i = 0; i < 10 && machine.progress(first).cdn_left.empty(); ++i) {
    first_part(first);
    now = std::max(now, machine.deadline());
    machine.on_deadline(now);
  }
  EXPECT_EQ(machine.progress(first).cdn_left, "down");

  const file_id second = add_file();
  const auto asked_again = first_part(second);
  ASSERT_TRUE(asked_again);
  EXPECT_FALSE(machine.on_cdn_redirect(*asked_again, cdn_dc, {}, now));
  EXPECT_NE(machine.progress(second).cdn_left, "");

  machine.remove(first, now);
  machine.remove(second, now);
  now += cdn_limits().rest;
  machine.on_deadline(now);
  const file_id third = add_file();
  const auto asked_later = first_part(third);
  ASSERT_TRUE(asked_later);
  EXPECT_TRUE(machine.on_cdn_redirect(*asked_later, cdn_dc, {}, now));
}

struct step_case {
  const char* name;
  step_fault fault;
};

class cdn_step : public ::testing::TestWithParam<step_case> {};

// A fault at every single step of a file that needs a redirect, reuploads, hashes and new tokens.
TEST_P(cdn_step, ends_with_the_whole_file_whatever_step_fails) {
  cdn_rules rules;
  rules.size = 4 * mib + 777;
  rules.empty = true;
  rules.keeps_for = 5;
  rules.token_parts = 7;
  rules.hashes_in_redirect = false;
  std::size_t steps = 1;
  for (std::size_t n = 0; n < steps; ++n) {
    cdn_world world(rules);
    world.fault_at = [&](std::size_t step) {
      return step == n ? GetParam().fault : step_fault::none;
    };
    ASSERT_TRUE(world.run()) << "step " << n << ": " << world.problem;
    expect_whole(world);
    ASSERT_FALSE(HasFailure()) << "step " << n;
    steps = std::max(steps, world.requests);
  }
  EXPECT_GT(steps, 15U);
}

// The same from every step on, at the CDN and in the questions about it: the master alone is well.
TEST_P(cdn_step, ends_with_the_whole_file_when_the_cdn_fails_from_a_step_on) {
  cdn_rules rules;
  rules.size = 4 * mib + 777;
  rules.empty = true;
  std::size_t steps = 1;
  for (std::size_t n = 0; n < steps; ++n) {
    cdn_world world(rules);
    std::size_t ill = 0;
    world.fault_at = [&](std::size_t step) {
      const bool at_cdn = world.parts[part_call::get_cdn_file] > ill;
      ill = world.parts[part_call::get_cdn_file];
      return at_cdn && step >= n && GetParam().fault != step_fault::flood ? GetParam().fault
                                                                          : step_fault::none;
    };
    ASSERT_TRUE(world.run()) << "step " << n << ": " << world.problem;
    expect_whole(world);
    ASSERT_FALSE(HasFailure()) << "step " << n;
    steps = std::max(steps, std::min<std::size_t>(world.requests, 60));
  }
}

INSTANTIATE_TEST_SUITE_P(faults, cdn_step,
                         ::testing::Values(step_case{"lost", step_fault::lost},
                                           step_case{"reset", step_fault::reset},
                                           step_case{"error", step_fault::error},
                                           step_case{"cut", step_fault::cut},
                                           step_case{"empty", step_fault::empty},
                                           step_case{"corrupt", step_fault::corrupt},
                                           step_case{"garbage", step_fault::garbage},
                                           step_case{"flood", step_fault::flood}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace mtfetch::engine
