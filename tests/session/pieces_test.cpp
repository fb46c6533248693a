// SPDX-License-Identifier: BSL-1.0
// The small parts that a session is made of.
#include <gtest/gtest.h>

#include <limits>
#include <mtfetch/mtproto_types.hpp>
#include <set>

#include "mtproto/session/bad_message.hpp"
#include "mtproto/session/clock.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/session/fifo.hpp"
#include "mtproto/session/pending_acks.hpp"
#include "mtproto/session/request_table.hpp"
#include "mtproto/session/salts.hpp"
#include "mtproto/session/seen_ids.hpp"
#include "mtproto/session/sent_log.hpp"
#include "mtproto/session/sequence.hpp"
#include "mtproto/session/state_questions.hpp"
#include "tests/session/rig.hpp"

namespace mtfetch::session::testing {
namespace {

using verdict = seen_ids::verdict;

TEST(sequence, counts_content_related_messages_only) {
  sequence numbers;
  EXPECT_EQ(numbers.next(content::unrelated), 0);
  EXPECT_EQ(numbers.next(content::related), 1);
  EXPECT_EQ(numbers.next(content::unrelated), 2);
  EXPECT_EQ(numbers.next(content::related), 3);
  EXPECT_EQ(numbers.next(content::related), 5);
  EXPECT_EQ(numbers.next(content::unrelated), 6);
}

TEST(sequence, names_the_fault_of_a_wrong_parity) {
  EXPECT_EQ(parity_fault(mtproto::msgs_ack::tl_id, 1), 34);
  EXPECT_EQ(parity_fault(container_id, 3), 34);
  EXPECT_EQ(parity_fault(ask_id, 2), 35);
  EXPECT_EQ(parity_fault(ask_id, 3), std::nullopt);
  for (const std::int32_t either : {2, 3}) {
    EXPECT_EQ(parity_fault(mtproto::ping_delay_disconnect::tl_id, either), std::nullopt);
    EXPECT_EQ(parity_fault(mtproto::get_future_salts::tl_id, either), std::nullopt);
  }
}

TEST(seen_ids, knows_an_id_again_in_any_order) {
  seen_ids seen(100);
  for (const std::int64_t id : {5, 1, 9, 3, 7}) EXPECT_EQ(seen.record(id), verdict::fresh);
  for (const std::int64_t id : {1, 3, 5, 7, 9}) {
    EXPECT_EQ(seen.check(id), verdict::seen);
    EXPECT_EQ(seen.record(id), verdict::seen);
  }
  EXPECT_EQ(seen.check(4), verdict::fresh);
  EXPECT_EQ(seen.highest(), 9);
}

TEST(seen_ids, refuses_what_is_below_all_it_remembers_and_stays_bounded) {
  seen_ids seen(100);
  for (std::int64_t id = 1; id <= 10'000; ++id) {
    ASSERT_EQ(seen.record(2 * id), verdict::fresh);
    ASSERT_LT(seen.size(), 200u);
  }
  EXPECT_GE(seen.size(), 100u);
  EXPECT_EQ(seen.check(3), verdict::too_old);
  EXPECT_EQ(seen.check(seen.floor()), verdict::too_old);
  EXPECT_EQ(seen.check(seen.floor() + 1), verdict::fresh);
  for (std::int64_t id = seen.floor() + 1; id <= 20'000; ++id) {
    ASSERT_EQ(seen.check(id), id % 2 == 0 ? verdict::seen : verdict::fresh);
  }
}

TEST(pending_acks, wait_for_the_delay_or_for_the_batch) {
  pending_acks acks(10s, 3);
  const time_point begin = some_moment().mono;
  EXPECT_EQ(acks.deadline(), no_deadline);
  acks.add(1, begin);
  acks.add(3, begin + 4s);
  EXPECT_FALSE(acks.due(begin + 4s));
  EXPECT_EQ(acks.deadline(), begin + 10s);
  EXPECT_TRUE(acks.due(begin + 10s));
  acks.add(5, begin + 5s);
  EXPECT_TRUE(acks.due(begin + 5s));
}

TEST(pending_acks, come_back_when_their_message_is_refused) {
  pending_acks acks(10s, 3);
  const time_point begin = some_moment().mono;
  acks.add(1, begin);
  acks.add(3, begin);
  bytes out;
  acks.write(out, 100);
  EXPECT_EQ(tl::parse<mtproto::msgs_ack>(out)->msg_ids, (std::vector<std::int64_t>{1, 3}));
  EXPECT_TRUE(acks.empty());
  acks.refused(104, begin);
  EXPECT_TRUE(acks.empty());
  acks.refused(100, begin);
  EXPECT_EQ(acks.size(), 2u);
  acks.refused(100, begin);
  EXPECT_EQ(acks.size(), 2u);
}

TEST(pending_acks, name_8192_messages_at_the_most) {
  pending_acks acks(10s, 3);
  for (std::int64_t id = 0; id < 10'000; ++id) acks.add(id, some_moment().mono);
  bytes out;
  acks.write(out, 100);
  EXPECT_EQ(tl::parse<mtproto::msgs_ack>(out)->msg_ids.size(), 8192u);
  EXPECT_EQ(acks.size(), 10'000u - 8192u);
}

TEST(pending_acks, do_not_grow_without_end) {
  pending_acks acks(10s, 64);
  for (std::int64_t id = 1; id <= 100'000; ++id) acks.add(id, some_moment().mono);
  EXPECT_EQ(acks.size(), 4u * 8192);
}

TEST(salts, keep_the_old_one_until_the_next_is_surely_valid) {
  salts all(1);
  all.foretell({{1000s, 4600s, 2}, {2800s, 6400s, 3}}, 0s);
  EXPECT_FALSE(all.advance(1000s));
  EXPECT_EQ(all.current(), 1);
  EXPECT_TRUE(all.advance(1060s));
  EXPECT_EQ(all.current(), 2);
  EXPECT_FALSE(all.advance(2859s));
  EXPECT_TRUE(all.advance(2860s));
  EXPECT_EQ(all.current(), 3);
  EXPECT_FALSE(all.advance(99'999s)) << "with none left the last one stays";
  EXPECT_EQ(all.current(), 3);
}

TEST(salts, keep_the_one_that_the_server_names_before_its_time) {
  salts some(1);
  some.foretell({{0s, 3600s, 1}, {1800s, 5400s, 2}, {3600s, 7200s, 3}}, 1000s);
  EXPECT_TRUE(some.replace(2));
  EXPECT_FALSE(some.advance(1790s));
  EXPECT_EQ(some.current(), 2);
  EXPECT_TRUE(some.advance(3660s));
  EXPECT_EQ(some.current(), 3);
}

TEST(salts, want_more_an_hour_before_they_end) {
  salts all(1);
  EXPECT_TRUE(all.wants_more(0s));
  all.foretell({{0s, 3600s, 2}, {1800s, 5400s, 3}}, 0s);
  EXPECT_FALSE(all.wants_more(1800s));
  EXPECT_TRUE(all.wants_more(1801s));
}

TEST(salts, drop_what_was_foretold_when_the_server_names_another) {
  salts all(1);
  all.foretell({{0s, 3600s, 2}, {1800s, 5400s, 3}}, 0s);
  EXPECT_TRUE(all.replace(3));
  EXPECT_FALSE(all.wants_more(0s)) << "a foretold one confirms the others";
  EXPECT_TRUE(all.replace(77));
  EXPECT_TRUE(all.wants_more(0s));
  EXPECT_FALSE(all.advance(3000s));
  EXPECT_EQ(all.current(), 77);
}

TEST(salts, leave_out_what_is_over_or_turned_around_and_take_64) {
  salts all(1);
  std::vector<dated_salt> many{{0s, 10s, 5}, {500s, 400s, 6}};
  for (int i = 0; i < 1000; ++i) many.push_back({std::chrono::seconds(i), 100s, 7});
  all.foretell(std::move(many), 50s);
  EXPECT_TRUE(all.advance(99s));
  EXPECT_EQ(all.current(), 7);
}

TEST(clock, runs_by_the_steady_clock_when_the_wall_clock_jumps) {
  server_clock clock(100s);
  instant now = some_moment();
  clock.start(now);
  const auto begin = clock.server_time(now);
  now = now + 5s;
  now.wall -= 3h;
  clock.start(now);
  EXPECT_EQ(clock.server_time(now), begin + 5s);
  EXPECT_TRUE(clock.moved(now));
  EXPECT_EQ(clock.offset(), duration(100s + 3h));
  EXPECT_FALSE(clock.moved(now));
}

TEST(clock, is_moved_forward_by_messages_and_back_by_complaints_only) {
  server_clock clock(0s);
  const instant now = some_moment();
  clock.start(now);
  const auto begin = clock.server_time(now);
  clock.observe(tl::message_id_at(begin - 1h), now);
  EXPECT_EQ(clock.server_time(now), begin);
  clock.observe(tl::message_id_at(begin + 10s), now);
  EXPECT_LT(std::chrono::abs(clock.server_time(now) - begin - 10s), 1ms);
  clock.set(tl::message_id_at(begin - 1h), now);
  EXPECT_LT(std::chrono::abs(clock.server_time(now) - begin + 1h), 1ms);
}

TEST(clock, judges_ids_by_300_seconds_back_and_30_ahead) {
  server_clock clock(0s);
  const instant now = some_moment();
  clock.start(now);
  const auto at = [&](auto off) {
    return clock.age_of(tl::message_id_at(clock.server_time(now) + off), now);
  };
  EXPECT_EQ(at(-299s), server_clock::age::fine);
  EXPECT_EQ(at(-301s), server_clock::age::too_old);
  EXPECT_EQ(at(29s), server_clock::age::fine);
  EXPECT_EQ(at(31s), server_clock::age::too_new);
  EXPECT_EQ(clock.age_of(std::numeric_limits<std::int64_t>::max(), now),
            server_clock::age::too_new);
  EXPECT_EQ(clock.age_of(-1, now), server_clock::age::too_new);
  EXPECT_EQ(clock.age_of(0, now), server_clock::age::too_old);
}

TEST(clock, gives_growing_ids_divisible_by_4) {
  server_clock clock(0s);
  const instant now = some_moment();
  clock.start(now);
  std::int64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t id = clock.next_id(now);
    EXPECT_EQ(id % 4, 0);
    EXPECT_GT(id, last);
    last = id;
  }
  clock.set(tl::message_id_at(clock.server_time(now) - 1h), now);
  EXPECT_GT(clock.next_id(now), last);
  clock.restart_ids();
  EXPECT_LT(clock.next_id(now), last);
}

TEST(request_table, does_not_take_an_old_id_for_a_new_request) {
  request_table table;
  const request_id first = table.add(ask(1), {});
  table.remove(first);
  const request_id second = table.add(ask(2), {});
  EXPECT_NE(first, second);
  EXPECT_EQ(table.find(first), nullptr);
  ASSERT_NE(table.find(second), nullptr);
  EXPECT_EQ(table.find(second)->message_id, 0);
  table.remove(first);
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(table.find(request_id{12345}), nullptr);
}

TEST(sent_requests, find_every_open_one_whatever_is_erased) {
  sent_requests log;
  std::set<std::int64_t> open;
  std::mt19937 dice(5);
  std::int64_t next = 4;
  for (int step = 0; step < 20'000; ++step) {
    if (open.empty() || dice() % 100 < 52) {
      log.add(next, 0, request_id{static_cast<std::uint64_t>(next)});
      open.insert(next);
      next += 4;
    } else {
      auto chosen = open.lower_bound(static_cast<std::int64_t>(dice()) % next);
      if (chosen == open.end()) chosen = open.begin();
      ASSERT_NE(log.find(*chosen), nullptr);
      EXPECT_EQ(log.find(*chosen)->request, request_id{static_cast<std::uint64_t>(*chosen)});
      log.erase(*chosen);
      EXPECT_EQ(log.find(*chosen), nullptr);
      open.erase(chosen);
    }
    ASSERT_EQ(log.empty(), open.empty());
  }
  std::set<std::int64_t> left;
  log.each([&](const sent_requests::entry& each) { left.insert(each.message_id); });
  EXPECT_EQ(left, open);
}

TEST(sent_services, remember_the_last_by_id_and_container) {
  sent_services log;
  for (std::int64_t id = 4; id <= 4000; id += 4) log.add({id, id + 2, id + 1, service::ping});
  EXPECT_TRUE(log.was_sent(4000, service::ping));
  EXPECT_FALSE(log.was_sent(4000, service::acks));
  EXPECT_FALSE(log.was_sent(4, service::ping));
  EXPECT_FALSE(log.was_sent(0, service::acks));
  int named = 0;
  log.each_named(3998 + 2 + 2, [&](const sent_services::entry&) { ++named; });
  EXPECT_EQ(named, 1);
}

TEST(state_questions, are_answered_once_or_fall_due) {
  state_questions questions(10s);
  const time_point begin = some_moment().mono;
  questions.add(100, {4, 8}, begin);
  questions.add(200, {12}, begin + 1s);
  EXPECT_EQ(questions.take(100), (std::vector<std::int64_t>{4, 8}));
  EXPECT_EQ(questions.take(100), std::nullopt);
  EXPECT_EQ(questions.deadline(), begin + 11s);
  EXPECT_EQ(questions.take_overdue(begin + 10s), std::nullopt);
  EXPECT_EQ(questions.take_overdue(begin + 11s), std::vector<std::int64_t>{12});
  EXPECT_EQ(questions.deadline(), no_deadline);
}

TEST(fifo, keeps_order_and_its_memory) {
  fifo<int> queue;
  int in = 0;
  int out = 0;
  for (int round = 0; round < 1000; ++round) {
    for (int i = 0; i < 7; ++i) queue.push(in++);
    for (int i = 0; i < 6 + (round % 2) * 2 && !queue.empty(); ++i) EXPECT_EQ(queue.pop(), out++);
  }
  while (!queue.empty()) EXPECT_EQ(queue.pop(), out++);
  EXPECT_EQ(in, out);
}

TEST(bad_message, every_code_has_its_remedy) {
  EXPECT_EQ(remedy_for(16), remedy::fix_time);
  EXPECT_EQ(remedy_for(17), remedy::fix_time_and_session);
  EXPECT_EQ(remedy_for(18), remedy::new_session);
  EXPECT_EQ(remedy_for(19), remedy::new_session);
  EXPECT_EQ(remedy_for(20), remedy::ask);
  EXPECT_EQ(remedy_for(32), remedy::new_session);
  EXPECT_EQ(remedy_for(33), remedy::new_session);
  EXPECT_EQ(remedy_for(34), remedy::new_session);
  EXPECT_EQ(remedy_for(35), remedy::new_session);
  EXPECT_EQ(remedy_for(48), remedy::take_salt);
  EXPECT_EQ(remedy_for(64), remedy::without_container);
  EXPECT_EQ(remedy_for(99), remedy::new_session);
}

}  // namespace
}  // namespace mtfetch::session::testing
