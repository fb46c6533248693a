// SPDX-License-Identifier: BSL-1.0
// What stands between a TCP socket and the framing on ways that are not plain TCP.
#pragma once

#include <cstddef>
#include <mtfetch/bytes.hpp>
#include <system_error>
#include <variant>
#include <vector>

#include "mtproto/transport/fake_tls.hpp"
#include "mtproto/transport/http_connect.hpp"
#include "mtproto/transport/socks5.hpp"
#include "mtproto/transport/tls.hpp"
#include "mtproto/transport/websocket.hpp"

namespace mtfetch::transport {

/// One layer: a machine without I/O. Each alternative has
///   void start(bytes& wire);         appends what opens the layer; may be nothing
///   std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
///                                    appends decoded bytes to `plain` and answers to `wire`
///   bool is_open() const;            send only afterwards
///   void send(byte_view plain, bytes& wire);   appends the encoded bytes
/// This list is the only place that names them all.
using layer = std::variant<socks5_client, http_connect_client, fake_tls_client, tls,
                           websocket_client, websocket_server>;

/// Layers over one socket. They are opened one after another from the socket upwards; what is left
/// of one layer's opening goes on to the next. Move-only in effect: it is one connection's state.
class layers {
 public:
  layers() = default;
  explicit layers(std::vector<layer> from_socket_upwards);

  /// Without layers bytes need not pass through here at all.
  bool empty() const { return stack_.empty(); }
  /// Appends what opens the lowest layer.
  void start(bytes& wire);
  /// Takes bytes from the socket: appends what came through all layers to `plain`, and to `wire`
  /// what has to be sent now. An error ends the connection: what came before it is in `plain`, and
  /// nothing more is taken.
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return open_ == stack_.size(); }
  /// Puts one more layer on top of those that are open and begins to open it: how a server finds
  /// out what its client speaks.
  /// `first` is what it is to begin with: bytes that came through the layers below already.
  std::error_code add(layer next, byte_view first, bytes& plain, bytes& wire);
  /// Appends to `wire` what `plain` becomes on the socket. Only when it is open.
  void send(byte_view plain, bytes& wire);

 private:
  std::error_code receive_from(std::size_t lowest, byte_view data, bytes& plain, bytes& wire);
  void open_next(bytes& wire);
  void send_below(std::size_t top, byte_view data, bytes& wire);

  std::vector<layer> stack_;
  std::size_t open_ = 0;  // so many of the lowest are open
  std::error_code failed_;
};

}  // namespace mtfetch::transport
