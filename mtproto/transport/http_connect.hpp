// SPDX-License-Identifier: BSL-1.0
// The client's side of an HTTP proxy's CONNECT as a layer: RFC 9110, 9.3.6.
#pragma once

#include <mtfetch/bytes.hpp>
#include <string>
#include <system_error>

#include "mtproto/transport/destination.hpp"

namespace mtfetch::transport {

/// Asks the proxy for a tunnel; afterwards bytes pass as they are. Credentials go as Basic (RFC
/// 7617). Errors are proxy_errc; a refusal carries the HTTP status (proxy_refusal).
class http_connect_client {
 public:
  http_connect_client(destination to, credentials who) : to_(std::move(to)), who_(std::move(who)) {}

  void start(bytes& wire);
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return open_; }
  void send(byte_view plain, bytes& wire) { wire.insert(wire.end(), plain.begin(), plain.end()); }

 private:
  std::error_code take_line(const std::string& line);

  destination to_;
  credentials who_;
  std::string line_;      // as far as it has come
  std::size_t seen_ = 0;  // bytes of all lines of the answer
  int status_ = 0;        // 0: the status line has not come
  bool open_ = false;
};

}  // namespace mtfetch::transport
