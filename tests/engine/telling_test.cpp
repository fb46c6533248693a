// SPDX-License-Identifier: BSL-1.0
// What the engine tells: why a file does not move, and what became of each request.
#include "driven_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(pause, of_a_flood_says_until_when_and_whether_premium_would_shorten_it) {
  driven_engine d;
  const file_id id = d.begin(60 * mib);
  const auto sent = d.all<send_part>();
  d.refuse(sent[0], 420, "FLOOD_PREMIUM_WAIT_7");
  EXPECT_EQ(d.why<told_to_wait>(id).until, d.now + seconds(7));
  EXPECT_TRUE(d.why<told_to_wait>(id).premium);
  d.refuse(sent[1], 420, "FLOOD_WAIT_9");
  EXPECT_EQ(d.why<told_to_wait>(id).until, d.now + seconds(9));
  EXPECT_FALSE(d.why<told_to_wait>(id).premium);
  d.now += seconds(9);
  const auto after = d.machine.why_paused(id, d.now);
  EXPECT_FALSE(after && std::holds_alternative<told_to_wait>(*after));
}

TEST(pause, none_while_parts_arrive) {
  driven_engine d;
  const file_id id = d.begin(60 * mib);
  for (int round = 0; round < 5; ++round) {
    for (const send_part& one : d.all<send_part>()) {
      EXPECT_FALSE(d.machine.why_paused(id, d.now));
      d.now += milliseconds(20);
      d.arrive(one);
      d.store(one);
    }
  }
}

TEST(pause, of_a_lapsed_reference) {
  driven_engine d;
  const file_id id = d.begin(60 * mib);
  d.refuse(d.all<send_part>()[0], 400, "FILE_REFERENCE_EXPIRED");
  d.why<reads_reference>(id);
  d.machine.on_reference(id, d.now);
  EXPECT_FALSE(d.machine.why_paused(id, d.now));
}

TEST(pause, without_a_way_names_what_failed_and_when_it_is_tried_again) {
  driven_engine d;
  const file_id id = d.add(mib);
  const no_way first = d.why<no_way>(id);
  EXPECT_EQ(first.dc, 2);
  EXPECT_EQ(first.failures, 0);
  EXPECT_EQ(first.last, "");
  EXPECT_FALSE(first.next) << "it is being opened";
  for (const open_connection& wanted : d.all<open_connection>()) {
    d.machine.on_connection_lost(wanted.connection, make_error_code(transport_errc::unreachable),
                                 "nobody listens", d.now);
  }
  const no_way second = d.why<no_way>(id);
  EXPECT_GE(second.failures, 1);
  EXPECT_EQ(second.last, "nobody listens");
  ASSERT_TRUE(second.next);
  EXPECT_EQ(*second.next, d.machine.deadline());
  d.now = *second.next;
  d.machine.on_deadline(d.now);
  EXPECT_FALSE(d.why<no_way>(id).next) << "it is being tried";
  EXPECT_EQ(d.why<no_way>(id).last, "nobody listens");
  d.connect();
  EXPECT_FALSE(d.machine.why_paused(id, d.now));
  d.arrive(d.all<send_part>().at(0));
  d.machine.on_connection_lost(connection_id{2}, make_error_code(transport_errc::closed), "gone",
                               d.now);
  EXPECT_EQ(d.why<no_way>(id).last, "gone");
}

TEST(pause, of_a_slow_disk_says_how_much_waits_for_it) {
  engine_config config;
  config.max_in_flight = 4 * mib;
  driven_engine d(config);
  const file_id id = d.begin(60 * mib);
  std::int64_t arrived = 0;
  for (auto sent = d.all<send_part>(); !sent.empty(); sent = d.all<send_part>()) {
    for (const send_part& one : sent) {
      d.now += milliseconds(20);
      d.arrive(one);
      arrived += one.what.size;
    }
  }
  EXPECT_EQ(d.why<disk_is_slow>(id).bytes, arrived);
}

TEST(pause, of_the_last_bytes_that_wait_for_the_disk) {
  driven_engine d;
  const file_id id = d.begin(1000);
  const auto sent = d.all<send_part>();
  ASSERT_EQ(sent.size(), 1U);
  d.arrive(sent[0]);
  EXPECT_EQ(d.why<disk_is_slow>(id).bytes, 1000);
  d.store(sent[0]);
  EXPECT_FALSE(d.machine.why_paused(id, d.now)) << "it is complete";
}

TEST(pause, before_a_retry_says_why_and_when) {
  driven_engine d;
  const file_id id = d.begin(1000);
  d.refuse(d.all<send_part>().at(0), 500, "RPC_CALL_FAIL");
  const tries_again seen = d.why<tries_again>(id);
  EXPECT_EQ(seen.why, "the server answered RPC_CALL_FAIL");
  EXPECT_EQ(seen.when, d.machine.deadline());
  d.now = seen.when;
  d.machine.on_deadline(d.now);
  EXPECT_FALSE(d.machine.why_paused(id, d.now));
}

TEST(pause, of_a_silent_server_says_since_when) {
  driven_engine d;
  const file_id id = d.begin(1000);
  const time_point asked = d.now;
  d.now += milliseconds(2999);
  EXPECT_FALSE(d.machine.why_paused(id, d.now));
  d.now += milliseconds(1);
  EXPECT_EQ(d.why<no_answer>(id).since, asked);
  EXPECT_EQ(d.why<no_answer>(id).dc, 2);
}

TEST(pause, of_hashes_that_do_not_come) {
  driven_engine d;
  const file_id id = d.begin(1000, true);
  for (const send_part& one : d.all<send_part>()) {
    d.arrive(one);
    d.store(one);
  }
  EXPECT_FALSE(d.machine.why_paused(id, d.now));
  d.now += seconds(3);
  d.why<waits_for_hashes>(id);
}

TEST(pause, held_to_the_rate_that_refusals_taught) {
  driven_engine d;
  const file_id id = d.begin(400 * mib);
  // Two refusals: what was let through between them is the rate.
  for (int round = 0; round < 2; ++round) {
    std::vector<send_part> sent = d.all<send_part>();
    for (int i = 0; i < 8 && !sent.empty(); ++i) {
      for (const send_part& one : sent) {
        d.now += milliseconds(100);
        d.arrive(one);
        d.store(one);
      }
      sent = d.all<send_part>();
    }
    ASSERT_FALSE(sent.empty());
    for (const send_part& one : sent) d.refuse(one, 420, "FLOOD_WAIT_1");
    while (d.machine.why_paused(id, d.now) &&
           std::holds_alternative<told_to_wait>(*d.machine.why_paused(id, d.now))) {
      d.now += milliseconds(100);
    }
    d.machine.on_deadline(d.now);
  }
  for (int i = 0; i < 100; ++i) {
    for (const send_part& one : d.all<send_part>()) {
      d.arrive(one);
      d.store(one);
    }
    const auto reason = d.machine.why_paused(id, d.now);
    if (reason && std::holds_alternative<paced>(*reason)) break;
    d.now += milliseconds(1);
    d.machine.on_deadline(d.now);
  }
  EXPECT_GT(d.why<paced>(id).rate, 1e5);
}

TEST(pause, none_of_a_file_that_is_unknown_or_over) {
  driven_engine d;
  EXPECT_FALSE(d.machine.why_paused(file_id{77}, d.now));
  const file_id id = d.begin(1000);
  d.refuse(d.all<send_part>().at(0), 400, "FILE_ID_INVALID");
  EXPECT_FALSE(d.machine.why_paused(id, d.now));
}

TEST(sentence_of, says_what_to_do_about_a_takeout) {
  const auto said = [](std::string_view message) {
    return sentence_of(rpc_failure::parse(400, message));
  };
  EXPECT_EQ(said("LOCATION_INVALID"), "the server answered LOCATION_INVALID");
  EXPECT_NE(said("TAKEOUT_INVALID").find("the takeout is over"), std::string::npos);
  EXPECT_NE(said("TAKEOUT_INVALID").find("Run it again"), std::string::npos);
  EXPECT_NE(said("TAKEOUT_REQUIRED").find("within a takeout only"), std::string::npos);
}

TEST(request_end, tells_when_it_could_be_sent_was_sent_and_ended) {
  driven_engine d;
  const time_point began = d.now;
  d.add(1000);
  d.now += milliseconds(70);  // until there is a connection
  d.connect();
  const auto first = d.all<send_part>();
  d.now += milliseconds(30);
  d.refuse(first.at(0), 500, "RPC_CALL_FAIL");
  ASSERT_EQ(d.ends.size(), 1U);
  EXPECT_EQ(d.ends[0].what.how, ending::refused);
  EXPECT_EQ(d.ends[0].why, "RPC_CALL_FAIL");
  EXPECT_EQ(d.ends[0].what.wanted, began);
  EXPECT_EQ(d.ends[0].what.sent, began + milliseconds(70));
  EXPECT_EQ(d.ends[0].what.ended, began + milliseconds(100));
  EXPECT_EQ(d.ends[0].what.dc, 2);
  EXPECT_EQ(d.ends[0].what.connection, first[0].connection);

  const time_point due = d.machine.deadline();
  d.now = due + milliseconds(5);
  d.machine.on_deadline(d.now);
  const auto second = d.all<send_part>();
  ASSERT_EQ(second.size(), 1U);
  d.now += milliseconds(40);
  d.arrive(second[0]);
  ASSERT_EQ(d.ends.size(), 2U);
  EXPECT_EQ(d.ends[1].what.how, ending::arrived);
  EXPECT_EQ(d.ends[1].what.received, 1000);
  EXPECT_EQ(d.ends[1].what.attempts, 1);
  EXPECT_EQ(d.ends[1].what.wanted, due);
  EXPECT_EQ(d.ends[1].what.sent, due + milliseconds(5));
  EXPECT_FALSE(d.ends[1].what.hedge);
}

TEST(request_end, names_every_way_to_end) {
  const auto end_by = [](auto what) {
    driven_engine d;
    const file_id id = d.begin(60 * mib);
    const auto sent = d.all<send_part>();
    what(d, id, sent.at(0));
    EXPECT_FALSE(d.ends.empty());
    return d.ends.empty() ? told_end() : d.ends.front();
  };
  const auto refused_with = [&](std::int32_t code, std::string_view message) {
    return end_by(
        [&](driven_engine& d, file_id, const send_part& sent) { d.refuse(sent, code, message); });
  };
  EXPECT_EQ(refused_with(420, "FLOOD_WAIT_4").what.how, ending::flood);
  EXPECT_EQ(refused_with(420, "FLOOD_WAIT_4").what.flood_seconds, 4);
  EXPECT_EQ(refused_with(303, "FILE_MIGRATE_4").what.how, ending::moved);
  EXPECT_EQ(refused_with(303, "FILE_MIGRATE_4").what.flood_seconds, 0);
  EXPECT_EQ(refused_with(400, "FILE_REFERENCE_EXPIRED").what.how, ending::reference);
  EXPECT_EQ(refused_with(401, "AUTH_KEY_UNREGISTERED").what.how, ending::refused);
  const told_end unfit = end_by([](driven_engine& d, file_id, const send_part& sent) {
    d.machine.on_part(sent.request, 17, d.now);
  });
  EXPECT_EQ(unfit.what.how, ending::unfit);
  EXPECT_EQ(unfit.what.received, 17);
  const told_end late = end_by([](driven_engine& d, file_id, const send_part& sent) {
    d.machine.on_request_lost(sent.request, make_error_code(client_errc::deadline), "too late",
                              d.now);
  });
  EXPECT_EQ(late.what.how, ending::lost);
  EXPECT_EQ(late.why, "too late");
  const told_end lost = end_by([](driven_engine& d, file_id, const send_part& sent) {
    d.machine.on_connection_lost(sent.connection, make_error_code(transport_errc::closed), "gone",
                                 d.now);
  });
  EXPECT_EQ(lost.what.how, ending::lost);
  EXPECT_EQ(lost.why, "gone");
  const told_end dropped =
      end_by([](driven_engine& d, file_id id, const send_part&) { d.machine.remove(id, d.now); });
  EXPECT_EQ(dropped.what.how, ending::dropped);
}

TEST(request_end, of_two_copies_tells_which_was_first) {
  driven_engine d;
  d.begin(60 * mib);
  auto sent = d.all<send_part>();
  const send_part stalled = sent.at(0);
  std::optional<send_part> copy;
  for (int i = 0; i < 1000 && !copy; ++i) {
    for (const send_part& one : sent) {
      if (one.request == stalled.request) continue;
      if (one.what == stalled.what) {
        copy = one;
        continue;
      }
      d.now += milliseconds(20);
      d.arrive(one);
      d.store(one);
    }
    d.now = std::max(d.now, d.machine.deadline());
    d.machine.on_deadline(d.now);
    sent = d.all<send_part>();
  }
  ASSERT_TRUE(copy);
  d.ends.clear();
  d.arrive(*copy);
  ASSERT_EQ(d.ends.size(), 2U);
  EXPECT_EQ(d.ends[0].what.how, ending::arrived);
  EXPECT_TRUE(d.ends[0].what.hedge);
  EXPECT_EQ(d.ends[1].what.how, ending::beaten);
  EXPECT_FALSE(d.ends[1].what.hedge);
  EXPECT_EQ(d.ends[0].what.what, d.ends[1].what.what);
}

TEST(request_end, marks_what_is_fetched_for_a_repair) {
  driven_engine d;
  d.begin(1000, true);
  const auto asked = d.all<send_hashes>();
  ASSERT_EQ(asked.size(), 1U);
  server_hash other;  // of other bytes
  other.offset = 0;
  other.limit = static_cast<std::int32_t>(hash_window);
  other.sha256.fill(7);
  d.machine.on_hashes(asked[0].request, std::vector<server_hash>{other}, d.now);
  for (const send_part& one : d.all<send_part>()) {
    d.arrive(one);
    d.store(one);
  }
  const auto again = d.all<send_part>();
  ASSERT_EQ(again.size(), 1U);
  d.arrive(again[0]);
  ASSERT_EQ(d.ends.size(), 2U);
  EXPECT_FALSE(d.ends[0].what.repair);
  EXPECT_TRUE(d.ends[1].what.repair);
}

}  // namespace
}  // namespace mtfetch::engine
