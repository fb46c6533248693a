// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/reference_batches.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace mtfetch::engine {
namespace {

using namespace std::chrono_literals;
using numbers = std::vector<std::size_t>;
using outcome = reference_batches::outcome;

class reference_batches_test : public ::testing::Test {
 protected:
  reference_batches made(reference_limits limits = {}) {
    return reference_batches(limits, [](byte_span drawn) { std::ranges::fill(drawn, 0xff); });
  }
  // So many files of a chat, from this number on.
  void add(std::size_t count, std::size_t first = 0, std::int64_t chat = 1) {
    for (std::size_t i = 0; i < count; ++i) batches.add(first + i, chat, now);
  }
  void begin_and_lapse(const numbers& files) {
    for (const std::size_t file : files) {
      batches.begin(file);
      batches.on_lapsed(file);
    }
  }
  numbers asked() {
    last = batches.poll(now);
    return last ? last->files : numbers();
  }
  std::vector<reference_batches::ended> answer(bool fresh = true) {
    return batches.on_answer(last->id, std::vector<bool>(last->files.size(), fresh));
  }
  static numbers of(const std::vector<reference_batches::ended>& all, outcome how) {
    numbers found;
    for (const auto& one : all) {
      if (one.how == how) found.push_back(one.file);
    }
    return found;
  }
  static numbers range(std::size_t first, std::size_t count) {
    numbers out(count);
    std::iota(out.begin(), out.end(), first);
    return out;
  }

  time_point now = time_point() + 1h;
  reference_batches batches = made();
  std::optional<reference_batches::call> last;
};

TEST_F(reference_batches_test, asks_for_nothing_while_nothing_has_lapsed) {
  add(3);
  batches.begin(0);
  EXPECT_FALSE(batches.poll(now));
  EXPECT_EQ(batches.deadline(), no_deadline);
}

TEST_F(reference_batches_test, takes_along_what_lapses_with_it) {
  add(5);
  batches.begin(2);
  begin_and_lapse({3});
  EXPECT_EQ(asked(), (numbers{3, 2, 0, 1, 4})) << "who waits, then under way, then in line";
  EXPECT_FALSE(batches.poll(now));
  EXPECT_EQ(of(answer(), outcome::renewed), (numbers{3, 2, 0, 1, 4}));
  for (const std::size_t file : {0U, 1U, 4U}) batches.begin(file);
  EXPECT_FALSE(batches.poll(now)) << "they are new";
}

TEST_F(reference_batches_test, asks_for_a_hundred_at_once_and_the_rest_as_they_begin) {
  add(250);
  begin_and_lapse({0, 1});
  EXPECT_EQ(asked(), range(0, 100));
  answer();
  EXPECT_FALSE(batches.poll(now));
  batches.begin(100);
  EXPECT_EQ(asked(), range(100, 100)) << "before it is refused";
  answer();
  batches.begin(200);
  EXPECT_EQ(asked(), range(200, 50));
}

TEST_F(reference_batches_test, what_lapses_while_a_call_is_under_way_waits_for_the_next) {
  reference_limits limits;
  limits.most_files = 2;
  batches = made(limits);
  add(5);
  begin_and_lapse({0});
  EXPECT_EQ(asked(), (numbers{0, 1}));
  begin_and_lapse({3, 4});
  EXPECT_FALSE(batches.poll(now)) << "one call a chat";
  answer();
  EXPECT_EQ(asked(), (numbers{3, 4}));
}

TEST_F(reference_batches_test, what_lapses_in_the_call_that_asks_for_it_is_not_asked_for_again) {
  add(2);
  begin_and_lapse({0});
  asked();
  begin_and_lapse({1});
  answer();
  EXPECT_FALSE(batches.poll(now));
}

TEST_F(reference_batches_test, one_call_holds_one_chat_and_few_chats_are_asked_for_at_once) {
  for (std::int64_t chat = 1; chat <= 6; ++chat) {
    add(2, static_cast<std::size_t>(chat) * 10, chat);
    begin_and_lapse({static_cast<std::size_t>(chat) * 10});
  }
  for (std::size_t chat = 1; chat <= 4; ++chat) EXPECT_EQ(asked(), range(chat * 10, 2));
  EXPECT_FALSE(batches.poll(now));
  EXPECT_EQ(batches.deadline(), no_deadline);
  answer();
  EXPECT_EQ(asked(), range(50, 2));
}

TEST_F(reference_batches_test, leaves_alone_what_was_read_later) {
  add(1);
  now += 4min;
  add(1, 1);
  now += 2min;
  add(1, 2);
  begin_and_lapse({0});
  EXPECT_EQ(asked(), (numbers{0, 1}));
}

TEST_F(reference_batches_test, leaves_alone_what_was_renewed_since) {
  reference_limits limits;
  limits.most_files = 2;
  batches = made(limits);
  add(3);
  begin_and_lapse({0});
  asked();
  now += 1s;
  answer();
  begin_and_lapse({2});
  EXPECT_EQ(asked(), numbers{2}) << "though there is room";
}

TEST_F(reference_batches_test, a_reference_that_lapses_again_is_read_again) {
  add(2);
  begin_and_lapse({0});
  asked();
  answer();
  now += 24h;
  batches.on_lapsed(0);
  EXPECT_EQ(asked(), (numbers{0, 1}));
}

TEST_F(reference_batches_test, only_who_waits_fails_and_the_others_try_with_what_they_have) {
  add(3);
  begin_and_lapse({0});
  asked();
  const auto ends = batches.on_answer(last->id, {false, true, false});
  EXPECT_EQ(of(ends, outcome::failed), numbers{0});
  EXPECT_EQ(of(ends, outcome::renewed), numbers{1});
  EXPECT_EQ(ends.back().place, 1U);
  batches.remove(0);
  batches.begin(2);
  EXPECT_FALSE(batches.poll(now)) << "there is nothing in its message";
  batches.on_lapsed(2);
  EXPECT_EQ(asked(), numbers{2});
  EXPECT_EQ(of(answer(false), outcome::failed), numbers{2});
}

TEST_F(reference_batches_test, an_answer_that_is_too_short_gives_the_rest_nothing) {
  add(2);
  begin_and_lapse({0, 1});
  asked();
  const auto ends = batches.on_answer(last->id, {true});
  EXPECT_EQ(of(ends, outcome::renewed), numbers{0});
  EXPECT_EQ(of(ends, outcome::failed), numbers{1});
}

TEST_F(reference_batches_test, a_flood_wait_holds_every_chat_and_is_told) {
  add(1);
  add(1, 1, 2);
  begin_and_lapse({0});
  asked();
  const rpc_failure flood = rpc_failure::parse(420, "FLOOD_PREMIUM_WAIT_7");
  for (int round = 0; round < 50; ++round) {
    EXPECT_TRUE(batches.on_refused(last->id, flood, now).empty()) << "no number of them is an end";
    begin_and_lapse({1});
    EXPECT_FALSE(batches.poll(now));
    EXPECT_EQ(batches.deadline(), now + 7s);
    const auto why = batches.why_paused(1, now);
    ASSERT_TRUE(why && std::holds_alternative<told_to_wait>(*why));
    EXPECT_EQ(std::get<told_to_wait>(*why).until, now + 7s);
    EXPECT_TRUE(std::get<told_to_wait>(*why).premium);
    now += 7s;
    EXPECT_FALSE(batches.why_paused(1, now));
    EXPECT_EQ(asked(), numbers{0});
  }
}

TEST_F(reference_batches_test, what_fails_on_its_way_is_tried_again_and_not_for_ever) {
  reference_limits limits;
  limits.max_attempts = 3;
  batches = made(limits);
  add(2);
  begin_and_lapse({0});
  for (int attempt = 1; attempt <= 2; ++attempt) {
    EXPECT_EQ(asked(), (numbers{0, 1}));
    EXPECT_TRUE(batches.on_lost(last->id, "the line is cut", now).empty());
    EXPECT_FALSE(batches.poll(now));
    const auto why = batches.why_paused(0, now);
    ASSERT_TRUE(why && std::holds_alternative<tries_again>(*why));
    EXPECT_EQ(std::get<tries_again>(*why).why, "the line is cut");
    EXPECT_GT(batches.deadline(), now);
    EXPECT_FALSE(batches.why_paused(1, now)) << "it does not wait";
    now = batches.deadline();
  }
  asked();
  const auto ends = batches.on_refused(last->id, rpc_failure::parse(500, "INTERNAL"), now);
  EXPECT_EQ(of(ends, outcome::failed), numbers{0});
  EXPECT_EQ(ends.size(), 1U);
  batches.on_lapsed(1);
  EXPECT_FALSE(asked().empty()) << "another one tries for itself";
}

TEST_F(reference_batches_test, a_refusal_for_good_ends_those_who_wait) {
  add(3);
  begin_and_lapse({0, 2});
  asked();
  const auto ends = batches.on_refused(last->id, rpc_failure::parse(400, "CHANNEL_PRIVATE"), now);
  EXPECT_EQ(of(ends, outcome::failed), (numbers{0, 2}));
  EXPECT_FALSE(batches.poll(now));
}

// Files end at every step, however their call ends after that.
TEST_F(reference_batches_test, files_that_are_over_are_told_nothing) {
  const rpc_failure refused = rpc_failure::parse(400, "CHANNEL_PRIVATE");
  const rpc_failure flood = rpc_failure::parse(420, "FLOOD_WAIT_1");
  for (int end = 0; end < 4; ++end) {
    for (const bool all : {false, true}) {
      batches = made();
      add(2);
      begin_and_lapse({0});
      asked();
      batches.remove(0);
      if (all) batches.remove(1);
      std::vector<reference_batches::ended> ends;
      if (end == 0) ends = answer();
      if (end == 1) ends = batches.on_refused(last->id, refused, now);
      if (end == 2) ends = batches.on_refused(last->id, flood, now);
      if (end == 3) ends = batches.on_lost(last->id, "the line is cut", now);
      EXPECT_EQ(of(ends, outcome::renewed), end == 0 && !all ? numbers{1} : numbers()) << end;
      EXPECT_TRUE(of(ends, outcome::failed).empty()) << end;
      EXPECT_FALSE(batches.poll(now + 1h)) << end;
      EXPECT_EQ(batches.deadline(), no_deadline) << end;
      batches.on_lapsed(0);  // of a part that was under way
      EXPECT_FALSE(batches.poll(now + 1h)) << end;
    }
  }
}

}  // namespace
}  // namespace mtfetch::engine
