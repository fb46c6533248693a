// SPDX-License-Identifier: BSL-1.0
// A day of calls under temporary keys, in virtual time: the client's machines (key exchange,
// session, rotation) against the local data centre's, with a wire of 50 ms each way between them.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "mtproto/handshake/client.hpp"
#include "mtproto/session/key_rotation.hpp"
#include "mtproto/session/temporary_key.hpp"
#include "tests/session/virtual_data_centre.hpp"

namespace mtfetch::session::testing {
namespace {

constexpr duration one_way = 50ms;
constexpr duration round_trip = 2 * one_way;

class day {
 public:
  explicit day(std::chrono::seconds lifetime) : lifetime_(lifetime) {
    permanent_ = exchange_at_once(std::nullopt).key;
    current_ = make_line();
  }

  /// Runs so long, with a call every `pause`.
  void run(duration time, duration pause) {
    const time_point end = now.mono + time;
    time_point next_call = now.mono;
    while (now.mono < end) {
      time_point next = std::min({end, next_call, rotation.deadline(), centre.deadline()});
      if (!wire_.empty()) next = std::min(next, wire_.begin()->first);
      for (const auto& [number, each] : lines_) {
        if (each->session) next = std::min(next, each->session->deadline());
      }
      if (next > now.mono) now = now + (next - now.mono);
      deliver();
      dispatch(centre.on_deadline(now));
      for (const auto& [number, each] : lines_) {
        if (!each->session) continue;
        if (each->session->deadline() <= now.mono) {
          EXPECT_FALSE(each->session->on_deadline(local()));
        }
        pump(*each);
      }
      if (now.mono >= next_call) {
        ask_next();
        next_call += pause;
      }
      rotate();
    }
  }

  struct call {
    time_point asked;
    duration took{-1};
    int answers = 0;
  };

  instant now = some_moment();
  duration wall_error{};
  virtual_data_centre centre;
  key_rotation rotation;
  std::map<std::int32_t, call> calls;
  int renewals = 0;
  int failures = 0;
  int keys_destroyed = 0;

 private:
  struct line {
    int number = 0;
    std::optional<handshake::client> exchange;
    std::optional<client_session> session;
    std::optional<request_id> binding;
    bool ready = false;
    bool over = false;  // its key is destroyed
    time_point ends;
    std::map<request_id, std::int32_t> waiting;
  };
  struct parcel {
    bool to_server;
    int connection;
    bytes packet;
  };

  // What the client takes for the time.
  instant local() const {
    instant seen = now;
    seen.wall += wall_error;
    return seen;
  }

  handshake::client_options options(std::optional<std::int32_t> expires_in) {
    handshake::client_options asked;
    asked.keys = {centre.public_key()};
    asked.expires_in = expires_in;
    return asked;
  }

  handshake::established exchange_at_once(std::optional<std::int32_t> expires_in) {
    handshake::client machine(options(expires_in), random_);
    std::optional<bytes> packet = machine.start(local());
    while (!machine.done()) {
      const auto replies = centre.receive(0, std::move(*packet), now);
      auto next = machine.receive(replies.at(0).packet, local());
      if (!next) throw std::system_error(next.error());
      packet = std::move(*next);
    }
    return machine.take();
  }

  line* make_line() {
    auto made = std::make_unique<line>();
    made->number = ++made_lines_;
    made->exchange.emplace(options(static_cast<std::int32_t>(lifetime_.count())), random_);
    send(*made, made->exchange->start(local()));
    return (lines_[made->number] = std::move(made)).get();
  }

  void send(const line& from, bytes packet) {
    wire_.emplace(now.mono + one_way, parcel{true, from.number, std::move(packet)});
  }
  void dispatch(std::vector<virtual_data_centre::sent_packet> packets) {
    for (auto& each : packets) {
      wire_.emplace(now.mono + one_way, parcel{false, each.connection, std::move(each.packet)});
    }
  }

  void deliver() {
    while (!wire_.empty() && wire_.begin()->first <= now.mono) {
      parcel next = std::move(wire_.begin()->second);
      wire_.erase(wire_.begin());
      if (next.to_server) {
        dispatch(centre.receive(next.connection, std::move(next.packet), now));
      } else if (const auto to = lines_.find(next.connection); to != lines_.end()) {
        if (!to->second->over) take(*to->second, std::move(next.packet));
      }
    }
  }

  void take(line& to, bytes packet) {
    if (to.exchange) {
      auto next = to.exchange->receive(packet, local());
      ASSERT_TRUE(next) << next.error().message();
      if (*next) return send(to, std::move(**next));
      if (!to.exchange->done()) return;
      const handshake::established made = to.exchange->take();
      to.exchange.reset();
      const auto server_now =
          std::chrono::floor<std::chrono::seconds>(local().wall.time_since_epoch()) +
          made.server_offset;
      to.ends = now.mono + std::chrono::seconds(made.expires_at) - server_now;
      to.session.emplace(made.key, made.server_salt, made.server_offset, session_config(), random_);
      to.session->on_connected(local(), tail::refuse);
      to.binding =
          to.session->submit_first(binding_of(made.key, *permanent_, made.expires_at, random_));
    } else {
      const auto owner = std::make_shared<bytes>(std::move(packet));
      EXPECT_FALSE(to.session->receive(*owner, owner, local()));
    }
    pump(to);
  }

  void pump(line& from) {
    while (auto came = from.session->poll_event()) {
      if (const auto* good = std::get_if<answer>(&*came)) {
        if (good->id == from.binding) {
          bound(from);
        } else {
          call& done = calls[from.waiting.at(good->id)];
          done.took = now.mono - done.asked;
          ++done.answers;
          from.waiting.erase(good->id);
        }
      } else if (std::holds_alternative<failure>(*came) || std::holds_alternative<lost>(*came)) {
        ++failures;
      } else if (std::holds_alternative<key_destroyed>(*came)) {
        ++keys_destroyed;
        from.over = true;
      }
    }
    if (from.over) return from.session->on_connection_lost();
    tl::packet_buffer packet;
    while (from.session->poll_transmit(packet, local())) {
      const byte_view sealed = std::as_const(packet).payload();
      send(from, {sealed.begin(), sealed.end()});
    }
  }

  void bound(line& of) {
    of.ready = true;
    if (&of == next_) {
      old_ = std::exchange(current_, std::exchange(next_, nullptr));
      rotation.made(now.mono, of.ends);
      ++renewals;
    } else {
      rotation.in_use(now.mono, of.ends);
    }
    for (const std::int32_t number : std::exchange(unsent_, {})) submit(number);
  }

  void ask_next() {
    const std::int32_t number = static_cast<std::int32_t>(calls.size());
    calls[number].asked = now.mono;
    if (current_->ready) {
      submit(number);
    } else {
      unsent_.push_back(number);
    }
  }
  void submit(std::int32_t number) {
    EXPECT_TRUE(rotation.takes_calls(now.mono));
    current_->waiting[current_->session->submit(ask(number))] = number;
    pump(*current_);
  }

  void rotate() {
    using step = key_rotation::step;
    for (;;) {
      switch (rotation.next_step(now.mono, old_ == nullptr || old_->waiting.empty())) {
        case step::wait:
          return;
        case step::make:
          next_ = make_line();
          break;
        case step::drop_old:
          EXPECT_TRUE(old_->waiting.empty());
          old_->session->destroy_key();
          pump(*old_);
          old_ = nullptr;
          rotation.dropped();
          break;
      }
    }
  }

  std::chrono::seconds lifetime_;
  random_source random_ = seeded_random(5);
  std::optional<crypto::auth_key> permanent_;
  std::map<int, std::unique_ptr<line>> lines_;
  int made_lines_ = 0;
  line* current_ = nullptr;
  line* next_ = nullptr;
  line* old_ = nullptr;
  std::vector<std::int32_t> unsent_;
  std::multimap<time_point, parcel> wire_;
};

// Each call answered once and run once, and none slower than the call itself and its way, but for
// those at the beginning, which wait for the first key (three round trips and the binding).
void expect_all_served(const day& of, const std::function<duration(std::int32_t)>& takes) {
  constexpr duration first_key = 4 * round_trip;
  duration worst{};
  for (const auto& [number, each] : of.calls) {
    ASSERT_EQ(each.answers, 1) << "call " << number;
    const auto runs = of.centre.runs.find(number);
    ASSERT_TRUE(runs != of.centre.runs.end() && runs->second == 1) << "call " << number;
    const bool at_once = each.asked - of.calls.at(0).asked > first_key;
    if (at_once) worst = std::max(worst, each.took - takes(number));
  }
  EXPECT_LE(worst, 2 * round_trip);
  EXPECT_EQ(of.failures, 0);
  EXPECT_FALSE(of.centre.refused);
}

duration some_time(std::int32_t number) {
  return std::chrono::milliseconds(number % 17 * 300);
}

TEST(forward_secrecy, lasts_a_day_of_calls_without_one_noticing_a_renewal) {
  day of(2h);
  of.centre.takes = some_time;
  of.run(24h, 7s);
  const std::size_t asked = of.calls.size();
  EXPECT_EQ(asked, 24u * 3600 / 7 + 1);
  while (of.calls.rbegin()->second.answers == 0) of.run(10s, 1h);
  expect_all_served(of, some_time);
  // A key serves for an hour and a half of its two.
  EXPECT_GE(of.renewals, 15);
  EXPECT_LE(of.renewals, 17);
  EXPECT_EQ(of.centre.bindings, of.renewals + 1);
  EXPECT_EQ(of.keys_destroyed, of.renewals);
  EXPECT_EQ(of.centre.temporary_keys(), 1u) << "what was replaced was destroyed";
}

TEST(forward_secrecy, asks_for_a_key_of_a_day_and_renews_it_within) {
  day of(temporary_key_lifetime);
  of.centre.takes = some_time;
  of.run(40h, 60s);
  of.run(10s, 1h);
  expect_all_served(of, some_time);
  EXPECT_EQ(of.renewals, 2);
}

TEST(forward_secrecy, does_not_mind_a_wall_clock_that_is_wrong_and_jumps) {
  for (const duration at_first : {duration(5h), duration(-9h), duration(24h * 400)}) {
    day of(2h);
    of.wall_error = at_first;
    of.run(2h, 20s);
    of.wall_error = -3h;
    of.run(2h, 20s);
    of.wall_error = 24h * 30;
    of.run(2h, 20s);
    of.run(10s, 1h);
    expect_all_served(of, [](std::int32_t) { return duration::zero(); });
    EXPECT_GE(of.renewals, 3);
  }
}

TEST(forward_secrecy, says_what_a_refused_binding_means) {
  const auto remedy = [](std::int32_t code, const char* name) {
    return remedy_for_bind(rpc_failure::parse(code, name));
  };
  EXPECT_EQ(remedy(400, "ENCRYPTED_MESSAGE_INVALID"), bind_remedy::doubt_permanent);
  EXPECT_EQ(remedy(400, "EXPIRES_AT_INVALID"), bind_remedy::another_temporary);
  EXPECT_EQ(remedy(400, "TEMP_AUTH_KEY_ALREADY_BOUND"), bind_remedy::another_temporary);
  EXPECT_EQ(remedy(400, "TEMP_AUTH_KEY_EMPTY"), bind_remedy::another_temporary);
  EXPECT_EQ(remedy(500, "RPC_CALL_FAIL"), bind_remedy::later);
  EXPECT_EQ(remedy(-503, "Timeout"), bind_remedy::later);
  EXPECT_EQ(remedy(420, "FLOOD_WAIT_3"), bind_remedy::later);
}

TEST(key_rotation, renews_in_time_and_keeps_the_one_before_until_its_last_call) {
  using step = key_rotation::step;
  const time_point begin(1h);
  key_rotation keys;
  EXPECT_EQ(keys.deadline(), no_deadline);
  EXPECT_FALSE(keys.takes_calls(begin));
  keys.in_use(begin, begin + 24h);
  EXPECT_EQ(keys.deadline(), begin + 18h);
  EXPECT_EQ(keys.next_step(begin + 17h, true), step::wait);
  EXPECT_EQ(keys.next_step(begin + 18h, true), step::make);
  EXPECT_EQ(keys.next_step(begin + 18h, true), step::wait) << "it is said once";
  EXPECT_EQ(keys.deadline(), no_deadline);
  EXPECT_TRUE(keys.takes_calls(begin + 18h));
  keys.made(begin + 18h, begin + 42h);
  EXPECT_EQ(keys.next_step(begin + 19h, false), step::wait);
  EXPECT_EQ(keys.deadline(), begin + 24h) << "when the key before ends";
  EXPECT_EQ(keys.next_step(begin + 19h, true), step::drop_old);
  keys.dropped();
  EXPECT_EQ(keys.deadline(), begin + 36h);
}

TEST(key_rotation, gives_up_on_the_key_before_when_its_time_is_over) {
  const time_point begin(1h);
  key_rotation keys;
  keys.in_use(begin, begin + 24h);
  keys.next_step(begin + 18h, true);
  keys.made(begin + 18h, begin + 42h);
  EXPECT_EQ(keys.next_step(begin + 24h, false), key_rotation::step::drop_old);
}

TEST(key_rotation, tries_again_with_growing_pauses) {
  const time_point begin(1h);
  key_rotation keys;
  keys.in_use(begin, begin + 24h);
  time_point at = keys.deadline();
  duration before{};
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(keys.next_step(at, true), key_rotation::step::make);
    keys.failed(at);
    const duration pause = keys.deadline() - at;
    EXPECT_GE(pause, before);
    EXPECT_LE(pause, 600s);
    EXPECT_EQ(keys.next_step(at, true), key_rotation::step::wait);
    before = pause;
    at = keys.deadline();
  }
  EXPECT_EQ(before, 600s);
  keys.gone();
  EXPECT_EQ(keys.deadline(), no_deadline);
}

}  // namespace
}  // namespace mtfetch::session::testing
