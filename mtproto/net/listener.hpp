// SPDX-License-Identifier: BSL-1.0
// The server's side of net: accepting sockets, and a connection for each.
#pragma once

#include "mtproto/net/connection.hpp"

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <functional>
#include <memory>

namespace mtfetch::net {

/// Accepts TCP connections until it is stopped or destroyed. One executor.
class listener {
 public:
  using accepted = std::function<void(asio::ip::tcp::socket)>;

  /// Binds and listens at once; port 0 takes any free one. Throws mtfetch::error that names the
  /// address when it cannot. Nothing is accepted before start().
  listener(const asio::any_io_executor& executor, const asio::ip::tcp::endpoint& at);
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  /// The address with the port that was taken.
  asio::ip::tcp::endpoint address() const;
  /// Calls `on_socket` for each connection, its TCP_NODELAY set. It may destroy the listener.
  void start(accepted on_socket);
  /// Closes the port. Connections already accepted go on.
  void stop();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// A connection of the server's side: it recognises framing and obfuscation from the first bytes,
/// and takes off the layers that it has doors for. Start it with run().
std::shared_ptr<connection> serve(asio::ip::tcp::socket socket, transport::server_options options,
                                  machine driven, doors open = {});

}  // namespace mtfetch::net
