// SPDX-License-Identifier: BSL-1.0
// The engine driven by hand: what it decides after each event.
#include "downloader/engine/engine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Keeps every decision, by kind, in the order they came.
struct driven_engine {
  explicit driven_engine(engine_config config = {}) : machine(config, quiet) {}

  template <class D>
  std::vector<D> all() {
    while (auto next = machine.poll_decision()) seen.push_back(std::move(*next));
    std::vector<D> found;
    for (decision& one : seen) {
      if (D* what = std::get_if<D>(&one)) found.push_back(*what);
    }
    std::erase_if(seen, [](const decision& one) { return std::holds_alternative<D>(one); });
    return found;
  }
  // One file without hashes and its connections, open.
  file_id begin(std::int64_t size) {
    file_plan plan;
    plan.size = size;
    plan.dc = 2;
    plan.verify = false;
    const file_id id = machine.add(plan, now);
    for (const open_connection& wanted : all<open_connection>()) {
      machine.on_connected(wanted.connection, now);
    }
    return id;
  }
  void store(const send_part& sent) {
    std::vector<window_record> windows;
    for (std::int64_t at = sent.what.offset; at < sent.what.end(); at += hash_window) {
      window_record window;
      window.offset = at;
      window.size = static_cast<std::int32_t>(std::min(hash_window, sent.what.end() - at));
      windows.push_back(window);
    }
    machine.on_stored(sent.file, sent.what, windows, now);
  }

  static void quiet(byte_span out) { std::ranges::fill(out, std::uint8_t{128}); }
  time_point now = time_point(std::chrono::hours(1));
  engine machine;
  std::vector<decision> seen;
};

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

TEST(engine, copies_a_late_part_to_another_connection_and_drops_the_loser) {
  driven_engine d;
  d.begin(60 * mib);
  auto sent = d.all<send_part>();
  ASSERT_GE(sent.size(), 8U);
  const send_part stalled = sent[0];
  for (const send_part& one : sent) {
    if (one.request == stalled.request) continue;
    d.now += milliseconds(20);
    EXPECT_TRUE(d.machine.on_part(one.request, one.what.size, d.now));
    d.store(one);
  }
  std::optional<send_part> copy;
  for (int i = 0; i < 100 && !copy; ++i) {
    for (const send_part& one : d.all<send_part>()) {
      if (one.what == stalled.what) {
        copy = one;
        continue;
      }
      d.now += milliseconds(20);
      if (d.machine.on_part(one.request, one.what.size, d.now)) d.store(one);
    }
    if (copy) break;
    d.now = std::max(d.now, d.machine.deadline());
    d.machine.on_deadline(d.now);
  }
  ASSERT_TRUE(copy);
  EXPECT_NE(copy->connection, stalled.connection);
  static_cast<void>(d.all<drop_request>());
  EXPECT_TRUE(d.machine.on_part(copy->request, copy->what.size, d.now));
  const auto dropped = d.all<drop_request>();
  ASSERT_FALSE(dropped.empty());
  EXPECT_EQ(dropped[0].request, stalled.request);
  EXPECT_FALSE(d.machine.on_part(stalled.request, stalled.what.size, d.now));
}

TEST(engine, moves_the_parts_of_a_lost_connection_to_another) {
  driven_engine d;
  d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  const connection_id lost = sent[0].connection;
  d.machine.on_connection_lost(lost, make_error_code(transport_errc::closed), "gone", d.now);
  for (const open_connection& wanted : d.all<open_connection>()) {
    d.machine.on_connected(wanted.connection, d.now);
  }
  for (const send_part& one : sent) {
    if (one.connection != lost) d.machine.on_part(one.request, one.what.size, d.now);
  }
  std::size_t moved = 0;
  for (const send_part& again : d.all<send_part>()) {
    EXPECT_NE(again.connection, lost);
    for (const send_part& one : sent) moved += one.connection == lost && one.what == again.what;
  }
  EXPECT_EQ(moved, 2U);
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
    for (const open_connection& wanted : d.all<open_connection>()) {
      d.machine.on_connected(wanted.connection, d.now);
    }
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

TEST(engine, closes_connections_that_nobody_needs) {
  driven_engine d;
  const file_id id = d.begin(100'000);
  const auto sent = d.all<send_part>();
  EXPECT_TRUE(d.machine.on_part(sent[0].request, sent[0].what.size, d.now));
  d.store(sent[0]);
  d.machine.remove(id, d.now);
  EXPECT_TRUE(d.all<close_connection>().empty()) << "the next file may want it";
  d.now = d.machine.deadline();
  d.machine.on_deadline(d.now);
  EXPECT_EQ(d.all<close_connection>().size(), 1U);
  EXPECT_EQ(d.machine.deadline(), no_deadline);
}

TEST(engine, gives_up_at_once_where_the_client_refuses) {
  driven_engine d;
  file_plan plan;
  plan.size = 100;
  plan.dc = 77;
  d.machine.add(plan, d.now);
  const auto wanted = d.all<open_connection>();
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].dc, 77);
  d.machine.on_connection_lost(wanted[0].connection, make_error_code(client_errc::unknown_dc),
                               "there is no data centre 77", d.now);
  EXPECT_EQ(d.all<file_failed>().size(), 1U);
}

// Answers in the order of the requests, each after `apart`; what the engine asks for meanwhile is
// answered later. Gives the parts asked for, with those of `sent`.
std::vector<send_part> answer_all(driven_engine& d, std::vector<send_part> sent, duration apart) {
  for (std::size_t i = 0; i < sent.size(); ++i) {
    d.now += apart;
    const send_part one = sent[i];
    if (d.machine.on_part(one.request, one.what.size, d.now)) d.store(one);
    for (const send_part& more : d.all<send_part>()) sent.push_back(more);
  }
  return sent;
}

TEST(engine, cuts_parts_that_a_connection_brings_in_the_part_time) {
  for (const auto& [apart, size] :
       {std::pair{milliseconds(10), largest_part}, std::pair{milliseconds(500), 131072}}) {
    engine_config config;
    config.max_connections = 1;
    driven_engine d(config);
    d.begin(16 * mib);
    const std::vector<send_part> sent = answer_all(d, d.all<send_part>(), apart);
    ASSERT_GE(sent.size(), 8U);
    EXPECT_EQ(sent[0].what.size, config.part_size) << "before anything is measured";
    EXPECT_EQ(sent[sent.size() - 2].what.size, size) << "answers every " << apart.count() << " ns";
    EXPECT_EQ(d.all<file_complete>().size(), 1U);
  }
}

TEST(engine, cuts_smaller_parts_where_several_connections_share_the_end) {
  driven_engine d;
  d.begin(64 * mib);
  const std::vector<send_part> sent = answer_all(d, d.all<send_part>(), milliseconds(1));
  std::int64_t bytes = 0;
  for (const send_part& one : sent) bytes += one.what.size;
  EXPECT_EQ(bytes, 64 * mib) << "and nothing twice";
  EXPECT_EQ(sent.back().what.size, 131072);
  EXPECT_EQ(
      std::ranges::max(sent, {}, [](const send_part& one) { return one.what.size; }).what.size,
      largest_part);
}

TEST(engine, an_idle_connection_copies_at_the_end_what_would_come_much_later) {
  engine_config config;
  config.max_connections = 2;
  driven_engine d(config);
  d.begin(16 * mib);
  const std::vector<send_part> begun = d.all<send_part>();
  ASSERT_EQ(begun.size(), 4U);
  const connection_id slow = begun[0].connection;
  std::vector<send_part> quick;
  std::vector<send_part> held;
  std::map<std::int64_t, connection_id> copies;  // of what the slow one was asked for
  const auto take_in = [&](const std::vector<send_part>& sent) {
    for (const send_part& one : sent) {
      const auto same = [&](const send_part& other) { return other.what == one.what; };
      if (one.connection == slow) {
        held.push_back(one);
      } else {
        if (std::ranges::any_of(held, same)) copies.emplace(one.what.offset, one.connection);
        quick.push_back(one);
      }
    }
  };
  take_in(begun);
  // The slow one answers its first part after 400 ms, the other one a part every 20 ms.
  for (std::size_t i = 0; i < quick.size() && copies.empty(); ++i) {
    d.now += milliseconds(20);
    if (i == 19) {
      EXPECT_TRUE(d.machine.on_part(held[0].request, held[0].what.size, d.now));
      d.store(held[0]);
      take_in(d.all<send_part>());
    }
    const send_part one = quick[i];
    if (d.machine.on_part(one.request, one.what.size, d.now)) d.store(one);
    take_in(d.all<send_part>());
  }
  ASSERT_FALSE(copies.empty()) << "long before the part is late";
  EXPECT_NE(copies.begin()->second, slow);
}

TEST(engine, a_connection_that_brings_bytes_is_not_dead) {
  for (const bool brings : {false, true}) {
    engine_config config;
    config.max_connections = 1;
    driven_engine d(config);
    d.begin(2 * mib);
    const connection_id slow = d.all<send_part>().at(0).connection;
    for (int i = 0; i < 100; ++i) {
      d.now += seconds(1);
      if (brings) d.machine.on_bytes(slow, d.now);
      d.machine.on_deadline(d.now);
    }
    EXPECT_EQ(d.all<close_connection>().empty(), brings);
  }
}

TEST(engine, a_silent_connection_dies_though_its_late_parts_move_away) {
  engine_config config;
  config.max_connections = 2;
  driven_engine d(config);
  d.begin(3 * mib);
  const std::vector<send_part> begun = d.all<send_part>();
  answer_all(d, begun, milliseconds(10));
  ASSERT_EQ(d.all<file_complete>().size(), 1U);
  // Both fall silent: every request is copied to the other one and back.
  d.begin(100'000);
  for (int i = 0; i < 1000 && d.all<close_connection>().empty(); ++i) {
    d.now = d.machine.deadline();
    d.machine.on_deadline(d.now);
    if (d.now > time_point(std::chrono::hours(1)) + seconds(40)) break;
  }
  EXPECT_LT(d.now, time_point(std::chrono::hours(1)) + seconds(30));
}

TEST(engine, asks_for_less_after_a_connection_that_brought_no_whole_part) {
  driven_engine d;
  d.begin(2 * mib);
  std::vector<send_part> sent = d.all<send_part>();
  for (int lost = 0; lost < 3; ++lost) {
    d.now += milliseconds(1);
    d.machine.on_bytes(sent.at(0).connection, d.now);
    d.machine.on_connection_lost(sent.at(0).connection, make_error_code(transport_errc::closed),
                                 "gone", d.now);
    for (const open_connection& wanted : d.all<open_connection>()) {
      d.machine.on_connected(wanted.connection, d.now);
    }
    sent = d.all<send_part>();
    ASSERT_FALSE(sent.empty()) << "at once: the way is open";
  }
  EXPECT_EQ(sent[0].what.size, 131072);
  EXPECT_TRUE(d.all<file_failed>().empty());
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
    for (const open_connection& wanted : d.all<open_connection>()) {
      d.machine.on_connected(wanted.connection, d.now);
    }
  }
  EXPECT_GT(refused, 10U);
  EXPECT_TRUE(d.all<file_failed>().empty());
  for (int i = 0; i < 100 && d.all<file_complete>().empty(); ++i) {
    answer_all(d, d.all<send_part>(), milliseconds(1));
    d.now = std::min(std::max(d.now, d.machine.deadline()), d.now + seconds(900));
    d.machine.on_deadline(d.now);
    for (const open_connection& wanted : d.all<open_connection>()) {
      d.machine.on_connected(wanted.connection, d.now);
    }
  }
  EXPECT_EQ(d.machine.progress(id).done, 4 * mib);
}

// TG-FileStreamBot asks for the next batch when the slowest part of the one before is there.
TEST(engine, a_part_that_does_not_come_holds_no_other_up) {
  engine_config config;
  config.least_help = std::chrono::hours(1);  // else a copy of it is asked for at the end
  driven_engine d(config);
  const file_id id = d.begin(64 * mib);
  std::vector<send_part> sent = d.all<send_part>();
  ASSERT_FALSE(sent.empty());
  const send_part stuck = sent.front();
  sent.erase(sent.begin());
  answer_all(d, sent, duration(0));
  EXPECT_EQ(d.machine.progress(id).done, 64 * mib - stuck.what.size);
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
  for (const open_connection& wanted : d.all<open_connection>()) {
    d.machine.on_connected(wanted.connection, d.now);
  }
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
