// SPDX-License-Identifier: BSL-1.0
// The data centre over WebSocket and HTTP, and a client that finds its way when TCP is blocked.
#include <functional>
#include <optional>
#include <string>

#include "tests/client/relay.hpp"
#include "tests/testing/cluster_fixture.hpp"

namespace mtfetch::testing {
namespace {

class ways_test : public cluster_test {
 protected:
  config over(way by) {
    config made = settings();
    made.wire.way = by;
    return made;
  }
  static asio::awaitable<void> sign_in_and_fetch(ways_test* self, client& telegram) {
    co_await telegram.sign_in_bot(bot_token);
    EXPECT_EQ(telegram.user_id(), 4242);
    co_await self->expect_first_file(telegram);
  }
  void expect_everything_over(const config& given) {
    with_client(given, [this](client& telegram) { return sign_in_and_fetch(this, telegram); });
  }
  // A client behind a firewall that lets only some connections through.
  void expect_a_way_past(std::function<bool(byte_view)> firewall, bool in_silence = false) {
    asio::io_context loop;
    std::optional<client_test::relay> between;
    between.emplace(loop.get_executor(), dc().network_file());
    between->let_through(std::move(firewall));
    if (in_silence) between->swallow_others();
    config given = settings();
    if (in_silence) given.connect_timeout = seconds(4);
    given.network = between->front();
    client telegram(loop.get_executor(), given);
    net_test::run(loop, connect_sign_in_and_fetch(this, &telegram), seconds(60));
    telegram.stop();
    between.reset();
    loop.run_for(seconds(5));
  }
  static asio::awaitable<void> connect_sign_in_and_fetch(ways_test* self, client* telegram) {
    co_await telegram->connect();
    co_await sign_in_and_fetch(self, *telegram);
  }
};

std::string why_not(const config& given) {
  asio::io_context loop;
  client telegram(loop.get_executor(), given);
  std::string said = "connected";
  net_test::run(loop, [](client* who, std::string* to) -> asio::awaitable<void> {
    try {
      co_await who->connect();
    } catch (const error& e) {
      *to = e.what();
    }
  }(&telegram, &said));
  telegram.stop();
  loop.run_for(std::chrono::seconds(5));
  return said;
}

}  // namespace

TEST_F(ways_test, serves_a_bot_over_websocket_with_tls) {
  dc_options.tls = true;
  start();
  expect_everything_over(over(way::websocket));
}

TEST_F(ways_test, serves_a_bot_over_http) {
  start();
  expect_everything_over(over(way::http));
}

TEST_F(ways_test, brings_a_late_answer_over_http) {
  start();
  with_client(over(way::http), [this](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    // The request is answered at once, with nothing; what comes later comes by http_wait.
    fault(delay_answer{std::chrono::milliseconds(300)}, "updates.getState");
    const api::updates::getState ask;
    const auto begun = std::chrono::steady_clock::now();
    const auto state = co_await telegram.invoke(ask);
    EXPECT_EQ(state.pts, 1);
    const auto took = std::chrono::steady_clock::now() - begun;
    EXPECT_GE(took, std::chrono::milliseconds(300));
    EXPECT_LT(took, seconds(10)) << "not before the long poll has ended";
    // And while one waits for its answer another call is not held up.
    fault(drop_answer{}, "updates.getState");
    const api::help::getNearestDc quick;
    for (int i = 0; i < 3; ++i) {
      const auto nearest = co_await telegram.invoke(quick);
      EXPECT_EQ(nearest.this_dc, 2);
    }
  });
}

TEST_F(ways_test, comes_back_over_http_when_connections_are_lost) {
  start();
  with_client(over(way::http), [this](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    for (int i = 0; i < 3; ++i) {
      dc().drop_connections();
      const api::updates::getState ask;
      const auto state = co_await telegram.invoke(ask);
      EXPECT_EQ(state.pts, 1);
    }
  });
  EXPECT_EQ(dc().counted().handshakes, 1U);
}

TEST_F(ways_test, believes_an_unknown_key_over_http) {
  start();
  fault(transport_error{-404}, "", 2, 1);
  with_client(over(way::http), [](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
  });
  EXPECT_EQ(dc().counted().handshakes, 1U);
}

TEST_F(ways_test, does_not_talk_to_a_server_that_cannot_prove_its_name) {
  dc_options.tls = true;
  start();
  config given = over(way::websocket);
  given.network.ca.clear();  // the system's authorities do not know it
  EXPECT_NE(why_not(given).find("is not trusted"), std::string::npos) << why_not(given);
  EXPECT_EQ(dc().counted().handshakes, 0U);
}

TEST_F(ways_test, says_so_where_a_server_has_no_tls) {
  start();
  config given = over(way::websocket);
  for (const dc_option& option : given.network.dcs) {
    given.network.web.push_back({option.id, option.ip, option.port});
  }
  EXPECT_NE(why_not(given).find("WebSocket"), std::string::npos) << why_not(given);
}

TEST_F(ways_test, falls_back_to_websocket_where_a_firewall_lets_only_tls_through) {
  dc_options.tls = true;
  start();
  expect_a_way_past([](byte_view first) { return first[0] == 0x16; });
}

TEST_F(ways_test, falls_back_to_websocket_where_all_else_is_dropped_in_silence) {
  dc_options.tls = true;
  start();
  expect_a_way_past([](byte_view first) { return first[0] == 0x16; }, true);
}

TEST_F(ways_test, loses_no_login_to_a_404_over_http) {
  start();
  config given = over(way::http);
  given.forward_secrecy = false;
  with_client(given, [this](client& telegram) -> asio::awaitable<void> {
    co_await telegram.sign_in_bot(bot_token);
    fault(transport_error{-404}, "", 2, 3);
    const api::updates::getState ask;
    const auto state = co_await telegram.invoke(ask);
    EXPECT_EQ(state.pts, 1);
  });
  EXPECT_EQ(dc().counted().handshakes, 1U);
}

TEST_F(ways_test, falls_back_to_http_where_a_firewall_lets_nothing_else_through) {
  dc_options.tls = true;
  start();
  expect_a_way_past([](byte_view first) { return as_text(first).starts_with("POST "); });
}

TEST_F(ways_test, stays_with_tcp_where_it_works) {
  dc_options.tls = true;
  start();
  expect_a_way_past(
      [](byte_view first) { return first[0] != 0x16 && !as_text(first).starts_with("POST "); });
}

}  // namespace mtfetch::testing
