// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/layered.hpp"

#include "mtproto/net/watchdog.hpp"

#include <mtfetch/error.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>

namespace mtfetch::net {

using asio::ip::tcp;

asio::awaitable<void> open_layers(tcp::socket& socket, transport::layers& through,
                                  time_point give_up) {
  const auto executor = co_await asio::this_coro::executor;
  watchdog guard(executor, give_up, [&socket] {
    std::error_code ignored;
    socket.close(ignored);
  });
  const auto check = [&guard](std::error_code failed) {
    if (guard.bitten()) failed = transport_errc::timed_out;
    if (failed == asio::error::eof) failed = transport_errc::closed;
    if (failed) throw std::system_error(failed);
  };

  bytes wire;
  bytes plain;
  bytes room(layered_read_size);
  through.start(wire);
  for (;;) {
    std::error_code failed;
    if (!wire.empty()) {
      const asio::const_buffer out(wire.data(), wire.size());
      co_await asio::async_write(socket, out, asio::redirect_error(asio::use_awaitable, failed));
      check(failed);
      wire.clear();
    }
    if (through.is_open()) break;
    const asio::mutable_buffer target(room.data(), room.size());
    const std::size_t count =
        co_await socket.async_read_some(target, asio::redirect_error(asio::use_awaitable, failed));
    check(failed);
    check(through.receive(byte_view(room).first(count), plain, wire));
    // In MTProto the client speaks first.
    if (!plain.empty()) check(transport_errc::bad_frame);
  }
}

std::error_code commit_all(transport::stream& stream, byte_view plain) {
  while (!plain.empty()) {
    const byte_span room = stream.prepare();
    const std::size_t n = std::min(room.size(), plain.size());
    std::copy_n(plain.begin(), n, room.begin());
    plain = plain.subspan(n);
    if (const std::error_code bad = stream.commit(n)) return bad;
  }
  return {};
}

std::error_code take_layered(transport::layers& through, transport::stream& stream,
                             byte_view from_wire, bytes& plain, bytes& answers) {
  plain.clear();
  const std::error_code failed = through.receive(from_wire, plain, answers);
  const std::error_code unframed = commit_all(stream, plain);
  return unframed ? unframed : failed;
}

}  // namespace mtfetch::net
