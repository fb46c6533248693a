// SPDX-License-Identifier: BSL-1.0
// The client's side of SOCKS5 as a layer: RFC 1928, and RFC 1929 for user name and password.
#pragma once

#include <mtfetch/bytes.hpp>
#include <system_error>

#include "mtproto/transport/destination.hpp"

namespace mtfetch::transport {

/// Asks the proxy for a connection; afterwards bytes pass as they are. With credentials both ways
/// of RFC 1928 are offered, without them only "no authentication". Errors are proxy_errc, one for
/// each reply of the proxy.
class socks5_client {
 public:
  /// Host name, user name and password have at most 255 bytes; what is longer cannot be said and
  /// ends the opening with proxy_errc::too_long.
  socks5_client(destination to, credentials who) : to_(std::move(to)), who_(std::move(who)) {}

  void start(bytes& wire);
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return waits_for_ == reply::none; }
  void send(byte_view plain, bytes& wire) { wire.insert(wire.end(), plain.begin(), plain.end()); }

 private:
  enum class reply { method, login, connection, none };
  std::error_code take_method(bytes& wire);
  std::error_code take_login(bytes& wire);
  std::error_code take_connection();
  void ask_for_connection(bytes& wire);
  bool too_long() const;

  destination to_;
  credentials who_;
  reply waits_for_ = reply::method;
  bytes input_;            // of a reply that is not whole yet
  std::size_t taken_ = 0;  // how much of it the reply just taken had; 0: it is not whole
};

}  // namespace mtfetch::transport
