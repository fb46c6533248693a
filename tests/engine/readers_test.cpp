// SPDX-License-Identifier: BSL-1.0
// Readers, priorities and bounded files: whose bytes come first, in virtual time.
#include "downloader/engine/readers.hpp"
#include "downloader/engine/read_ahead.hpp"
#include "simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mtfetch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

simulation_settings one_file(std::int64_t size) {
  simulation_settings settings;
  simulated_file file;
  file.size = size;
  settings.files.push_back(file);
  return settings;
}

simulated_read read_at(std::int64_t offset, std::int64_t size, duration when) {
  simulated_read read;
  read.bytes = {offset, offset + size};
  read.at = when;
  return read;
}

TEST(readers, are_kept_by_deadline_and_widened_to_hash_windows) {
  const time_point begin{};
  readers waiting(1000 * kib);
  EXPECT_EQ(waiting.want(reader_id{1}, {130 * kib, 140 * kib}, begin + seconds(2)),
            (range{128 * kib, 256 * kib}));
  EXPECT_EQ(waiting.want(reader_id{2}, {999 * kib, 5000 * kib}, begin + seconds(1)),
            (range{896 * kib, 1000 * kib}));
  EXPECT_EQ(waiting.by_deadline().begin()->second, (range{896 * kib, 1000 * kib}));
  EXPECT_EQ(waiting.deadline_of({0, 129 * kib}), begin + seconds(2));
  EXPECT_EQ(waiting.deadline_of({0, 128 * kib}), std::nullopt);
  waiting.want(reader_id{1}, {0, 1}, begin + seconds(3));  // a seek
  EXPECT_EQ(waiting.deadline_of({130 * kib, 140 * kib}), std::nullopt);
  waiting.forget(reader_id{2});
  waiting.want(reader_id{1}, {2000 * kib, 3000 * kib}, begin);  // nothing of the file
  EXPECT_TRUE(waiting.empty());
}

// Reads a megabyte a second in pieces of 256 KiB; the last wish.
read_ahead::wish played(read_ahead& ahead, std::int64_t from, double goodput) {
  std::optional<read_ahead::wish> wish;
  time_point now{};
  for (std::int64_t at = from; at < from + 8 * mib; at += 256 * kib, now += milliseconds(250)) {
    wish = ahead.on_read({at, at + 256 * kib}, goodput, now);
    EXPECT_EQ(wish.has_value(), at > from) << "one read is no stream";
  }
  return *wish;
}

TEST(read_ahead, reaches_as_far_as_the_bit_rate_and_the_goodput_ask_for) {
  read_ahead plenty;
  const read_ahead::wish near = played(plenty, 5 * mib, 50e6);
  EXPECT_EQ(near.bytes.begin, 13 * mib);
  EXPECT_NEAR(static_cast<double>(near.bytes.size()), 2 * 1.05e6, 2e5);
  read_ahead scarce;
  const read_ahead::wish far = played(scarce, 0, 1.2e6);
  EXPECT_GT(far.bytes.size(), 4 * near.bytes.size());
  EXPECT_LE(far.bytes.size(), read_ahead::most);
  EXPECT_GT(far.deadline, near.deadline) << "it has time as long as it is far";
}

TEST(read_ahead, keeps_streams_apart_and_forgets_those_that_are_left) {
  read_ahead ahead;
  time_point now{};
  std::optional<read_ahead::wish> tail;
  std::optional<read_ahead::wish> head;
  for (int i = 0; i < 4; ++i, now += milliseconds(100)) {
    head = ahead.on_read({i * mib, (i + 1) * mib}, 1e7, now);
    tail = ahead.on_read({(90 + i) * mib, (91 + i) * mib}, 1e7, now);
  }
  ASSERT_TRUE(head && tail);
  EXPECT_NE(head->by, tail->by);
  EXPECT_EQ(head->bytes.begin, 4 * mib);
  EXPECT_TRUE(ahead.abandoned(now + seconds(1)).empty());
  ahead.on_read({4 * mib, 5 * mib}, 1e7, now + seconds(1));
  EXPECT_EQ(ahead.abandoned(now + milliseconds(2500)), std::vector<reader_id>{tail->by});
}

TEST(segments, a_reader_takes_its_part_out_of_turn) {
  const time_point now{};
  segment_manager segments(10 * mib, {});
  const auto far = segments.take_within({5 * mib, 5 * mib + hash_window}, 64 * kib, now);
  ASSERT_TRUE(far);
  EXPECT_EQ(far->what, (part{5 * mib, 64 * kib, 64 * kib}));
  EXPECT_EQ(segments.frontier(), 0);
  EXPECT_EQ(segments.take_within({5 * mib, 5 * mib + hash_window}, mib, now)->what,
            (part{5 * mib + 64 * kib, 64 * kib, 64 * kib}));
  EXPECT_FALSE(segments.take_within({5 * mib, 5 * mib + hash_window}, mib, now));
  EXPECT_EQ(segments.take(mib, true, now)->what.offset, 0);
  EXPECT_EQ(segments.wanted_bytes({4 * mib, 6 * mib}), 2 * mib - hash_window);
}

TEST(segments, of_a_failed_part_a_reader_takes_what_it_waits_for) {
  const time_point now{};
  segment_manager segments(10 * mib, {});
  job failed = *segments.take(mib, true, now);
  segments.give_back(failed, now);
  const range wanted{512 * kib, 640 * kib};
  EXPECT_EQ(segments.take_within(wanted, mib, now)->what, (part{512 * kib, 128 * kib, 128 * kib}));
  EXPECT_FALSE(segments.take_within(wanted, mib, now));
  EXPECT_EQ(segments.wanted_bytes(), 10 * mib - 128 * kib);
  std::int64_t rest = 0;
  while (const auto next = segments.take(mib, false, now)) rest += next->what.size;
  EXPECT_EQ(rest, mib - 128 * kib);
}

// The first bytes anywhere in a file that is fetched at full speed: one answer's way with the
// hash's, and what its own bytes take; not behind the megabytes that were asked for before.
TEST(readers, are_served_at_once_beside_a_download_at_full_speed) {
  struct network {
    milliseconds round_trip;
    double rate;
  };
  const network networks[] = {
      {milliseconds(40), 10e6}, {milliseconds(200), 6e6}, {milliseconds(5), 30e6}};
  for (const network& each : networks) {
    simulation_settings settings = one_file(1800 * mib);
    settings.round_trip = each.round_trip;
    settings.rate = each.rate;
    for (int i = 0; i < 20; ++i) {  // from the tail to the middle
      settings.reads.push_back(
          read_at((1790 - 13LL * i) * mib + 5, 100'000, seconds(3) + milliseconds(200) * i));
    }
    simulation run(settings);
    ASSERT_TRUE(run.run()) << run.problem;
    EXPECT_TRUE(run.identical(0));
    const auto own = std::chrono::duration_cast<duration>(
        std::chrono::duration<double>(2 * static_cast<double>(hash_window) / each.rate));
    const duration slack = milliseconds(6);  // jitter of the network, and storing
    for (std::size_t i = 0; i < settings.reads.size(); ++i) {
      ASSERT_TRUE(run.waited(i)) << i;
      // The first find every connection at work, with a part or two before their own.
      const duration queue = i < 3 ? each.round_trip + milliseconds(250) : duration(0);
      EXPECT_LE(*run.waited(i), each.round_trip + own + slack + queue)
          << "read " << i << " at a round trip of " << each.round_trip.count() << " ms";
    }
  }
}

// Without their hashes bytes may not be read, so that these are asked for before them; and before
// any more of the rest.
TEST(readers, ask_for_the_hashes_and_then_for_the_bytes) {
  const time_point now(seconds(1000));
  engine machine({}, [](byte_span out) { std::ranges::fill(out, std::uint8_t{1}); });
  file_plan plan;
  plan.size = 900 * mib;
  plan.dc = 2;
  const file_id file = machine.add(plan, now);
  while (const auto next = machine.poll_decision()) {
    if (const auto* opened = std::get_if<open_connection>(&*next)) {
      machine.on_connected(opened->connection, now);
    }
  }
  EXPECT_FALSE(machine.available(file, {800 * mib, 800 * mib + 1}));
  machine.on_read_wanted(file, reader_id{1}, {800 * mib + 5, 800 * mib + 6}, now + seconds(1), now);
  const auto first = machine.poll_decision();
  ASSERT_TRUE(first && std::holds_alternative<send_hashes>(*first));
  EXPECT_EQ(std::get<send_hashes>(*first).offset, 800 * mib);
  std::int64_t sum = 0;
  while (const auto next = machine.poll_decision()) {
    const auto* sent = std::get_if<send_part>(&*next);
    ASSERT_TRUE(sent != nullptr);
    EXPECT_EQ(sent->what.offset, 800 * mib + sum);
    EXPECT_LE(sent->what.limit, 64 * kib);
    sum += sent->what.size;
  }
  EXPECT_EQ(sum, hash_window);
  machine.on_read_over(file, reader_id{1}, now);
  EXPECT_FALSE(machine.poll_decision()) << "what is under way stays, and nothing more is sent";
}

TEST(readers, slow_the_rest_down_by_little) {
  simulation plain(one_file(400 * mib));
  ASSERT_TRUE(plain.run());
  simulation_settings settings = one_file(400 * mib);
  for (int i = 0; i < 8; ++i) {
    settings.reads.push_back(read_at((390 - 10LL * i) * mib, mib, milliseconds(500 * i)));
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_LE(run.took, plain.took * 5 / 4);
  EXPECT_LE(run.bytes_served, 400 * mib + 4 * mib);
}

TEST(readers, two_hundred_at_random_offsets_all_get_right_bytes) {
  for (const bool with_faults : {false, true}) {
    simulation_settings settings = one_file(300 * mib + 12345);
    std::mt19937_64 random(7);
    for (int i = 0; i < 200; ++i) {
      simulated_read read =
          read_at(static_cast<std::int64_t>(random() % (300 * mib)),
                  static_cast<std::int64_t>(random() % 400'000) + 1, milliseconds(random() % 2000));
      read.within = milliseconds(100 + random() % 5000);
      settings.reads.push_back(read);
    }
    if (with_faults) {
      settings.faults = [](std::size_t n, bool) {
        if (n % 37 == 5) return fault::corrupt;
        if (n % 101 == 7) return fault::lost;
        if (n % 83 == 9) return fault::error;
        return n % 211 == 50 ? fault::reset : fault::none;
      };
    }
    simulation run(settings);
    ASSERT_TRUE(run.run()) << run.problem;
    EXPECT_TRUE(run.identical(0));
    for (std::size_t i = 0; i < settings.reads.size(); ++i) EXPECT_TRUE(run.waited(i)) << i;
    EXPECT_LE(run.most_in_flight, 48 * mib);
  }
}

TEST(readers, the_soonest_deadline_is_served_first) {
  simulation_settings settings = one_file(400 * mib);
  simulated_read patient = read_at(300 * mib, 90 * mib, seconds(1));
  patient.within = seconds(30);
  simulated_read urgent = read_at(200 * mib, 100'000, seconds(1) + milliseconds(50));
  urgent.within = milliseconds(200);
  settings.reads = {patient, urgent};
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  ASSERT_TRUE(run.waited(0) && run.waited(1));
  EXPECT_LT(*run.waited(1), *run.waited(0) / 4);
}

// Readers who want all there is leave a sixteenth to a file that nobody reads.
TEST(readers, starve_nobody) {
  simulation_settings settings = one_file(1500 * mib);
  simulated_file other;
  other.size = 20 * mib;
  settings.files.push_back(other);
  simulated_read all = read_at(0, 1500 * mib, milliseconds(1));
  all.within = seconds(600);
  settings.reads = {all};
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_LT(run.completed_at(1), run.completed_at(0) / 2);
  EXPECT_TRUE(run.identical(1));
}

TEST(readers, a_connection_that_goes_silent_costs_a_reader_little) {
  for (std::size_t lost = 0; lost < 12; ++lost) {
    simulation_settings settings = one_file(200 * mib);
    settings.reads = {read_at(150 * mib, 100'000, seconds(1))};
    settings.reads[0].within = milliseconds(400);
    simulation plain(settings);
    ASSERT_TRUE(plain.run());
    // One of the requests sent after the read began is never answered.
    const auto first = std::ranges::find_if(
        plain.parts, [](const part& each) { return each.offset == 150 * mib; });
    ASSERT_NE(first, plain.parts.end());
    const part missing = plain.parts[static_cast<std::size_t>(first - plain.parts.begin())];
    std::size_t part_number = 0;
    std::size_t seen = 0;
    const auto index = static_cast<std::size_t>(first - plain.parts.begin());
    settings.faults = [&, index](std::size_t, bool for_hashes) {
      if (for_hashes) return seen++ % 12 == lost ? fault::lost : fault::none;
      return part_number++ == index ? fault::lost : fault::none;
    };
    simulation run(settings);
    ASSERT_TRUE(run.run()) << run.problem;
    ASSERT_TRUE(run.waited(0));
    EXPECT_LT(*run.waited(0), seconds(1)) << missing.offset;
  }
}

TEST(readers, a_file_only_for_readers_fetches_what_they_read_and_no_more) {
  simulation_settings settings = one_file(500 * mib);
  settings.files[0].only_wanted = true;
  settings.reads = {read_at(499 * mib, mib, milliseconds(1)), read_at(0, 2 * mib, seconds(2)),
                    read_at(250 * mib + 7, 1, seconds(4))};
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(run.waited(i)) << i;
  for (const part& each : run.parts) {
    EXPECT_TRUE(each.offset < 2 * mib || each.offset >= 499 * mib ||
                (each.offset >= 250 * mib && each.end() <= 250 * mib + hash_window));
  }
  EXPECT_LE(run.bytes_served, 3 * mib + 2 * hash_window) << "a copy of a late part among them";
}

TEST(readers, a_seek_drops_what_nobody_waits_for_any_more) {
  simulation_settings settings = one_file(500 * mib);
  settings.files[0].only_wanted = true;
  simulated_read left = read_at(100 * mib, 60 * mib, milliseconds(1));
  left.within = seconds(10);
  left.gives_up = milliseconds(700);
  settings.reads = {left, read_at(400 * mib, 100'000, milliseconds(701))};
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_FALSE(run.waited(0));
  EXPECT_TRUE(run.waited(1));
  EXPECT_GT(run.dropped, 0U);
  const auto sought = std::ranges::find(run.parts, 400 * mib, &part::offset);
  EXPECT_TRUE(std::none_of(sought, run.parts.end(),
                           [](const part& each) { return each.offset < 400 * mib; }));
}

TEST(readers, of_a_whole_file_a_seek_drops_nothing_and_only_the_order_changes) {
  simulation_settings settings = one_file(100 * mib);
  simulated_read left = read_at(50 * mib, 40 * mib, seconds(1));
  left.within = seconds(10);
  left.gives_up = milliseconds(60);
  settings.reads = {left};
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_FALSE(run.waited(0));
  EXPECT_EQ(run.bytes_served, 100 * mib);
}

TEST(priorities, a_small_file_begins_and_ends_at_once_while_a_large_one_runs) {
  simulation_settings settings = one_file(800 * mib);
  for (int i = 0; i < 5; ++i) {
    simulated_file small;
    small.size = 20'000;
    small.added_at = seconds(2) + milliseconds(700 * i);
    settings.files.push_back(small);
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  for (std::size_t i = 1; i < settings.files.size(); ++i) {
    EXPECT_LE(run.completed_at(i) - settings.files[i].added_at, milliseconds(500)) << i;
  }
  EXPECT_GT(run.completed_at(0), seconds(8));
}

// Nobody takes the read-ahead's wish back where the reader is gone.
TEST(reading, by_one_who_left_keeps_no_connection_open) {
  simulation_settings settings = one_file(60 * mib);
  settings.files[0].only_wanted = true;
  settings.reads = {read_at(0, mib, seconds(0)), read_at(30 * mib, mib, seconds(60))};
  settings.reads[0].never_over = true;
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_FALSE(run.closed.empty());
  EXPECT_LE(run.closed_at.front(), engine_config().idle_close + seconds(5));
}

TEST(priorities, the_file_with_the_least_left_ends_first) {
  simulation_settings settings;
  for (const std::int64_t size : {300 * mib, 40 * mib, 120 * mib}) {
    settings.files.push_back(one_file(size).files[0]);
  }
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_LT(run.completed_at(1), run.took / 5);
  EXPECT_LT(run.completed_at(2), run.took / 2);
  // And yet the large one does not stand still: of what went out at first, an eighth was its own.
  simulation alone(one_file(300 * mib));
  ASSERT_TRUE(alone.run());
  EXPECT_LT(run.took, alone.took * 2);
}

TEST(priorities, interactive_files_go_before_bulk) {
  simulation_settings settings = one_file(60 * mib);
  settings.files.push_back(one_file(200 * mib).files[0]);
  settings.files[1].priority = file_priority::interactive;
  simulation run(settings);
  ASSERT_TRUE(run.run()) << run.problem;
  EXPECT_LT(run.completed_at(1), run.took);
  EXPECT_GT(run.completed_at(0), run.completed_at(1));
}

// What is not handed over yet stays in memory, so that it is bounded: also where a part is late.
TEST(bounded_files, hold_no_more_than_they_may) {
  for (const bool with_faults : {false, true}) {
    simulation_settings settings = one_file(100 * mib);
    settings.files[0].most_held = 8 * mib;
    settings.engine.checkpoint_bytes = mib;
    if (with_faults) {
      settings.faults = [](std::size_t n, bool) {
        return n % 19 == 3 ? fault::error : n % 47 == 9 ? fault::corrupt : fault::none;
      };
    }
    simulation run(settings);
    ASSERT_TRUE(run.run()) << run.problem;
    EXPECT_TRUE(run.identical(0));
    EXPECT_LE(run.most_in_flight, 10 * mib);
  }
}

}  // namespace
}  // namespace mtfetch::engine
