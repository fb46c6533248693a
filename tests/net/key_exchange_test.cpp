// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/key_exchange.hpp"

#include "mtproto/crypto/random.hpp"
#include "mtproto/handshake/server.hpp"
#include "mtproto/net/listener.hpp"
#include "tests/net/loop.hpp"

#include <mtfetch/error.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <deque>
#include <memory>

using namespace mtfetch;
using asio::ip::tcp;

namespace {

// Generating a key takes a good part of a second; one is enough for all tests here.
const crypto::rsa_private_key& server_key() {
  static const crypto::rsa_private_key key = crypto::rsa_private_key::generate();
  return key;
}

// The server's half on a connection. At one packet, counted from 0, it does something else.
struct key_server : std::enable_shared_from_this<key_server> {
  enum class oddity { none, closes, is_silent, refuses, sends_garbage };

  key_server(oddity what, int when) : odd(what), at(when) {}

  void serve(tcp::socket socket) {
    net::machine hooks;
    const auto self = shared_from_this();
    hooks.on_packet = [self](transport::packet& packet, instant now) {
      return self->take(packet.data, now);
    };
    hooks.next_packet = [self](net::outgoing& out, instant) {
      if (self->answers.empty()) return false;
      out.packet.append_bytes(self->answers.front());
      self->answers.pop_front();
      return true;
    };
    transport::server_options how;
    const auto carrier = net::serve(std::move(socket), how, std::move(hooks));
    connection = carrier;
    asio::co_spawn(carrier->get_executor(), carrier->run(), asio::detached);
  }

  std::error_code take(byte_view packet, instant now) {
    const bool now_odd = seen++ == at;
    if (now_odd && odd == oddity::closes) return transport_errc::closed;
    if (now_odd && odd == oddity::is_silent) return {};
    if (now_odd && odd == oddity::refuses) {
      connection.lock()->close_with_transport_error(-444);
      return {};
    }
    auto reply = machine.receive(packet, now);
    if (reply.key) made = std::move(reply.key);
    if (!reply.packet) return {};
    if (now_odd && odd == oddity::sends_garbage) {
      for (std::size_t i = 24; i < reply.packet->size(); ++i) (*reply.packet)[i] ^= 0x5a;
    }
    answers.push_back(std::move(*reply.packet));
    return {};
  }

  static handshake::server_options options() {
    handshake::server_options out;
    out.keys.push_back(server_key());
    out.dc = 2;
    return out;
  }

  oddity odd;
  int at;
  int seen = 0;
  handshake::server machine{options(), crypto::system_random()};
  std::deque<bytes> answers;
  std::optional<handshake::established> made;
  std::weak_ptr<net::connection> connection;  // its hooks hold this object
};

asio::awaitable<net::keyed_socket> make_key(tcp::endpoint server, std::chrono::milliseconds limit) {
  tcp::socket socket(co_await asio::this_coro::executor);
  socket.connect(server);
  transport::stream_options how;
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
