// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/key_exchange.hpp"

#include "tests/net/key_server.hpp"
#include "tests/net/loop.hpp"

#include <mtfetch/error.hpp>

#include <asio/write.hpp>

#include <memory>
#include <optional>
#include <string_view>

using namespace mtfetch;
using asio::ip::tcp;
using net_test::key_server;
using net_test::server_key;

namespace {

asio::awaitable<net::keyed_socket> make_key(
    tcp::endpoint server, std::chrono::milliseconds limit,
    transport::framing over = transport::framing::padded_intermediate) {
  tcp::socket socket(co_await asio::this_coro::executor);
  socket.connect(server);
  transport::stream_options how;
  how.kind = over;
  net::framed_socket way{std::move(socket),
                         transport::stream::client(how, crypto::system_random())};
  handshake::client_options options;
  options.keys.push_back(server_key().public_key());
  options.dc = 2;
  const auto give_up = std::chrono::steady_clock::now() + limit;
  net::keyed_socket made =
      co_await net::exchange_key(std::move(way), options, crypto::system_random(), give_up);
  co_return made;
}

// The error that a key exchange with this server ends with.
std::error_code end_with(key_server::oddity what, int at,
                         std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  asio::io_context loop;
  const auto server = std::make_shared<key_server>(what, at);
  net::listener listener(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  listener.start([server](tcp::socket socket) { server->serve(std::move(socket)); });
  std::error_code out;
  net_test::run(loop,
                [](tcp::endpoint to, std::chrono::milliseconds until,
                   std::error_code* end) -> asio::awaitable<void> {
                  try {
                    co_await make_key(to, until);
                  } catch (const std::system_error& e) {
                    *end = e.code();
                  }
                }(listener.address(), limit, &out));
  return out;
}

}  // namespace

TEST(key_exchange, leaves_both_sides_with_one_key_and_an_open_connection) {
  asio::io_context loop;
  const auto server = std::make_shared<key_server>(key_server::oddity::none, -1);
  net::listener listener(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  listener.start([server](tcp::socket socket) { server->serve(std::move(socket)); });
  net_test::run(loop, [](tcp::endpoint to, key_server* far) -> asio::awaitable<void> {
    const net::keyed_socket made = co_await make_key(to, std::chrono::seconds(20));
    EXPECT_TRUE(made.way.socket.is_open());
    EXPECT_TRUE(far->made.has_value());
    if (far->made) {
      EXPECT_EQ(made.key.key, far->made->key);
      EXPECT_EQ(made.key.server_salt, far->made->server_salt);
    }
  }(listener.address(), server.get()));
}

TEST(key_exchange, takes_a_status_for_no_word_on_keys) {
  asio::io_context loop;
  net::listener listener(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  std::optional<tcp::socket> portal;
  listener.start([&portal](tcp::socket socket) {
    const std::string_view refusal = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    asio::write(portal.emplace(std::move(socket)),
                asio::const_buffer(refusal.data(), refusal.size()));
  });
  std::error_code end;
  net_test::run(loop, [](tcp::endpoint to, std::error_code* why) -> asio::awaitable<void> {
    try {
      co_await make_key(to, std::chrono::seconds(20), transport::framing::http);
    } catch (const std::system_error& e) {
      *why = e.code();
    }
  }(listener.address(), &end));
  EXPECT_EQ(end, transport_errc::server_error);
}

TEST(key_exchange, fails_at_every_step) {
  for (int step = 0; step < 3; ++step) {
    EXPECT_EQ(end_with(key_server::oddity::closes, step), transport_errc::closed) << step;
    EXPECT_EQ(end_with(key_server::oddity::refuses, step), transport_errc::wrong_dc) << step;
    EXPECT_EQ(end_with(key_server::oddity::is_silent, step, std::chrono::milliseconds(300)),
              transport_errc::timed_out)
        << step;
    const std::error_code garbage = end_with(key_server::oddity::sends_garbage, step);
    EXPECT_TRUE(garbage.category() == security_category() ||
                garbage.category() == protocol_category())
        << step << " " << garbage.message();
  }
}
