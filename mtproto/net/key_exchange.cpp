// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/key_exchange.hpp"

#include "mtproto/net/clock.hpp"
#include "mtproto/net/connection.hpp"
#include "mtproto/net/layered.hpp"
#include "mtproto/net/watchdog.hpp"

#include <mtfetch/error.hpp>

#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <array>
#include <optional>
#include <variant>

namespace mtfetch::net {
namespace {

// Feeds what has been received to the machine. Gives its next packet, if it has one.
result<std::optional<bytes>> feed(transport::stream& stream, handshake::client& machine) {
  while (auto next = stream.next()) {
    if (const auto* code = std::get_if<std::int32_t>(&*next)) {
      // No key is in use yet that could be unknown; and anything on the way answers POSTs with 404.
      const bool is_status = stream.kind() == transport::framing::http && *code == -404;
      return is_status ? transport_errc::server_error : transport_error(*code);
    }
    const auto* packet = std::get_if<transport::packet>(&*next);
    if (!packet) continue;
    auto reply = machine.receive(packet->data, now());
    if (!reply || *reply || machine.done()) return reply;
  }
  return std::optional<bytes>();
}

}  // namespace

asio::awaitable<keyed_socket> exchange_key(framed_socket way, handshake::client_options options,
                                           random_source random, time_point give_up,
                                           duration silence) {
  const auto executor = co_await asio::this_coro::executor;
  std::optional<watchdog> guard;
  const auto wait_from = [&](time_point begun) {
    guard.emplace(executor, give_up - begun < silence ? give_up : begun + silence, [&way] {
      std::error_code ignored;
      way.socket.close(ignored);
    });
  };
  const auto check = [&guard](std::error_code failed) {
    if (guard->bitten()) failed = transport_errc::timed_out;
    if (failed == asio::error::eof) failed = transport_errc::closed;
    if (failed) throw std::system_error(failed);
  };

  handshake::client machine(std::move(options), std::move(random));
  const bytes greeting = way.stream.greeting();
  std::optional<bytes> reply = machine.start(now());
  wait_from(now().mono);
  tl::packet_buffer packet;
  packet.append_bytes(greeting);
  const bool layered = !way.layers.empty();
  bytes from_wire(layered ? layered_read_size : 0);
  bytes plain;
  bytes to_wire;
  for (;;) {
    if (reply) {
      tl::packet_buffer framed;
      framed.append_bytes(*reply);
      check(way.stream.frame(framed));
      packet.append_bytes(std::as_const(framed).payload());
      reply.reset();
    }
    // Layers may have something to say of themselves, after the last packet too.
    if (layered && !packet.empty()) way.layers.send(std::as_const(packet).payload(), to_wire);
    const byte_view out = layered ? byte_view(to_wire) : std::as_const(packet).payload();
    std::error_code failed;
    if (!out.empty()) {
      co_await asio::async_write(way.socket, asio::const_buffer(out.data(), out.size()),
                                 asio::redirect_error(asio::use_awaitable, failed));
      check(failed);
    }
    packet.clear();
    to_wire.clear();
    if (machine.done()) break;
    const byte_span room = layered ? byte_span(from_wire) : way.stream.prepare();
    const asio::mutable_buffer target(room.data(), room.size());
    const std::size_t count = co_await way.socket.async_read_some(
        target, asio::redirect_error(asio::use_awaitable, failed));
    check(failed);
    wait_from(now().mono);
    const std::error_code unframed =
        layered ? take_layered(way.layers, way.stream, room.first(count), plain, to_wire)
                : way.stream.commit(count);
    auto next = feed(way.stream, machine);
    check(next ? unframed : next.error());
    reply = std::move(*next);
  }
  keyed_socket out{std::move(way), machine.take()};
  co_return out;
}

}  // namespace mtfetch::net
