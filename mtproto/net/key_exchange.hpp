// SPDX-License-Identifier: BSL-1.0
// Drives the key exchange's machine over a fresh connection, before its session begins.
#pragma once

#include "mtproto/handshake/client.hpp"
#include "mtproto/transport/layers.hpp"
#include "mtproto/transport/stream.hpp"

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

namespace mtfetch::net {

/// A socket, what stands over it (nothing on plain TCP; else open), and the framing state. What the
/// stream has to say first, its greeting, goes out with the first packet of whoever uses it.
struct framed_socket {
  asio::ip::tcp::socket socket;
  transport::stream stream;
  transport::layers layers = {};
};

/// What came of a key exchange: the key, and the connection it was made over, ready for a session.
struct keyed_socket {
  framed_socket way;
  handshake::established key;
};

/// Makes an authorization key. Throws std::system_error with the machine's security_errc or
/// protocol_errc, a transport_errc (timed_out after `give_up`, or when nothing came for `silence`),
/// or the socket's own error; the connection is closed then.
asio::awaitable<keyed_socket> exchange_key(framed_socket way, handshake::client_options options,
                                           random_source random, time_point give_up,
                                           duration silence = duration::max());

}  // namespace mtfetch::net
