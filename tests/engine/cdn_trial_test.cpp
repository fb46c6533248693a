// SPDX-License-Identifier: BSL-1.0
// A CDN is slow only where it was asked for as much as it could be: the master served the start of
// each of these files much faster than the rest comes, and the CDN is not to blame.
#include "cdn_world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

cdn_rules known_master(std::int64_t size) {
  cdn_rules rules;
  rules.size = size;
  rules.redirects_from = 40;
  return rules;
}

void expect_kept(cdn_world& world, duration at_least) {
  const time_point began = world.now;
  ASSERT_TRUE(world.run()) << world.problem;
  EXPECT_TRUE(world.complete) << world.failure;
  EXPECT_TRUE(world.identical());
  EXPECT_EQ(world.seen.cdn_left, "");
  EXPECT_GT(world.bytes_from[cdn_dc], 0);
  EXPECT_GT(world.now - began, at_least) << "long enough for a trial";
}

TEST(cdn_trial, leaves_a_cdn_alone_whose_file_is_read_slowly) {
  cdn_rules rules = known_master(60 * mib);
  rules.only_read = true;
  rules.read_every = milliseconds(500);
  cdn_world world(rules);
  expect_kept(world, seconds(40));
}

TEST(cdn_trial, leaves_a_cdn_alone_while_nobody_reads) {
  cdn_rules rules = known_master(60 * mib);
  rules.only_read = true;
  rules.read_every = milliseconds(20);
  rules.reads_until = seconds(1);
  cdn_world world(rules);
  expect_kept(world, seconds(30));
}

TEST(cdn_trial, leaves_a_cdn_alone_that_asks_to_wait) {
  cdn_rules rules = known_master(200 * mib);
  rules.flood_seconds = 30;
  cdn_world world(rules);
  bool refused = false;
  world.fault_at = [&](std::size_t) {
    const bool now = !refused && world.parts[part_call::get_cdn_file] == 20;
    refused = refused || now;
    return now ? step_fault::flood : step_fault::none;
  };
  expect_kept(world, seconds(30));
  EXPECT_TRUE(refused);
}

TEST(cdn_trial, leaves_a_cdn_alone_that_is_being_given_the_file) {
  cdn_rules rules = known_master(200 * mib);
  rules.empty = true;
  rules.keeps_for = 60;
  rules.reupload_takes = seconds(6);
  cdn_world world(rules);
  expect_kept(world, seconds(12));
}

TEST(cdn_trial, leaves_a_cdn_alone_where_the_disk_is_slow) {
  cdn_rules rules = known_master(200 * mib);
  rules.store_takes = seconds(5);
  cdn_world world(rules);
  expect_kept(world, seconds(30));
}

TEST(cdn_trial, leaves_a_cdn_alone_while_the_file_reference_is_read_anew) {
  cdn_rules rules = known_master(200 * mib);
  rules.token_parts = 60;
  rules.expires = true;
  rules.refresh_takes = seconds(20);
  cdn_world world(rules);
  expect_kept(world, seconds(20));
  EXPECT_EQ(world.refreshes, 1U);
}

TEST(cdn_trial, one_that_answers_nothing_any_more_is_left_soon) {
  cdn_rules rules = known_master(60 * mib);
  rules.redirects_from = 0;
  rules.cdn_silent_after = 10 * mib;
  cdn_world world(rules);
  const time_point began = world.now;
  ASSERT_TRUE(world.run()) << world.problem;
  EXPECT_TRUE(world.identical());
  EXPECT_EQ(world.seen.cdn_left, "the server does not answer");
  EXPECT_LT(world.now - began, seconds(20));
}

}  // namespace
}  // namespace mtfetch::engine
