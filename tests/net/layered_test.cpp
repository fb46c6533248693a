// SPDX-License-Identifier: BSL-1.0
// Opening layers over real sockets.
#include "mtproto/net/layered.hpp"

#include "tests/net/loop.hpp"

#include <mtfetch/error.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/write.hpp>

using namespace mtfetch;
using asio::ip::tcp;

namespace {

transport::layers one_proxy() {
  const transport::destination to{"10.0.0.1", {10, 0, 0, 1}, 443};
  std::vector<transport::layer> stack;
  stack.emplace_back(transport::socks5_client(to, transport::credentials()));
  return transport::layers(std::move(stack));
}

// Both ends of a connection over loopback.
struct two_sockets {
  explicit two_sockets(asio::io_context& loop) : near(loop), far(loop) {
    tcp::acceptor door(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    near.connect(door.local_endpoint());
    door.accept(far);
  }
  tcp::socket near;
  tcp::socket far;
};

std::error_code end_of_opening(const bytes& answers, bool then_close,
                               std::chrono::milliseconds limit) {
  asio::io_context loop;
  two_sockets ends(loop);
  asio::write(ends.far, asio::buffer(answers));
  if (then_close) ends.far.shutdown(tcp::socket::shutdown_send);
  std::error_code out;
  net_test::run(
      loop,
      [](tcp::socket* socket, time_point until, std::error_code* end) -> asio::awaitable<void> {
        transport::layers through = one_proxy();
        try {
          co_await net::open_layers(*socket, through, until);
        } catch (const std::system_error& e) {
          *end = e.code();
        }
      }(&ends.near, std::chrono::steady_clock::now() + limit, &out));
  return out;
}

const bytes granted = {5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0};

}  // namespace

TEST(open_layers, ends_when_they_are_open_or_cannot_be) {
  const std::chrono::seconds ample(20);
  EXPECT_FALSE(end_of_opening(granted, false, ample));
  bytes too_much = granted;
  too_much.push_back(0);
  EXPECT_EQ(end_of_opening(too_much, false, ample), transport_errc::bad_frame);
  EXPECT_EQ(end_of_opening({5, 0xff}, false, ample), proxy_errc::login_required);
  EXPECT_EQ(end_of_opening({5, 0}, true, ample), transport_errc::closed);
  EXPECT_EQ(end_of_opening({5, 0}, false, std::chrono::milliseconds(20)),
            transport_errc::timed_out);
}

TEST(open_layers, is_cancelled_with_whoever_waits_for_it) {
  asio::io_context loop;
  two_sockets ends(loop);
  asio::cancellation_signal stop;
  std::exception_ptr thrown;
  const auto work = [](tcp::socket* socket) -> asio::awaitable<void> {
    transport::layers through = one_proxy();
    co_await net::open_layers(*socket, through, no_deadline);
  };
  asio::co_spawn(
      loop, work(&ends.near),
      asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& e) { thrown = e; }));
  loop.poll();
  stop.emit(asio::cancellation_type::terminal);
  loop.restart();
  loop.run_for(std::chrono::seconds(5));
  EXPECT_TRUE(thrown != nullptr);
}
