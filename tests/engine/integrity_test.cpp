// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/integrity.hpp"

#include <gtest/gtest.h>

namespace mtfetch::engine {
namespace {

digest digest_of(std::int64_t offset) {
  digest made{};
  for (std::size_t i = 0; i < 8; ++i) made[i] = static_cast<std::uint8_t>(offset >> (8 * i));
  made[31] = 1;
  return made;
}

window_record window_at(std::int64_t offset, std::int64_t size, bool good = true) {
  window_record window;
  window.offset = offset;
  window.size = static_cast<std::int32_t>(std::min(hash_window, size - offset));
  window.sha256 = digest_of(good ? offset : offset + 1);
  return window;
}

std::vector<server_hash> hashes(std::int64_t from, std::int64_t to) {
  std::vector<server_hash> list;
  for (; from < to; from += hash_window) {
    list.push_back({from, static_cast<std::int32_t>(hash_window), digest_of(from)});
  }
  return list;
}

constexpr std::int64_t size = 10 * hash_window + 77;

TEST(integrity, judges_whichever_comes_second) {
  integrity both(size, true);
  EXPECT_EQ(both.on_stored(window_at(0, size)).outcome, verdict::waiting);
  const auto asked = both.ask(size);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->begin, 0);
  EXPECT_FALSE(both.ask(size)) << "how far an answer reaches is not known yet";
  const auto decided = both.on_hashes(*asked, hashes(0, 4 * hash_window));
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0].outcome, verdict::good);
  EXPECT_TRUE(decided[0].window.verified);
  EXPECT_EQ(both.on_stored(window_at(hash_window, size)).outcome, verdict::good);
  EXPECT_EQ(both.on_stored(window_at(2 * hash_window, size, false)).outcome, verdict::bad);
  EXPECT_EQ(both.on_stored(window_at(2 * hash_window, size)).outcome, verdict::good)
      << "a repaired window is compared with the same hash";
  EXPECT_EQ(both.answered_below(), 4 * hash_window);
}

TEST(integrity, takes_hashes_that_nobody_asked_for) {
  integrity unasked(size, true);
  EXPECT_EQ(unasked.on_stored(window_at(0, size)).outcome, verdict::waiting);
  std::vector<server_hash> given = hashes(0, 3 * hash_window);
  given.push_back({1, 5, digest_of(1)});            // not on the grid
  given.push_back({-hash_window, 131072, {}});      // before the file
  given.push_back({64 * hash_window, 131072, {}});  // behind it
  const auto decided = unasked.on_unasked(given);
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0].outcome, verdict::good);
  EXPECT_EQ(unasked.questions(), 0U);
  EXPECT_EQ(unasked.on_stored(window_at(hash_window, size, false)).outcome, verdict::bad);
  const auto asked = unasked.ask(size);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->begin, 3 * hash_window) << "what is known is not asked for";
  EXPECT_TRUE(unasked.answers(*asked, hashes(3 * hash_window, 5 * hash_window)));
  EXPECT_FALSE(unasked.answers(*asked, hashes(4 * hash_window, 6 * hash_window)));
  EXPECT_FALSE(unasked.answers(*asked, {}));
}

TEST(integrity, looks_at_so_many_unasked_hashes_and_no_more) {
  integrity unasked(size, true);
  std::vector<server_hash> given(integrity::most_unasked, server_hash{1, 5, {}});
  given.push_back(hashes(0, hash_window)[0]);
  EXPECT_TRUE(unasked.on_unasked(given).empty());
  EXPECT_EQ(unasked.answered_below(), 0);
}

TEST(integrity, asks_ahead_as_far_as_one_answer_reaches) {
  integrity ahead(size, true);
  const auto first = ahead.ask(size);
  ASSERT_TRUE(first);
  EXPECT_TRUE(ahead.on_hashes(*first, hashes(0, 4 * hash_window)).empty());
  const auto second = ahead.ask(size);
  const auto third = ahead.ask(size);
  ASSERT_TRUE(second && third);
  EXPECT_EQ(*second, (range{4 * hash_window, 8 * hash_window}));
  EXPECT_EQ(*third, (range{8 * hash_window, size}));
  EXPECT_FALSE(ahead.ask(size));
  ahead.on_lost(*second);
  EXPECT_EQ(ahead.ask(size), second);
}

TEST(integrity, asks_on_the_grid_after_the_files_odd_end_was_answered) {
  integrity ahead(size, true);
  EXPECT_TRUE(ahead.on_hashes(*ahead.ask(size), hashes(0, 4 * hash_window)).empty());
  const auto middle = ahead.ask(size);
  const auto tail = ahead.ask(size);
  EXPECT_TRUE(ahead.on_hashes(*tail, hashes(8 * hash_window, size)).empty());
  ahead.on_lost(*middle);
  while (const auto again = ahead.ask(size)) EXPECT_EQ(again->begin % hash_window, 0);
}

TEST(integrity, does_not_ask_beyond_the_bound) {
  integrity ahead(size, true);
  EXPECT_FALSE(ahead.ask(0));
  EXPECT_TRUE(ahead.ask(1));
}

TEST(integrity, asks_again_for_what_an_answer_left_open) {
  integrity open(size, true);
  const auto first = open.ask(size);
  EXPECT_TRUE(open.on_hashes(*first, hashes(0, 4 * hash_window)).empty());
  const auto second = open.ask(size);
  EXPECT_TRUE(open.on_hashes(*second, hashes(4 * hash_window, 5 * hash_window)).empty());
  EXPECT_EQ(open.ask(size)->begin, 5 * hash_window);
}

TEST(integrity, takes_two_fruitless_answers_for_no_hashes) {
  integrity none(size, true);
  EXPECT_EQ(none.on_stored(window_at(0, size)).outcome, verdict::waiting);
  auto asked = none.ask(size);
  EXPECT_TRUE(none.on_hashes(*asked, {}).empty());
  asked = none.ask(size);
  ASSERT_TRUE(asked);
  const auto decided = none.on_hashes(*asked, {});
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0].outcome, verdict::unchecked);
  EXPECT_FALSE(none.ask(size));
  EXPECT_EQ(none.on_stored(window_at(hash_window, size)).outcome, verdict::unchecked);
}

TEST(integrity, passes_over_hashes_that_are_off_the_grid_or_outside) {
  integrity strict(size, true);
  auto asked = strict.ask(size);
  std::vector<server_hash> odd = hashes(0, hash_window);
  odd[0].offset = 4096;
  odd.push_back({-hash_window, static_cast<std::int32_t>(hash_window), digest_of(0)});
  odd.push_back({100 * hash_window, static_cast<std::int32_t>(hash_window), digest_of(0)});
  odd.push_back({0, 65536, digest_of(0)});
  EXPECT_TRUE(strict.on_hashes(*asked, odd).empty());
  EXPECT_EQ(strict.answered_below(), 0);
}

TEST(integrity, takes_the_last_window_with_its_nominal_or_its_real_size) {
  for (const std::int32_t limit : {static_cast<std::int32_t>(hash_window), 77}) {
    integrity tail(size, true);
    tail.skip({0, 10 * hash_window});
    const auto asked = tail.ask(size + 1);
    ASSERT_TRUE(asked);
    std::vector<server_hash> list = hashes(10 * hash_window, size);
    list[0].limit = limit;
    EXPECT_TRUE(tail.on_hashes(*asked, list).empty());
    EXPECT_EQ(tail.on_stored(window_at(10 * hash_window, size)).outcome, verdict::good);
  }
}

TEST(integrity, asks_nothing_when_not_wanted) {
  integrity off(size, false);
  EXPECT_FALSE(off.ask(size));
  EXPECT_EQ(off.on_stored(window_at(0, size)).outcome, verdict::unchecked);
}

}  // namespace
}  // namespace mtfetch::engine
