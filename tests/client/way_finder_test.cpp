// SPDX-License-Identifier: BSL-1.0
// Which ways are tried, for how long, and what is remembered of them: in virtual time.
#include "mtproto/client/way_finder.hpp"

#include <mtfetch/error.hpp>

#include <gtest/gtest.h>

#include <functional>

using namespace mtfetch;
using client_impl::way_finder;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr milliseconds round_trip{60};

// Data centre 2 as Telegram's is over IPv4, and what the network does to it.
class way_finder_test : public ::testing::Test {
 protected:
  way_finder_test() {
    for (const char* ip : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"}) {
      dc_option& at = shared->known.dcs.emplace_back();
      at.id = 2;
      at.ip = ip;
      at.port = 443;
    }
    shared->known.web.push_back({2, "pluto.example", 443});
  }
  way_finder attempt(milliseconds patience = seconds(10)) {
    shared->settings.connect_timeout = patience;
    return way_finder(shared, 2, net::purpose::calls, now + patience);
  }
  static std::string opened_by(const net::way_plan& plan) {
    return plan.by == way::websocket ? net::name_of(plan.hosts.front())
                                     : net::name_of(plan.by, plan.addresses.front());
  }
  static bool is_web(const net::way_plan& plan) { return plan.by == way::websocket; }
  // A key exchange over a way that takes the connection and then says nothing.
  void stays_silent(way_finder& finder, const net::way_plan& plan) {
    now += round_trip + finder.silence();
    EXPECT_TRUE(finder.failed(transport_errc::timed_out, "silent", opened_by(plan), now));
  }

  std::shared_ptr<client_impl::environment> shared = std::make_shared<client_impl::environment>();
  time_point now = time_point(std::chrono::hours(5));
};

}  // namespace

TEST_F(way_finder_test, comes_to_websocket_where_mtproto_is_dropped_in_silence) {
  for (int connection = 0; connection < 3; ++connection) {
    way_finder finder = attempt();
    auto plan = finder.next(now);
    int silent = 0;
    for (; plan && !is_web(*plan); plan = finder.next(now), ++silent) stays_silent(finder, *plan);
    ASSERT_TRUE(plan) << "in the first attempt";
    EXPECT_EQ(silent, connection < 2 ? 2 : 0) << "one address a step, and then no more";
    EXPECT_GE(plan->dialling.timeout, seconds(2));
    EXPECT_FALSE(shared->ways.blocked(opened_by(*plan), now));
  }
}

TEST_F(way_finder_test, comes_to_websocket_with_a_key_too) {
  const time_point begun = now;
  int attempts = 1;
  for (;; ++attempts) {
    way_finder finder = attempt();
    const auto plan = finder.next(now);
    ASSERT_TRUE(plan);
    if (is_web(*plan)) break;
    now += round_trip + finder.silence();
    shared->ways.fruitless(opened_by(*plan), now);
    shared->ways.fruitless(finder.step_name(), now);
    now += seconds(2);  // the pause before the next
  }
  EXPECT_EQ(attempts, 5);
  EXPECT_LE(now - begun, seconds(20)) << "within the time of one call";
}

TEST_F(way_finder_test, tries_another_address_after_one_that_closes) {
  way_finder finder = attempt();
  std::vector<std::string> tried;
  for (auto plan = finder.next(now); plan && !is_web(*plan); plan = finder.next(now)) {
    tried.push_back(opened_by(*plan));
    now += round_trip;
    EXPECT_TRUE(finder.failed(transport_errc::closed, "closed", tried.back(), now));
  }
  EXPECT_EQ(tried.size(), 12u) << "four addresses at three ports";
  EXPECT_FALSE(shared->ways.blocked(tried.front(), now));
}

TEST_F(way_finder_test, begins_with_another_address_the_next_time) {
  way_finder first = attempt();
  const auto silent = first.next(now);
  stays_silent(first, *silent);
  way_finder second = attempt();
  const auto plan = second.next(now);
  EXPECT_EQ(opened_by(*plan), "TCP 192.0.2.2:443");
  EXPECT_EQ(plan->addresses.back().ip, "192.0.2.1");
}

TEST_F(way_finder_test, does_not_blame_what_time_did_not_suffice_for) {
  way_finder finder = attempt(seconds(6));  // the least try is .6 s, a step 1.5 s
  const auto plan = finder.next(now);
  now += plan->dialling.timeout;
  EXPECT_TRUE(finder.failed(transport_errc::unreachable, "no", "", now));
  EXPECT_TRUE(shared->ways.blocked("TCP 192.0.2.1:443", now));
  EXPECT_TRUE(shared->ways.blocked("TCP 192.0.2.4:443", now)) << "begun after .75 s";
  const auto others = finder.next(now);
  ASSERT_EQ(others->addresses.size(), 8u);
  now += others->dialling.timeout;
  EXPECT_TRUE(finder.failed(transport_errc::unreachable, "no", "", now));
  EXPECT_TRUE(shared->ways.blocked("TCP 192.0.2.1:80", now));
  EXPECT_FALSE(shared->ways.blocked("TCP 192.0.2.1:5222", now)) << "begun after 1 s";
  EXPECT_FALSE(shared->ways.blocked("TCP 192.0.2.4:5222", now)) << "not begun";
  EXPECT_TRUE(is_web(*finder.next(now)));
}

TEST_F(way_finder_test, blames_all_that_refuse) {
  way_finder finder = attempt();
  finder.next(now);
  now += round_trip;
  EXPECT_TRUE(finder.failed(transport_errc::unreachable, "no", "", now));
  EXPECT_TRUE(shared->ways.blocked("TCP 192.0.2.4:443", now));
}

TEST_F(way_finder_test, gives_the_only_step_all_the_time) {
  shared->settings.wire.way = way::websocket;
  way_finder finder = attempt();
  const auto plan = finder.next(now);
  EXPECT_EQ(plan->dialling.timeout, seconds(10));
  EXPECT_EQ(finder.silence(), seconds(10));
}

TEST_F(way_finder_test, tries_two_addresses_of_the_only_step) {
  shared->known.web.clear();
  for (dc_option& at : shared->known.dcs) at.this_port_only = at.tcpo_only = true;
  way_finder finder = attempt();
  const auto first = finder.next(now);
  stays_silent(finder, *first);
  const auto second = finder.next(now);
  ASSERT_TRUE(second);
  EXPECT_EQ(opened_by(*second), "TCP 192.0.2.2:443");
  EXPECT_GE(finder.silence(), seconds(2));
}
