// SPDX-License-Identifier: BSL-1.0
// A key exchange over each way that open_way makes.
#include "mtproto/net/open_way.hpp"

#include "tests/net/key_server.hpp"
#include "tests/net/loop.hpp"
#include "tests/proxy/proxy_server.hpp"

#include <asio/io_context.hpp>

using namespace mtfetch;
using asio::ip::tcp;

namespace {

proxy_test::proxy_options proxy_of(proxy::kind what, bytes secret = {}) {
  proxy_test::proxy_options out;
  out.what = what;
  out.secret = std::move(secret);
  return out;
}

bytes secret_of_kind(std::uint8_t mark) {
  bytes out;
  if (mark != 0) out.push_back(mark);
  out.resize(out.size() + 16, 0x5e);
  const std::string_view domain = "www.example.com";
  if (mark == 0xee) out.insert(out.end(), domain.begin(), domain.end());
  return out;
}

// Runs a key exchange with a data centre behind a proxy; says how the proxy was asked.
std::string exchange_through(proxy_test::proxy_options how, bool media_only, bool test) {
  asio::io_context loop;
  net::listener door(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  const auto server =
      std::make_shared<net_test::key_server>(net_test::key_server::oddity::none, -1);
  door.start([server](tcp::socket socket) { server->serve(std::move(socket)); });
  how.route = [&door](const std::string&) { return door.address(); };
  proxy_test::proxy_server between(loop.get_executor(), std::move(how));

  net::way_plan plan;
  plan.dc = 2;
  plan.test = test;
  plan.through = between.address();
  plan.random = crypto::system_random();
  dc_option& nowhere = plan.addresses.emplace_back();
  nowhere.id = 2;
  nowhere.ip = "192.0.2.1";
  nowhere.port = 443;
  nowhere.media_only = media_only;
  net_test::run(loop, [](net::way_plan way, net_test::key_server* far) -> asio::awaitable<void> {
    net::opened_way reached = co_await net::open_way(way);
    handshake::client_options options;
    options.keys.push_back(net_test::server_key().public_key());
    options.dc = reached.dc_field;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(15);
    const net::keyed_socket made = co_await net::exchange_key(std::move(reached.way), options,
                                                              crypto::system_random(), give_up);
    EXPECT_TRUE(far->made.has_value());
    if (far->made) {
      EXPECT_EQ(made.key.key, far->made->key);
    }
  }(plan, server.get()));
  const auto counts = between.counts();
  EXPECT_EQ(counts.relayed, 1);
  return counts.asked.empty() ? "" : counts.asked.front();
}

}  // namespace

TEST(open_way, carries_a_key_exchange_through_every_kind_of_proxy) {
  EXPECT_EQ(exchange_through(proxy_of(proxy::kind::socks5), false, false), "192.0.2.1:443");
  EXPECT_EQ(exchange_through(proxy_of(proxy::kind::http), false, false), "192.0.2.1:443");
  for (const int mark : {0x00, 0xdd, 0xee}) {
    const bytes secret = secret_of_kind(static_cast<std::uint8_t>(mark));
    EXPECT_EQ(exchange_through(proxy_of(proxy::kind::mtproxy, secret), false, false), "2");
  }
}

TEST(open_way, says_another_hello_where_the_first_is_refused) {
  proxy_test::proxy_options old = proxy_of(proxy::kind::mtproxy, secret_of_kind(0xee));
  old.classic_only = true;
  EXPECT_EQ(exchange_through(old, false, false), "2");
  for (const int ahead : {-240, -25, 240}) {
    proxy_test::proxy_options odd = proxy_of(proxy::kind::mtproxy, secret_of_kind(0xee));
    odd.clock_error = ahead;
    EXPECT_EQ(exchange_through(odd, false, false), "2") << ahead;
  }
}

TEST(open_way, tells_an_mtproxy_which_data_centre_is_meant) {
  const bytes secret = secret_of_kind(0xdd);
  EXPECT_EQ(exchange_through(proxy_of(proxy::kind::mtproxy, secret), true, false), "-2");
  EXPECT_EQ(exchange_through(proxy_of(proxy::kind::mtproxy, secret), false, true), "10002");
}
