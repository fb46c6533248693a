// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/dialing.hpp"

#include "mtproto/net/listener.hpp"
#include "tests/net/loop.hpp"

#include <mtfetch/error.hpp>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

using namespace mtfetch;
using asio::ip::tcp;

namespace {

dc_option address(const std::string& ip, std::uint16_t port) {
  dc_option out;
  out.id = 2;
  out.ip = ip;
  out.port = port;
  out.ipv6 = ip.find(':') != std::string::npos;
  return out;
}

// A port where nobody listens: taken once and given back.
std::uint16_t closed_port(asio::io_context& loop) {
  const tcp::acceptor taken(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return taken.local_endpoint().port();
}

// A port that is never answered: its queue of connections is full and nobody accepts.
class silent_port {
 public:
  explicit silent_port(asio::io_context& loop) : acceptor_(loop) {
    acceptor_.open(tcp::v4());
    acceptor_.bind(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    acceptor_.listen(0);
    for (int i = 0; i < 4; ++i) {
      fillers_.emplace_back(loop);
      fillers_.back().async_connect(acceptor_.local_endpoint(), [](std::error_code) {});
    }
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  tcp::acceptor acceptor_;
  std::vector<tcp::socket> fillers_;
};

asio::awaitable<std::string> complaint(std::vector<dc_option> ways, net::dial_options options) {
  try {
    co_await net::dial(2, std::move(ways), options);
  } catch (const error& e) {
    co_return e.code().message() + " | " + e.what();
  }
  co_return "none";
}

}  // namespace

TEST(dialing, skips_an_address_that_refuses) {
  asio::io_context loop;
  net::listener server(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  server.start([](tcp::socket) {});
  const std::uint16_t good = server.address().port();
  const std::uint16_t bad = closed_port(loop);
  net_test::run(loop, [](std::uint16_t from, std::uint16_t to) -> asio::awaitable<void> {
    std::vector<dc_option> ways = {address("127.0.0.1", from), address("127.0.0.1", to)};
    net::dial_options options;
    options.stagger = std::chrono::seconds(60);  // a refusal does not wait for it
    net::dialled won = co_await net::dial(2, ways, options);
    EXPECT_EQ(won.way, ways[1]);
    EXPECT_TRUE(won.socket.is_open());
    tcp::no_delay option;
    won.socket.get_option(option);
    EXPECT_TRUE(option.value());
  }(bad, good));
}

TEST(dialing, lets_the_next_address_join_when_the_first_is_silent) {
  asio::io_context loop;
  silent_port silent(loop);
  net::listener server(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  server.start([](tcp::socket) {});
  net_test::run(loop, [](std::uint16_t from, std::uint16_t to) -> asio::awaitable<void> {
    std::vector<dc_option> ways = {address("127.0.0.1", from), address("127.0.0.1", to)};
    net::dial_options options;
    options.stagger = std::chrono::milliseconds(5);
    const net::dialled won = co_await net::dial(2, ways, options);
    EXPECT_EQ(won.way, ways[1]);
  }(silent.port(), server.address().port()));
}

TEST(dialing, goes_from_an_ipv6_that_fails_to_an_ipv4_that_answers) {
  asio::io_context loop;
  net::listener server(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  server.start([](tcp::socket) {});
  net_test::run(loop, [](std::uint16_t port) -> asio::awaitable<void> {
    network known;
    known.dcs = {address("127.0.0.1", port), address("::1", port)};
    std::vector<dc_option> ways = net::ways_to(known, 2, net::purpose::calls, true);
    EXPECT_EQ(ways.at(0).ip, "::1");
    net::dial_options options;
    options.stagger = std::chrono::seconds(60);
    const net::dialled won = co_await net::dial(2, ways, options);
    EXPECT_EQ(won.way.ip, "127.0.0.1");
  }(server.address().port()));
}

TEST(dialing, names_each_address_that_failed) {
  asio::io_context loop;
  silent_port silent(loop);
  net_test::run(loop, [](std::uint16_t refused, std::uint16_t silent_one) -> asio::awaitable<void> {
    net::dial_options options;
    options.stagger = std::chrono::milliseconds(1);
    options.timeout = std::chrono::milliseconds(30);
    std::vector<dc_option> ways = {address("127.0.0.1", silent_one), address("127.0.0.1", refused)};
    const std::string said = co_await complaint(ways, options);
    EXPECT_EQ(said, make_error_code(transport_errc::unreachable).message() +
                        " | data centre 2 cannot be reached: tried 127.0.0.1:" +
                        std::to_string(silent_one) + " (" +
                        make_error_code(transport_errc::timed_out).message() +
                        "), 127.0.0.1:" + std::to_string(refused) + " (Connection refused)");
  }(closed_port(loop), silent.port()));
}

TEST(dialing, knows_a_data_centre_without_an_address) {
  asio::io_context loop;
  net_test::run(loop, []() -> asio::awaitable<void> {
    std::vector<dc_option> none;
    net::dial_options options;
    const std::string said = co_await complaint(none, options);
    EXPECT_NE(said.find("data centre 2 has no address"), std::string::npos) << said;
  }());
}

TEST(dialing, stops_when_it_is_cancelled) {
  asio::io_context loop;
  silent_port silent(loop);
  net_test::run(loop, [](std::uint16_t port) -> asio::awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    std::vector<dc_option> ways = {address("127.0.0.1", port)};
    net::dial_options options;
    asio::steady_timer soon(co_await asio::this_coro::executor, std::chrono::milliseconds(10));
    const auto outcome =
        co_await (net::dial(2, ways, options) || soon.async_wait(asio::use_awaitable));
    EXPECT_EQ(outcome.index(), 1u);
  }(silent.port()));
}

TEST(ways, put_media_addresses_first_for_files_only) {
  network known;
  dc_option media = address("10.0.0.1", 1);
  media.media_only = true;
  dc_option plain = address("10.0.0.2", 1);
  dc_option secret = address("10.0.0.3", 1);
  secret.secret = bytes(16, 1);
  dc_option no_secret = address("10.0.0.6", 1);
  no_secret.secret = bytes(17, 1);
  dc_option obfuscated_only = address("10.0.0.4", 1);
  obfuscated_only.tcpo_only = true;
  dc_option six = address("::1", 1);
  dc_option other = address("10.0.0.5", 1);
  other.id = 4;
  known.dcs = {plain, secret, no_secret, obfuscated_only, media, six, other};
  EXPECT_EQ(net::ways_to(known, 2, net::purpose::calls, true),
            (std::vector<dc_option>{six, plain, secret, obfuscated_only}));
  EXPECT_EQ(net::ways_to(known, 2, net::purpose::calls, false),
            (std::vector<dc_option>{six, plain}));
  EXPECT_EQ(net::ways_to(known, 2, net::purpose::files, true),
            (std::vector<dc_option>{media, six, plain, secret, obfuscated_only}));
  EXPECT_TRUE(net::ways_to(known, 3, net::purpose::calls, true).empty());
}
