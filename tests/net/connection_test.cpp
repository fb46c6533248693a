// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/connection.hpp"

#include "mtproto/crypto/random.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/dialing.hpp"
#include "mtproto/net/listener.hpp"
#include "tests/net/loop.hpp"

#include <mtfetch/error.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <deque>
#include <string>

using namespace mtfetch;
using asio::ip::tcp;

namespace {

// A machine for either side that has packets to send and keeps what it received.
struct postbox {
  std::deque<bytes> to_send;
  std::vector<bytes> received;
  bool echo = false;
  bool reads = true;
  std::error_code verdict;
  time_point due = no_deadline;
  int deadlines = 0;
  duration write_stall = std::chrono::seconds(30);
  std::size_t settled = 0;
  std::function<void()> on_received;

  net::machine hooks() {
    net::machine out;
    out.on_packet = [this](transport::packet& packet, instant) {
      bytes data(packet.data.begin(), packet.data.end());
      if (echo) to_send.push_back(data);
      received.push_back(std::move(data));
      if (on_received) on_received();
      return verdict;
    };
    out.next_packet = [this](net::outgoing& next, instant) {
      if (to_send.empty()) return false;
      next.packet.append_bytes(to_send.front());
      to_send.pop_front();
      return true;
    };
    out.deadline = [this] { return due; };
    out.on_deadline = [this](instant) {
      ++deadlines;
      due = no_deadline;
      return std::error_code(transport_errc::timed_out);
    };
    out.settled = [this] { ++settled; };
    out.may_read = [this] { return reads; };
    out.write_stall = write_stall;
    return out;
  }
};

bytes packet_of(std::size_t size, std::uint8_t fill) {
  return bytes(size, fill);
}

// A client and a server connection over loopback.
class pair_of_connections : public testing::Test {
 protected:
  void connect(transport::stream_options options = {}) {
    net::listener server(loop.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    server.start([this](tcp::socket socket) {
      transport::server_options how;
      far = net::serve(std::move(socket), how, theirs.hooks());
      start(far, their_end);
    });
    tcp::socket socket(loop);
    socket.connect(server.address());
    near = std::make_shared<net::connection>(
        std::move(socket), transport::stream::client(options, crypto::system_random()),
        ours.hooks());
    start(near, our_end);
    run_until([&] { return far != nullptr; });
    server.stop();
  }
  void start(std::shared_ptr<net::connection> what, std::optional<std::error_code>& end) {
    asio::co_spawn(loop, what->run(), [&end, what](std::exception_ptr thrown, std::error_code ec) {
      if (thrown) std::rethrow_exception(thrown);
      end = ec;
    });
  }
  template <class Done>
  void run_until(Done done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < limit) {
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(done());
  }

  asio::io_context loop;
  postbox ours;
  postbox theirs;
  std::shared_ptr<net::connection> near;
  std::shared_ptr<net::connection> far;
  std::optional<std::error_code> our_end;
  std::optional<std::error_code> their_end;
};

}  // namespace

class every_framing : public pair_of_connections,
                      public testing::WithParamInterface<std::pair<transport::framing, bool>> {};

TEST_P(every_framing, carries_packets_both_ways_in_order) {
  transport::stream_options options;
  options.kind = GetParam().first;
  options.obfuscated = GetParam().second;
  theirs.echo = true;
  for (std::uint8_t i = 1; i <= 100; ++i) ours.to_send.push_back(packet_of(40 + 16u * i, i));
  ours.to_send.push_back(packet_of(24 + (1 << 20), 0xaa));
  connect(options);
  run_until([&] { return ours.received.size() == 101; });
  for (std::uint8_t i = 1; i <= 100; ++i)
    EXPECT_EQ(ours.received[i - 1], packet_of(40 + 16u * i, i));
  EXPECT_EQ(ours.received[100], packet_of(24 + (1 << 20), 0xaa));
  near->close(transport_errc::closed);
  run_until([&] { return our_end && their_end; });
}

INSTANTIATE_TEST_SUITE_P(framings, every_framing,
                         testing::Values(std::pair(transport::framing::abridged, false),
                                         std::pair(transport::framing::abridged, true),
                                         std::pair(transport::framing::intermediate, false),
                                         std::pair(transport::framing::intermediate, true),
                                         std::pair(transport::framing::padded_intermediate, false),
                                         std::pair(transport::framing::padded_intermediate, true),
                                         std::pair(transport::framing::full, false)));

TEST_F(pair_of_connections, says_that_the_peer_closed) {
  connect();
  far->close(transport_errc::flood);
  run_until([&] { return our_end && their_end; });
  EXPECT_EQ(*our_end, transport_errc::closed);
  EXPECT_EQ(*their_end, transport_errc::flood);
}

TEST_F(pair_of_connections, ends_with_what_the_machine_says) {
  connect();
  theirs.verdict = security_errc::bad_packet;
  ours.to_send.push_back(packet_of(40, 1));
  near->wake();
  run_until([&] { return our_end && their_end; });
  EXPECT_EQ(*their_end, security_errc::bad_packet);
}

TEST_F(pair_of_connections, gives_a_transport_error_after_what_was_due) {
  theirs.echo = true;
  theirs.on_received = [this] { far->close_with_transport_error(-404); };
  ours.to_send.push_back(packet_of(40, 1));
  connect();
  run_until([&] { return our_end && their_end; });
  EXPECT_EQ(ours.received.size(), 1u);
  EXPECT_EQ(*our_end, transport_errc::auth_key_unknown);
}

TEST_F(pair_of_connections, calls_the_machine_at_its_deadline) {
  connect();
  ours.due = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  near->wake();
  run_until([&] { return our_end.has_value(); });
  EXPECT_EQ(ours.deadlines, 1);
  EXPECT_EQ(*our_end, transport_errc::timed_out);
}

TEST_F(pair_of_connections, reads_no_more_than_the_machine_wants) {
  connect();
  theirs.echo = true;
  ours.to_send.push_back(packet_of(40, 1));
  near->wake();
  run_until([&] { return ours.received.size() == 1; });
  theirs.reads = false;
  // One read may be on its way already; after it nothing is taken, however much is sent.
  for (int i = 0; i < 64; ++i) ours.to_send.push_back(packet_of(24 + (256 << 10), 2));
  near->wake();
  run_until([&] { return near->writing() > 0 && loop.poll() == 0; });
  const std::size_t taken = theirs.received.size();
  EXPECT_LT(taken, 65u);
  theirs.reads = true;
  far->wake();
  run_until([&] { return ours.received.size() == 65; });
}

TEST_F(pair_of_connections, holds_a_peer_that_takes_nothing_for_dead) {
  theirs.reads = false;
  ours.write_stall = std::chrono::milliseconds(50);
  for (int i = 0; i < 64; ++i) ours.to_send.push_back(packet_of(std::size_t{1} << 20, 1));
  connect();
  run_until([&] { return our_end.has_value(); });
  EXPECT_EQ(*our_end, transport_errc::timed_out);
}

TEST_F(pair_of_connections, lets_the_machine_go_at_the_end) {
  connect();
  std::weak_ptr<net::connection> gone = near;
  near->close(transport_errc::closed);
  near.reset();
  run_until([&] { return our_end && their_end && gone.expired(); });
}

TEST_F(pair_of_connections, refuses_a_server_that_sends_garbage) {
  tcp::acceptor acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket socket(loop);
  socket.connect(acceptor.local_endpoint());
  tcp::socket peer = acceptor.accept();
  transport::stream_options options;
  options.kind = transport::framing::intermediate;
  options.obfuscated = false;
  near = std::make_shared<net::connection>(
      std::move(socket), transport::stream::client(options, crypto::system_random()), ours.hooks());
  start(near, our_end);
  const bytes garbage(4096, 0x7f);
  asio::write(peer, asio::const_buffer(garbage.data(), garbage.size()));
  run_until([&] { return our_end.has_value(); });
  EXPECT_EQ(*our_end, transport_errc::frame_too_large);
}

TEST(listener, says_which_port_is_taken) {
  asio::io_context loop;
  const tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
  const net::listener first(loop.get_executor(), any);
  try {
    const net::listener second(loop.get_executor(), first.address());
    FAIL() << "two listeners on one port";
  } catch (const error& e) {
    const std::string port = ":" + std::to_string(first.address().port());
    EXPECT_NE(std::string(e.what()).find(port), std::string::npos) << e.what();
  }
}
