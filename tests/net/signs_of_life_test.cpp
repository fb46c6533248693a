// SPDX-License-Identifier: BSL-1.0
// What a connection takes for a sign of life, and what it does for a peer that only makes it work:
// over WebSocket and HTTP, with the far side written by hand.
#include "mtproto/crypto/random.hpp"
#include "mtproto/net/connection.hpp"
#include "mtproto/net/layered.hpp"
#include "mtproto/net/listener.hpp"
#include "tests/net/loop.hpp"

#include <mtfetch/error.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <array>

using namespace mtfetch;
using asio::ip::tcp;

namespace {

constexpr std::size_t small_buffer = std::size_t{64} << 10;

transport::stream intermediate() {
  transport::stream_options options;
  options.kind = transport::framing::intermediate;
  options.obfuscated = false;
  return transport::stream::client(options, crypto::system_random());
}

transport::layers websocket() {
  std::vector<transport::layer> stack;
  stack.emplace_back(
      transport::websocket_client("venus.example", "/apiws", crypto::system_random()));
  return transport::layers(std::move(stack));
}

// The same, opened by a server that is not on the wire.
transport::layers open_websocket() {
  transport::layers near = websocket();
  transport::websocket_server far(crypto::system_random());
  bytes request;
  bytes answer;
  bytes nothing;
  near.start(request);
  EXPECT_FALSE(far.receive(request, nothing, answer));
  EXPECT_FALSE(near.receive(answer, nothing, nothing));
  EXPECT_TRUE(near.is_open());
  return near;
}

class hand_written_peer : public testing::Test {
 protected:
  hand_written_peer() : peer(loop), socket(loop) {
    tcp::acceptor door(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    door.set_option(tcp::socket::receive_buffer_size(small_buffer));
    socket.open(tcp::v4());
    socket.set_option(tcp::socket::receive_buffer_size(small_buffer));
    socket.set_option(tcp::socket::send_buffer_size(small_buffer));
    socket.connect(door.local_endpoint());
    door.accept(peer);
    hooks.on_traffic = [this](instant) { ++heard; };
  }
  void connect(transport::stream stream, transport::layers layers = {}) {
    near = std::make_shared<net::connection>(std::move(socket), std::move(stream), hooks,
                                             std::move(layers));
    asio::co_spawn(loop, near->run(),
                   [this](const std::exception_ptr& thrown, std::error_code why) {
                     if (thrown) std::rethrow_exception(thrown);
                     end = why;
                   });
    settle();
  }
  // Does what can be done now.
  void settle() {
    for (int quiet = 0; quiet < 2;) {
      loop.restart();
      quiet = loop.run_for(std::chrono::milliseconds(5)) == 0 ? quiet + 1 : 0;
    }
  }
  void say(byte_view what) { asio::write(peer, asio::const_buffer(what.data(), what.size())); }
  void run_to_the_end() {
    loop.restart();
    loop.run_for(std::chrono::seconds(20));
    ASSERT_TRUE(end.has_value());
  }

  asio::io_context loop;
  tcp::socket peer;
  tcp::socket socket;
  net::machine hooks;
  int heard = 0;
  std::shared_ptr<net::connection> near;
  std::optional<std::error_code> end;
};

const bytes a_ping = {0x89, 0};

}  // namespace

TEST_F(hand_written_peer, is_not_heard_when_only_its_layers_speak) {
  connect(intermediate(), open_websocket());
  bytes pings;
  for (int i = 0; i < 10'000; ++i) pings.insert(pings.end(), a_ping.begin(), a_ping.end());
  say(pings);
  settle();
  EXPECT_EQ(heard, 0);
  EXPECT_FALSE(end);
  // 20 KiB of a packet of 1 MiB that came through them.
  bytes part = {0x82, 126, 0x50, 0x04, 0, 0, 0x10, 0};
  part.resize(part.size() + 0x5000);
  say(part);
  settle();
  EXPECT_EQ(heard, 1);
  near->close(transport_errc::closed);
  run_to_the_end();
}

TEST_F(hand_written_peer, is_heard_for_what_is_worth_the_time) {
  connect(intermediate());
  say(bytes{0, 0, 0x10, 0});
  for (int i = 0; i < 20; ++i) {
    say(bytes(1, 7));
    settle();
  }
  EXPECT_EQ(heard, 0) << "a byte now and then keeps no connection alive";
  say(bytes(std::size_t{16} << 10, 7));
  settle();
  EXPECT_EQ(heard, 1);
  near->close(transport_errc::closed);
  run_to_the_end();
}

TEST_F(hand_written_peer, gets_no_more_pongs_than_it_takes) {
  connect(intermediate(), open_websocket());
  bytes pings;
  for (int i = 0; i < 8192; ++i) pings.insert(pings.end(), a_ping.begin(), a_ping.end());
  peer.non_blocking(true);
  constexpr std::size_t ample = std::size_t{16} << 20;
  std::size_t sent = 0;
  for (int stuck = 0; stuck < 3 && sent < ample;) {
    std::error_code full;
    sent += peer.write_some(asio::const_buffer(pings.data(), pings.size()), full);
    if (full) settle();
    stuck = full ? stuck + 1 : 0;
  }
  EXPECT_LT(sent, ample);
  EXPECT_FALSE(end);
  near->close(transport_errc::closed);
  run_to_the_end();
}

TEST_F(hand_written_peer, is_told_that_its_close_was_understood) {
  connect(intermediate(), open_websocket());
  say(bytes{0x88, 0});
  run_to_the_end();
  EXPECT_EQ(*end, transport_errc::closed);
  // The greeting in a frame of its own, masked, and the CLOSE behind it.
  std::array<std::uint8_t, 2 + 4 + 4 + 2 + 4> said{};
  asio::read(peer, asio::mutable_buffer(said.data(), said.size()));
  EXPECT_EQ(said[0], 0x82);
  EXPECT_EQ(said[10], 0x88);
  EXPECT_EQ(said[11], 0x80);
}

TEST_F(hand_written_peer, has_so_long_for_an_answer_over_http) {
  transport::stream_options options;
  options.kind = transport::framing::http;
  options.http_host = "venus.example";
  bool asked = false;
  hooks.next_packet = [&asked](net::outgoing& next, instant) {
    if (std::exchange(asked, true)) return false;
    next.packet.append_bytes(bytes(40, 1));
    return true;
  };
  hooks.answer_within = std::chrono::milliseconds(30);
  connect(transport::stream::client(options, crypto::system_random()));
  run_to_the_end();
  EXPECT_EQ(*end, transport_errc::timed_out);
}

TEST(layered_connection, carries_packets_both_ways_in_order) {
  asio::io_context loop;
  constexpr std::size_t count = 100;
  const auto packet = [](std::size_t i) { return bytes(40 + 16 * i * i, std::uint8_t(i)); };
  std::vector<bytes> sent_back;
  std::vector<bytes> echo;
  net::machine theirs;
  theirs.on_packet = [&echo](transport::packet& came, instant) -> std::error_code {
    echo.emplace_back(came.data.begin(), came.data.end());
    return {};
  };
  std::size_t echoed = 0;
  theirs.next_packet = [&](net::outgoing& next, instant) {
    if (echoed == echo.size()) return false;
    next.packet.append_bytes(echo[echoed++]);
    return true;
  };
  net::listener server(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  server.start([&](tcp::socket socket) {
    transport::server_options how;
    const auto far = net::serve(std::move(socket), how, theirs, {{}, crypto::system_random()});
    asio::co_spawn(loop, far->run(), asio::detached);
  });

  std::size_t asked = 0;
  std::shared_ptr<net::connection> near;
  net::machine ours;
  ours.next_packet = [&](net::outgoing& next, instant) {
    if (asked == count) return false;
    next.packet.append_bytes(packet(asked++));
    return true;
  };
  ours.on_packet = [&](transport::packet& came, instant) -> std::error_code {
    sent_back.emplace_back(came.data.begin(), came.data.end());
    return sent_back.size() == count ? make_error_code(transport_errc::closed) : std::error_code();
  };
  net_test::run(loop,
                [](asio::io_context* on, tcp::endpoint to, net::machine* hooks,
                   std::shared_ptr<net::connection>* made) -> asio::awaitable<void> {
                  tcp::socket socket(*on);
                  socket.connect(to);
                  transport::layers through = websocket();
                  co_await net::open_layers(socket, through, no_deadline);
                  *made = std::make_shared<net::connection>(std::move(socket), intermediate(),
                                                            *hooks, std::move(through));
                  const std::error_code end = co_await (*made)->run();
                  EXPECT_EQ(end, transport_errc::closed);
                }(&loop, server.address(), &ours, &near));
  ASSERT_EQ(sent_back.size(), count);
  for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(sent_back[i], packet(i)) << i;
}
