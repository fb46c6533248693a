// SPDX-License-Identifier: BSL-1.0
// The small pieces of the engine, each alone.
#include "downloader/engine/congestion_control.hpp"
#include "downloader/engine/failure.hpp"
#include "downloader/engine/flood_governor.hpp"
#include "downloader/engine/range_set.hpp"
#include "downloader/engine/retry.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(range_set, agrees_with_a_set_of_offsets) {
  std::mt19937 draw(3);
  range_set ranges;
  std::set<std::int64_t> offsets;
  for (int round = 0; round < 2000; ++round) {
    const auto begin = static_cast<std::int64_t>(draw() % 200);
    const range touched{begin, begin + static_cast<std::int64_t>(draw() % 30)};
    const bool adds = draw() % 2 == 0;
    adds ? ranges.add(touched) : ranges.remove(touched);
    for (std::int64_t at = touched.begin; at < touched.end; ++at) {
      adds ? void(offsets.insert(at)) : void(offsets.erase(at));
    }
    ASSERT_EQ(ranges.bytes(), static_cast<std::int64_t>(offsets.size()));
    const auto asked = static_cast<std::int64_t>(draw() % 230);
    const auto next = offsets.lower_bound(asked);
    const auto found = ranges.first(asked);
    ASSERT_EQ(found.has_value(), next != offsets.end());
    if (found) {
      ASSERT_EQ(found->begin, *next);
      ASSERT_FALSE(offsets.contains(found->end));
      ASSERT_TRUE(ranges.contains(*found));
      ASSERT_FALSE(ranges.contains({found->begin, found->end + 1}));
    }
    ASSERT_EQ(ranges.intersects({asked, asked + 1}), offsets.contains(asked));
  }
}

TEST(backoff, doubles_its_most_up_to_the_cap) {
  const backoff waits{milliseconds(100), milliseconds(1000)};
  const random_source most = [](byte_span out) { std::ranges::fill(out, std::uint8_t{255}); };
  const random_source least = [](byte_span out) { std::ranges::fill(out, std::uint8_t{0}); };
  EXPECT_EQ(waits.wait(0, most), milliseconds(100));
  EXPECT_EQ(waits.wait(2, most), milliseconds(400));
  EXPECT_EQ(waits.wait(9, most), milliseconds(1000));
  EXPECT_EQ(waits.wait(9, least), milliseconds(0));
}

TEST(flood_governor, pauses_then_probes_with_one_request) {
  flood_governor governor;
  const time_point start{};
  EXPECT_TRUE(governor.may_send(start, 9));
  governor.on_flood(5, 0, start);
  governor.on_flood(3, 0, start + seconds(1));  // a shorter wait does not end the longer one
  EXPECT_TRUE(governor.paused(start + milliseconds(4999)));
  EXPECT_FALSE(governor.may_send(start + milliseconds(4999), 0));
  EXPECT_TRUE(governor.may_send(start + seconds(5), 0));
  governor.on_sent(1000, 1LL << 30U, start + seconds(5));
  EXPECT_FALSE(governor.may_send(start + seconds(5), 1)) << "the probe is out";
  governor.on_answer(start + milliseconds(5300));
  EXPECT_TRUE(governor.may_send(start + milliseconds(5300), 9));
}

TEST(flood_governor, waits_for_no_probe_for_ever) {
  flood_governor governor;
  const time_point start{};
  governor.on_flood(5, 0, start);
  const time_point over = start + seconds(5);
  EXPECT_TRUE(governor.may_send(over, 7)) << "what was sent before the pause is no probe";
  int probes = 0;
  for (time_point now = over; now < over + seconds(7); now += milliseconds(100)) {
    if (!governor.may_send(now, 7)) continue;
    governor.on_sent(1000, 1LL << 30U, now);
    EXPECT_GT(governor.next_send(), now);
    ++probes;
  }
  EXPECT_EQ(probes, 3) << "at once, after a second and two more";
  governor.on_answer(over + seconds(7));
  EXPECT_TRUE(governor.may_send(over + seconds(7), 7));
  EXPECT_EQ(governor.next_send(), over) << "nothing is known of a rate";
}

TEST(flood_governor, brings_nonsense_into_bounds) {
  flood_governor governor;
  const time_point start{};
  governor.on_flood(-7, 0, start);
  EXPECT_EQ(governor.until(), start + seconds(1));
  governor.on_flood(2'000'000'000, 0, start);
  EXPECT_EQ(governor.until(), start + std::chrono::hours(14 * 24));
}

constexpr std::int64_t plenty = 1LL << 40U;

// A server with a budget of so much a second and a burst of three seconds, asked as often as the
// governor allows. Gives what it let through and refused in each of `spans` spans of ten seconds.
struct governed {
  std::vector<double> through;
  std::vector<int> refused;
};
governed govern(double bytes_a_second, double requests_a_second, std::int64_t part, int spans) {
  flood_governor governor;
  governed seen;
  time_point now(seconds(1000));
  time_point filled = now;
  double bytes = 3 * bytes_a_second;
  double requests = 3 * requests_a_second;
  for (int i = 0; i < spans; ++i) {
    const time_point end = now + seconds(10);
    double through = 0;
    int refused = 0;
    for (; now < end; now += milliseconds(1)) {
      if (!governor.may_send(now, 0)) continue;
      governor.on_sent(part, plenty, now);
      const double passed = std::chrono::duration<double>(now - filled).count();
      filled = now;
      bytes = std::min(bytes + passed * bytes_a_second, 3 * bytes_a_second);
      requests = std::min(requests + passed * requests_a_second, 3 * requests_a_second);
      if (bytes >= static_cast<double>(part) && requests >= 1) {
        bytes -= static_cast<double>(part);
        requests -= 1;
        through += static_cast<double>(part);
        governor.on_answer(now);
      } else {
        ++refused;
        governor.on_flood(1, part, now);
      }
    }
    seen.through.push_back(through / 10);
    seen.refused.push_back(refused);
  }
  return seen;
}

TEST(flood_governor, learns_a_rate_in_bytes) {
  const governed seen = govern(3e6, 1e9, 128 * kib, 6);
  for (std::size_t i = 1; i < seen.through.size(); ++i) {
    EXPECT_GE(seen.through[i], 0.95 * 3e6) << "span " << i;
    EXPECT_LE(seen.refused[i], 2) << "span " << i;
  }
}

TEST(flood_governor, learns_a_rate_in_requests) {
  const governed seen = govern(1e12, 10, mib, 6);
  for (std::size_t i = 1; i < seen.through.size(); ++i) {
    EXPECT_GE(seen.through[i], 0.9 * 10 * static_cast<double>(mib)) << "span " << i;
    EXPECT_LE(seen.refused[i], 2) << "span " << i;
  }
}

TEST(flood_governor, refusals_of_one_burst_teach_once) {
  flood_governor one;
  flood_governor many;
  const time_point start(seconds(1000));
  for (flood_governor* governor : {&one, &many}) {
    for (int second = 0; second < 2; ++second) {
      const time_point at = start + seconds(10 * second);
      for (int i = 0; i < 50; ++i) governor->on_sent(1000, plenty, at);
      const int refusals = governor == &many ? 20 : 1;
      for (int i = 0; i < refusals; ++i) governor->on_flood(1, 0, at + milliseconds(i));
    }
  }
  EXPECT_EQ(many.refused(), 40U);
  // Not the millisecond between two refusals is the rate's measure, but the ten seconds between two
  // bursts: fifty requests in them at most.
  const time_point after = start + seconds(12);
  for (flood_governor* governor : {&one, &many}) {
    governor->on_answer(after);
    for (int i = 0; i < 15; ++i) governor->on_sent(1000, plenty, after);
    EXPECT_GT(governor->next_send(), after);
    EXPECT_LT(governor->next_send(), after + seconds(5));
  }
}

TEST(flood_governor, makes_up_for_a_pause_then_paces) {
  flood_governor governor;
  const time_point start(seconds(1000));
  // Twice 100 requests in 10 s, then a refusal and a pause of a second.
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      governor.on_sent(1000, plenty, start + seconds(10 * round) + milliseconds(100 * i));
    }
    governor.on_flood(1, 0, start + seconds(10 * round + 10));
  }
  time_point now = governor.until();
  int at_once = 0;
  governor.on_sent(1000, plenty, now);
  governor.on_answer(now);
  while (governor.may_send(now, 1) && at_once < 1000) {
    governor.on_sent(1000, plenty, now);
    ++at_once;
  }
  EXPECT_NEAR(at_once, 10, 2) << "a second's worth";
  EXPECT_GT(governor.next_send(), now);
  EXPECT_LT(governor.next_send(), now + milliseconds(200));
}

TEST(flood_governor, asks_for_more_as_time_goes_by_without_a_refusal) {
  flood_governor governor;
  const time_point start(seconds(1000));
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i) {
      governor.on_sent(1000, plenty, start + seconds(10 * round) + milliseconds(100 * i));
    }
    governor.on_flood(1, 0, start + seconds(10 * round + 10));
  }
  std::vector<int> sent(6);
  time_point now = governor.until();
  for (std::size_t span = 0; span < sent.size(); ++span) {
    for (const time_point end = now + seconds(10); now < end; now += milliseconds(1)) {
      if (!governor.may_send(now, 0)) continue;
      governor.on_sent(1000, plenty, now);
      governor.on_answer(now);
      ++sent[span];
    }
  }
  EXPECT_NEAR(sent[0], 110, 12) << "what it learned, and the pause made up for";
  EXPECT_GT(sent[5], 2 * sent[1]) << "a limit that was lifted is noticed";
}

TEST(flood_governor, asks_for_no_more_than_it_knows_of_in_the_last_seconds) {
  for (const bool ends_soon : {false, true}) {
    flood_governor governor;
    const time_point start(seconds(1000));
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 100; ++i) {
        governor.on_sent(1000, plenty, start + seconds(10 * round) + milliseconds(100 * i));
      }
      governor.on_flood(1, 0, start + seconds(10 * round + 10));
    }
    governor.on_sent(1000, plenty, governor.until());
    // Half a minute later; ten requests a second are known of.
    const time_point later = governor.until() + seconds(30);
    governor.on_answer(later);
    int sent = 0;
    for (time_point now = later; now < later + seconds(4); now += milliseconds(1)) {
      if (!governor.may_send(now, 0)) continue;
      governor.on_sent(1000, ends_soon ? 40'000 : plenty, now);
      ++sent;
    }
    if (ends_soon) {
      EXPECT_LE(sent, 62) << "and two seconds' worth made up for";
    } else {
      EXPECT_GE(sent, 70);
    }
  }
}

TEST(failure, says_what_an_rpc_error_means) {
  const auto kind = [](std::int32_t code, std::string_view message) {
    return classify(rpc_failure::parse(code, message)).kind;
  };
  EXPECT_EQ(kind(420, "FLOOD_WAIT_17"), failure_kind::flood);
  EXPECT_EQ(kind(420, "FLOOD_PREMIUM_WAIT_3"), failure_kind::flood);
  EXPECT_EQ(kind(420, "FLOOD_SKIP_FAILED_WAIT"), failure_kind::flood);
  EXPECT_EQ(kind(420, "FROZEN_METHOD_INVALID"), failure_kind::fatal);
  EXPECT_EQ(kind(303, "FILE_MIGRATE_4"), failure_kind::migrate);
  EXPECT_EQ(kind(400, "FILE_REFERENCE_EXPIRED"), failure_kind::reference);
  EXPECT_EQ(kind(400, "FILE_REFERENCE_0_EXPIRED"), failure_kind::reference);
  EXPECT_EQ(kind(400, "FILE_REFERENCE_INVALID"), failure_kind::reference);
  EXPECT_EQ(kind(400, "FILE_REFERENCE_EMPTY"), failure_kind::reference);
  EXPECT_EQ(kind(406, "FILEREF_UPGRADE_NEEDED"), failure_kind::reference);
  EXPECT_EQ(kind(401, "AUTH_KEY_UNREGISTERED"), failure_kind::unauthorized);
  EXPECT_EQ(kind(500, "WORKER_BUSY_TOO_LONG_RETRY"), failure_kind::again);
  EXPECT_EQ(kind(-503, "Timeout"), failure_kind::again);
  EXPECT_EQ(kind(0, ""), failure_kind::again);
  EXPECT_EQ(kind(400, "LOCATION_INVALID"), failure_kind::fatal);
  EXPECT_EQ(kind(403, "CHAT_FORBIDDEN"), failure_kind::fatal);
  EXPECT_EQ(classify(rpc_failure::parse(420, "FLOOD_WAIT_17")).argument, 17);
  EXPECT_EQ(classify(rpc_failure::parse(303, "FILE_MIGRATE_4")).argument, 4);
}

// Feeds a window answers as a way of `rate` bytes a second and this round trip would give them, the
// window always filled; gives the window after `rounds` answers.
std::int64_t window_after(connection_window& window, double rate, duration round_trip, int rounds) {
  constexpr std::int64_t part = 512 * kib;
  time_point now{};
  std::vector<std::pair<time_point, connection_window::mark>> pipe;
  time_point way_free = now;
  std::int64_t outstanding = 0;
  std::size_t next = 0;
  for (int i = 0; i < rounds; ++i) {
    while (outstanding + part <= std::max(window.window(), 2 * part)) {
      way_free = std::max(way_free, now + round_trip) +
                 std::chrono::duration_cast<duration>(
                     std::chrono::duration<double>(static_cast<double>(part) / rate));
      pipe.emplace_back(way_free, window.on_sent(now));
      outstanding += part;
    }
    now = std::max(now, pipe[next].first);
    window.on_answer(pipe[next].second, part, now);
    outstanding -= part;
    ++next;
  }
  return window.window();
}

TEST(connection_window, grows_to_what_a_long_fat_way_needs) {
  connection_window window{connection_window::limits()};
  // 20 MB/s at 200 ms hold 4 MB under way.
  EXPECT_GE(window_after(window, 20e6, milliseconds(200), 200), 4'000'000);
}

TEST(connection_window, stays_small_where_more_does_not_help) {
  connection_window window{connection_window::limits()};
  EXPECT_LE(window_after(window, 2e6, milliseconds(5), 200), 4 * mib);
  EXPECT_NEAR(window.rate(), 2e6, 2e5);
}

TEST(connection_window, shrinks_when_goodput_falls) {
  connection_window window{connection_window::limits()};
  const std::int64_t fast = window_after(window, 20e6, milliseconds(200), 200);
  const std::int64_t slow = window_after(window, 1e6, milliseconds(200), 200);
  EXPECT_LT(slow, fast / 2);
  window.on_setback();
  EXPECT_EQ(window.window(), connection_window::limits().least);
}

TEST(wanted_connections, one_for_little_four_then_all_for_more_all_at_once_for_much) {
  EXPECT_EQ(wanted_connections(0, true, 8), 0);
  EXPECT_EQ(wanted_connections(100'000, true, 8), 1);
  EXPECT_EQ(wanted_connections(5 * mib, true, 8), 2);
  EXPECT_EQ(wanted_connections(32 * mib, false, 8), 4);
  EXPECT_EQ(wanted_connections(32 * mib, true, 8), 8);
  EXPECT_EQ(wanted_connections(1024 * mib, false, 8), 8);
  EXPECT_EQ(wanted_connections(1024 * mib, true, 8), 8);
  EXPECT_EQ(wanted_connections(1024 * mib, false, 1), 1);
}

}  // namespace
}  // namespace mtfetch::engine
