// SPDX-License-Identifier: BSL-1.0
// The engine driven by hand: parts, ends and refusals of a file.
#include "driven_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::int64_t bytes_of(const checkpoint& written) {
  std::int64_t sum = 0;
  for (const window_record& window : written.windows) sum += window.size;
  return sum;
}

TEST(engine, asks_for_two_parts_at_once_over_one_connection) {
  driven_engine d;
  d.begin(2 * mib);
  const auto sent = d.all<send_part>();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].connection, sent[1].connection);
  EXPECT_EQ(sent[0].what, (part{0, 524288, 524288}));
  EXPECT_EQ(sent[1].what, (part{524288, 524288, 524288}));
}

TEST(engine, ends_a_file_when_its_last_byte_is_stored_and_not_before) {
  driven_engine d;
  const file_id id = d.begin(600'000);
  const auto sent = d.all<send_part>();
  ASSERT_EQ(sent.size(), 2U);
  for (const send_part& one : sent) {
    EXPECT_TRUE(d.machine.on_part(one.request, one.what.size, d.now));
    EXPECT_TRUE(d.all<file_complete>().empty());
  }
  d.store(sent[1]);
  EXPECT_TRUE(d.all<file_complete>().empty());
  d.store(sent[0]);
  ASSERT_EQ(d.all<file_complete>().size(), 1U);
  EXPECT_EQ(d.machine.take_unsynced(id).size(), 5U);
  EXPECT_EQ(d.machine.in_flight(), 0);
}

TEST(engine, ignores_answers_to_what_it_forgot) {
  driven_engine d;
  const file_id id = d.begin(600'000);
  const auto sent = d.all<send_part>();
  EXPECT_TRUE(d.machine.on_part(sent[0].request, sent[0].what.size, d.now));
  EXPECT_FALSE(d.machine.on_part(sent[0].request, sent[0].what.size, d.now));
  d.machine.remove(id, d.now);
  EXPECT_EQ(d.all<drop_request>().size(), 1U);
  EXPECT_FALSE(d.machine.on_part(sent[1].request, sent[1].what.size, d.now));
  d.store(sent[0]);
  EXPECT_EQ(d.machine.in_flight(), 0);
}

TEST(engine, sends_nothing_while_the_server_asks_to_wait) {
  driven_engine d;
  d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  d.machine.on_rpc_failure(sent[0].request, rpc_failure::parse(420, "FLOOD_PREMIUM_WAIT_7"), d.now);
  EXPECT_TRUE(d.all<send_part>().empty());
  for (std::size_t i = 1; i < sent.size(); ++i) {
    EXPECT_TRUE(d.machine.on_part(sent[i].request, sent[i].what.size, d.now));
    d.store(sent[i]);
  }
  EXPECT_TRUE(d.all<send_part>().empty());
  d.now += seconds(7);
  d.machine.on_deadline(d.now);
  EXPECT_EQ(d.all<send_part>().size(), 1U) << "one request finds out whether it is over";
}

TEST(engine, asks_for_one_reference_and_waits_for_it) {
  driven_engine d;
  const file_id id = d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  const rpc_failure lapsed = rpc_failure::parse(400, "FILE_REFERENCE_EXPIRED");
  for (const send_part& one : sent) d.machine.on_rpc_failure(one.request, lapsed, d.now);
  EXPECT_EQ(d.all<refresh_reference>().size(), 1U);
  EXPECT_TRUE(d.all<send_part>().empty());
  d.machine.on_reference(id, d.now);
  EXPECT_FALSE(d.all<send_part>().empty());
}

TEST(engine, fails_a_file_whose_origin_is_gone) {
  driven_engine d;
  const file_id id = d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  d.machine.on_rpc_failure(sent[0].request, rpc_failure::parse(400, "FILE_REFERENCE_EXPIRED"),
                           d.now);
  d.machine.on_reference_failed(id, make_error_code(link_errc::not_found), "the message is gone",
                                d.now);
  const auto failed = d.all<file_failed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].sentence, "the message is gone");
}

TEST(engine, fails_at_once_on_a_refusal_that_stays) {
  driven_engine d;
  d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  d.machine.on_rpc_failure(sent[0].request, rpc_failure::parse(400, "LOCATION_INVALID"), d.now);
  const auto failed = d.all<file_failed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_NE(failed[0].sentence.find("LOCATION_INVALID"), std::string::npos);
  EXPECT_EQ(d.all<drop_request>().size(), sent.size() - 1);
  EXPECT_TRUE(d.all<send_part>().empty());
}

TEST(engine, bounds_the_hops_of_a_file) {
  driven_engine d;
  d.begin(100'000);
  int hops = 0;
  for (int dc = 3; dc < 30; ++dc) {
    const auto sent = d.all<send_part>();
    if (sent.empty()) break;
    ++hops;
    d.machine.on_rpc_failure(sent[0].request,
                             rpc_failure::parse(303, "FILE_MIGRATE_" + std::to_string(dc)), d.now);
    d.connect();
  }
  EXPECT_EQ(hops, 4);
  const auto failed = d.all<file_failed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].code, make_error_code(client_errc::too_many_migrations));
}

TEST(engine, makes_durable_after_a_second_or_32_mib) {
  driven_engine d;
  const file_id id = d.begin(200 * mib);
  std::vector<send_part> sent = d.all<send_part>();
  EXPECT_TRUE(d.machine.on_part(sent[0].request, sent[0].what.size, d.now));
  d.store(sent[0]);
  EXPECT_TRUE(d.all<checkpoint>().empty());
  d.now += seconds(1);
  d.machine.on_deadline(d.now);
  auto written = d.all<checkpoint>();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(bytes_of(written[0]), sent[0].what.size);
  // The next one waits for this one's end, however much comes in.
  std::int64_t stored = 0;
  sent.erase(sent.begin());
  while (stored < 64 * mib) {
    for (const send_part& more : d.all<send_part>()) sent.push_back(more);
    ASSERT_FALSE(sent.empty());
    // A late part may have gone out twice; one of the two is wanted.
    if (d.machine.on_part(sent[0].request, sent[0].what.size, d.now)) {
      d.store(sent[0]);
      stored += sent[0].what.size;
    }
    sent.erase(sent.begin());
  }
  EXPECT_TRUE(d.all<checkpoint>().empty());
  d.machine.on_checkpoint(id, d.now);
  written = d.all<checkpoint>();
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(bytes_of(written[0]), stored);
}

TEST(engine, stops_at_a_storage_error_and_keeps_what_is_complete) {
  driven_engine d;
  const file_id id = d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  EXPECT_TRUE(d.machine.on_part(sent[0].request, sent[0].what.size, d.now));
  d.store(sent[0]);
  EXPECT_TRUE(d.machine.on_part(sent[1].request, sent[1].what.size, d.now));
  d.machine.on_storage_failed(id, make_error_code(storage_errc::no_space), "the disk is full",
                              d.now);
  const auto failed = d.all<file_failed>();
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].code, make_error_code(storage_errc::no_space));
  EXPECT_FALSE(d.machine.take_unsynced(id).empty());
}

// tdesktop takes a wait of 8 s for a timeout, and TDLib gives a file up after 60 s of them.
TEST(engine, hours_of_flood_waits_are_neither_timeouts_nor_failures) {
  driven_engine d;
  const file_id id = d.begin(4 * mib);
  const time_point begun = d.now;
  std::size_t refused = 0;
  while (d.now < begun + std::chrono::hours(5)) {
    for (const send_part& one : d.all<send_part>()) {
      d.machine.on_rpc_failure(one.request, rpc_failure::parse(420, "FLOOD_WAIT_900"), d.now);
      ++refused;
    }
    d.now = std::max(d.now + milliseconds(1), d.machine.deadline());
    d.machine.on_deadline(d.now);
    d.connect();
  }
  EXPECT_GT(refused, 10U);
  EXPECT_TRUE(d.all<file_failed>().empty());
  for (int i = 0; i < 100 && d.all<file_complete>().empty(); ++i) {
    answer_all(d, d.all<send_part>(), milliseconds(1));
    d.now = std::min(std::max(d.now, d.machine.deadline()), d.now + seconds(900));
    d.machine.on_deadline(d.now);
    d.connect();
  }
  EXPECT_EQ(d.machine.progress(id).done, 4 * mib);
}

// A part whose answer never comes was sent before the wait: nobody waits for it after the wait.
TEST(engine, a_lost_answer_holds_nothing_up_after_a_flood_wait) {
  driven_engine d;
  const file_id id = d.begin(64 * mib);
  std::vector<send_part> sent = d.all<send_part>();
  ASSERT_GE(sent.size(), 3U);
  const request_id lost = sent[0].request;
  for (std::size_t i = 2; i < sent.size(); ++i) {
    d.now += milliseconds(10);
    d.arrive(sent[i]);
    d.store(sent[i]);
  }
  d.refuse(sent[1], 420, "FLOOD_WAIT_1");
  const time_point over = d.now + seconds(1);
  std::size_t after = 0;
  while (d.now < over + milliseconds(500)) {
    for (const send_part& one : d.all<send_part>()) {
      if (one.request == lost) continue;
      if (d.now >= over) ++after;
      if (d.machine.on_part(one.request, one.what.size, d.now)) d.store(one);
    }
    d.now += milliseconds(10);
    d.machine.on_deadline(d.now);
    d.connect();
  }
  EXPECT_GT(after, 10U);
  EXPECT_TRUE(d.all<file_failed>().empty());
  EXPECT_GT(d.machine.progress(id).done, 32 * mib);
}

TEST(engine, bytes_found_far_behind_all_that_is_complete_are_asked_about) {
  driven_engine d;
  file_plan plan;
  plan.size = 64 * mib;
  plan.dc = 2;
  for (std::int64_t at = 0; at < plan.size; at += hash_window) {
    window_record window;
    window.offset = at;
    window.size = static_cast<std::int32_t>(hash_window);
    (at == 40 * mib ? plan.candidates : plan.complete).push_back(window);
  }
  const file_id id = d.machine.add(plan, d.now);
  d.connect();
  const std::vector<send_hashes> asked = d.all<send_hashes>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].offset, 40 * mib);
  server_hash same;
  same.offset = 40 * mib;
  same.limit = static_cast<std::int32_t>(hash_window);
  d.machine.on_hashes(asked[0].request, {&same, 1}, d.now);
  EXPECT_EQ(d.machine.progress(id).done, plan.size);
  EXPECT_EQ(d.all<file_complete>().size(), 1U);
}

}  // namespace
}  // namespace mtfetch::engine
