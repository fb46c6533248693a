// SPDX-License-Identifier: BSL-1.0
// The steps down the list of fallbacks, and the timing of the race on each: in virtual time.
#include "mtproto/net/routes.hpp"

#include <gtest/gtest.h>

#include <functional>
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
  wishes.ipv6_first = false;
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

TEST(steps, leave_http_out_where_an_address_has_a_secret) {
  network from = known();
  from.dcs[0].secret = bytes(16, 1);
  from.web.clear();
  EXPECT_EQ(steps(from),
            "TCP [2001:db8::1]:443 10.0.0.1:443 10.0.0.2:8443"
            " | TCP [2001:db8::1]:80 10.0.0.1:80 [2001:db8::1]:5222 10.0.0.1:5222"
            " | HTTP [2001:db8::1]:80 10.0.0.2:8443");
}

TEST(steps, follow_every_flag_of_an_address) {
  using net::purpose;
  const auto flagged = [](const std::function<void(dc_option&)>& flag) {
    network out;
    out.dcs = {at("10.0.0.1"), at("10.0.0.2", 8443)};
    flag(out.dcs[1]);
    return out;
  };
  const std::string plain = "TCP 10.0.0.1:443 | TCP 10.0.0.1:80 10.0.0.1:5222 | HTTP 10.0.0.1:80";
  const std::string both =
      "TCP 10.0.0.1:443 10.0.0.2:8443"
      " | TCP 10.0.0.2:443 10.0.0.1:80 10.0.0.2:80 10.0.0.1:5222 10.0.0.2:5222"
      " | HTTP 10.0.0.1:80 10.0.0.2:80";
  const std::string second_first =
      "TCP 10.0.0.2:8443 10.0.0.1:443"
      " | TCP 10.0.0.2:443 10.0.0.2:80 10.0.0.1:80 10.0.0.2:5222 10.0.0.1:5222"
      " | HTTP 10.0.0.2:80 10.0.0.1:80";
  const std::string second_only =
      "TCP 10.0.0.2:8443 | TCP 10.0.0.2:443 10.0.0.2:80 10.0.0.2:5222 | HTTP 10.0.0.2:80";
  const std::string one_port =
      "TCP 10.0.0.1:443 10.0.0.2:8443 | TCP 10.0.0.1:80 10.0.0.1:5222"
      " | HTTP 10.0.0.1:80 10.0.0.2:8443";
  const std::string no_http =
      "TCP 10.0.0.1:443 10.0.0.2:8443"
      " | TCP 10.0.0.2:443 10.0.0.1:80 10.0.0.2:80 10.0.0.1:5222 10.0.0.2:5222"
      " | HTTP 10.0.0.1:80";
  struct rule {
    const char* name;
    std::function<void(dc_option&)> flag;
    std::string calls;
    std::string files;
    std::string cdn;
  };
  const rule rules[] = {
      {"none", [](dc_option&) {}, both, both, ""},
      {"media_only", [](dc_option& o) { o.media_only = true; }, plain, second_first, ""},
      {"cdn", [](dc_option& o) { o.cdn = true; }, plain, plain, second_only},
      {"cdn, media_only", [](dc_option& o) { o.cdn = o.media_only = true; }, plain, plain,
       second_only},
      {"this_port_only", [](dc_option& o) { o.this_port_only = true; }, one_port, one_port, ""},
      {"tcpo_only", [](dc_option& o) { o.tcpo_only = true; }, no_http, no_http, ""},
      {"secret", [](dc_option& o) { o.secret = bytes(16, 1); }, no_http, no_http, ""},
      {"static", [](dc_option& o) { o.static_ = true; }, both, both, ""},
  };
  for (const rule& one : rules) {
    SCOPED_TRACE(one.name);
    const network from = flagged(one.flag);
    net::route_wishes wishes;
    EXPECT_EQ(steps(from, wishes), one.calls);
    wishes.what = purpose::files;
    EXPECT_EQ(steps(from, wishes), one.files);
    wishes.what = purpose::cdn;
    EXPECT_EQ(steps(from, wishes), one.cdn);
  }
  // Without obfuscation tcpo_only and secret leave nothing of an address.
  net::route_wishes naked;
  naked.obfuscated = false;
  EXPECT_EQ(steps(flagged(rules[5].flag), naked), plain);
  EXPECT_EQ(steps(flagged(rules[6].flag), naked), plain);
}

TEST(steps, behind_a_proxy_are_all_of_the_list) {
  for (const proxy::kind kind : {proxy::kind::socks5, proxy::kind::http}) {
    net::route_wishes wishes;
    wishes.through = kind;
    EXPECT_EQ(steps(known(), wishes), steps(known()));
  }
}

TEST(steps, ask_an_mtproxy_once) {
  network from = known();
  for (dc_option& option : from.dcs) option.tcpo_only = true;
  net::route_wishes wishes;
  wishes.through = proxy::kind::mtproxy;
  wishes.obfuscated = false;  // it is nevertheless
  wishes.pinned = way::http;
  EXPECT_EQ(steps(from, wishes), "TCP [2001:db8::1]:443");
  from.dcs.push_back(at("10.0.0.4"));
  from.dcs.back().media_only = true;
  wishes.what = net::purpose::files;
  EXPECT_EQ(steps(from, wishes), "TCP 10.0.0.4:443 [2001:db8::1]:443");
}

TEST(steps, put_static_addresses_first_behind_a_proxy) {
  network from = known();
  from.dcs.push_back(at("10.0.0.3"));
  from.dcs.back().static_ = true;
  net::route_wishes wishes;
  wishes.through = proxy::kind::socks5;
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
