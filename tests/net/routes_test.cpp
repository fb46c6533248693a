// SPDX-License-Identifier: BSL-1.0
// The steps down the list of fallbacks, and the timing of the race on each: in virtual time.
#include "mtproto/net/routes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace mtfetch;
using std::chrono::milliseconds;

namespace {

const time_point start = time_point(std::chrono::hours(5));

dc_option at(const std::string& ip, std::uint16_t port = 443) {
  dc_option out;
  out.id = 2;
  out.ip = ip;
  out.port = port;
  out.ipv6 = ip.find(':') != std::string::npos;
  return out;
}

network known() {
  network out;
  out.dcs = {at("10.0.0.1"), at("2001:db8::1"), at("10.0.0.2", 8443)};
  out.dcs[2].this_port_only = true;
  out.web = {{1, "pluto.example", 443}, {2, "venus.example", 443}};
  return out;
}

// "TCP 10.0.0.1:443 10.0.0.2:443 | WebSocket venus.example:443"
std::string text_of(const std::vector<net::step>& steps) {
  std::string out;
  for (const net::step& one : steps) {
    if (!out.empty()) out += " | ";
    out += one.by == way::http ? "HTTP" : one.by == way::tcp ? "TCP" : "WebSocket";
    for (const dc_option& address : one.addresses) out += " " + net::to_text(address);
    for (const web_host& host : one.hosts) out += " " + host.host;
  }
  return out;
}

std::string steps(const network& from, const net::route_wishes& wishes = {},
                  const net::way_memory& memory = {}) {
  return text_of(net::steps_to(from, 2, wishes, memory, start));
}

}  // namespace

TEST(steps, go_down_the_list_of_fallbacks) {
  EXPECT_EQ(steps(known()),
            "TCP [2001:db8::1]:443 10.0.0.1:443 10.0.0.2:8443"
            " | TCP [2001:db8::1]:80 10.0.0.1:80 [2001:db8::1]:5222 10.0.0.1:5222"
            " | WebSocket venus.example"
            " | HTTP [2001:db8::1]:80 10.0.0.1:80 10.0.0.2:8443");
}

TEST(steps, begin_with_the_family_that_is_preferred) {
  net::route_wishes wishes;
  wishes.order.ipv6_first = false;
  wishes.pinned = way::tcp;
  EXPECT_TRUE(steps(known(), wishes).starts_with("TCP 10.0.0.1:443 [2001:db8::1]:443 10.0.0.2"));
}

TEST(steps, keep_to_a_pinned_way) {
  net::route_wishes wishes;
  wishes.pinned = way::websocket;
  EXPECT_EQ(steps(known(), wishes), "WebSocket venus.example");
  wishes.pinned = way::http;
  EXPECT_EQ(steps(known(), wishes), "HTTP [2001:db8::1]:80 10.0.0.1:80 10.0.0.2:8443");
}

TEST(steps, leave_http_out_where_obfuscation_is_demanded) {
  network from = known();
  for (dc_option& option : from.dcs) option.tcpo_only = true;
  net::route_wishes wishes;
  wishes.pinned = way::http;
  EXPECT_EQ(steps(from, wishes), "");
}

TEST(steps, put_static_addresses_first_behind_a_proxy) {
  network from = known();
  from.dcs.push_back(at("10.0.0.3"));
  from.dcs.back().static_ = true;
  net::route_wishes wishes;
  wishes.order.behind_proxy = true;
  wishes.pinned = way::tcp;
  EXPECT_TRUE(steps(from, wishes).starts_with("TCP [2001:db8::1]:443 10.0.0.3:443 10.0.0.1:443"));
}

TEST(steps, leave_out_what_was_blocked_lately) {
  net::way_memory memory;
  for (const char* name : {"TCP [2001:db8::1]:443", "TCP 10.0.0.1:443", "TCP 10.0.0.2:8443",
                           "TCP [2001:db8::1]:80", "TCP 10.0.0.1:5222"}) {
    memory.unreachable(name, start);
  }
  EXPECT_EQ(steps(known(), {}, memory),
            "TCP 10.0.0.1:80 [2001:db8::1]:5222"
            " | WebSocket venus.example"
            " | HTTP [2001:db8::1]:80 10.0.0.1:80 10.0.0.2:8443");
  memory.unreachable("WebSocket venus.example:443", start);
  memory.unreachable("TCP 10.0.0.1:80", start);
  memory.unreachable("TCP [2001:db8::1]:5222", start);
  EXPECT_EQ(steps(known(), {}, memory), "HTTP [2001:db8::1]:80 10.0.0.1:80 10.0.0.2:8443");
}

TEST(steps, begin_anew_when_everything_was_blocked) {
  const std::string all = steps(known());
  net::way_memory memory;
  for (const net::step& one : net::steps_to(known(), 2, {}, memory, start)) {
    for (const dc_option& address : one.addresses) {
      memory.unreachable(net::name_of(one.by, address), start);
    }
    for (const web_host& host : one.hosts) memory.unreachable(net::name_of(host), start);
  }
  EXPECT_EQ(steps(known(), {}, memory), all);
}

TEST(steps, of_telegram_have_every_way) {
  const auto all = net::steps_to(network::production(), 4, {}, {}, start);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[2].hosts.at(0).host, "vesta.web.telegram.org");
  EXPECT_EQ(all[3].addresses.at(0).port, 80);
}

// The race, as a script of virtual milliseconds.

TEST(race, staggers_its_attempts) {
  net::race_schedule race(3, milliseconds(250), start + milliseconds(10000));
  EXPECT_EQ(race.begin(start), 0u);
  EXPECT_EQ(race.begin(start), std::nullopt);
  EXPECT_EQ(race.wake(), start + milliseconds(250));
  EXPECT_EQ(race.begin(start + milliseconds(249)), std::nullopt);
  EXPECT_EQ(race.begin(start + milliseconds(250)), 1u);
  EXPECT_EQ(race.wake(), start + milliseconds(500));
  EXPECT_EQ(race.begin(start + milliseconds(500)), 2u);
  EXPECT_EQ(race.begin(start + milliseconds(9999)), std::nullopt);
  EXPECT_EQ(race.wake(), start + milliseconds(10000));
  EXPECT_FALSE(race.lost(start + milliseconds(9999)));
  EXPECT_TRUE(race.lost(start + milliseconds(10000)));
}

TEST(race, goes_on_at_once_when_an_attempt_fails) {
  net::race_schedule race(3, milliseconds(250), start + milliseconds(10000));
  EXPECT_EQ(race.begin(start), 0u);
  race.failed();
  EXPECT_EQ(race.begin(start + milliseconds(3)), 1u);
  // The next one is staggered again from there.
  EXPECT_EQ(race.begin(start + milliseconds(252)), std::nullopt);
  EXPECT_EQ(race.wake(), start + milliseconds(253));
  EXPECT_EQ(race.begin(start + milliseconds(253)), 2u);
  race.failed();
  EXPECT_FALSE(race.lost(start + milliseconds(260)));
  race.failed();
  EXPECT_TRUE(race.lost(start + milliseconds(260)));
}

TEST(race, begins_nothing_when_time_is_up) {
  net::race_schedule race(2, milliseconds(250), start + milliseconds(100));
  EXPECT_EQ(race.begin(start), 0u);
  EXPECT_EQ(race.wake(), start + milliseconds(100));
  EXPECT_EQ(race.begin(start + milliseconds(250)), std::nullopt);
  EXPECT_TRUE(race.lost(start + milliseconds(250)));
}
