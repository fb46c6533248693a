// SPDX-License-Identifier: BSL-1.0
// The server's half of a key exchange on a connection, and what it may do wrong.
#pragma once

#include "mtproto/crypto/random.hpp"
#include "mtproto/handshake/server.hpp"
#include "mtproto/net/listener.hpp"

#include <mtfetch/error.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/ip/tcp.hpp>

#include <deque>
#include <memory>
#include <optional>

namespace mtfetch::net_test {

// Generating a key takes a good part of a second; one is enough for all tests here.
inline const crypto::rsa_private_key& server_key() {
  static const crypto::rsa_private_key key = crypto::rsa_private_key::generate();
  return key;
}

// The server's half on a connection. At one packet, counted from 0, it does something else.
struct key_server : std::enable_shared_from_this<key_server> {
  enum class oddity { none, closes, is_silent, refuses, sends_garbage };

  key_server(oddity what, int when) : odd(what), at(when) {}

  void serve(asio::ip::tcp::socket socket) {
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

}  // namespace mtfetch::net_test
