// SPDX-License-Identifier: BSL-1.0
// The engine driven by hand: what it asks of which connection.
#include "driven_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

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
  d.connect();
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
    d.connect();
    sent = d.all<send_part>();
    ASSERT_FALSE(sent.empty()) << "at once: the way is open";
  }
  EXPECT_EQ(sent[0].what.size, 131072);
  EXPECT_TRUE(d.all<file_failed>().empty());
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

}  // namespace
}  // namespace mtfetch::engine
