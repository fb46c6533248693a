// SPDX-License-Identifier: BSL-1.0
// Small proxies for tests: SOCKS5, HTTP CONNECT and MTProxy, and what goes wrong with them.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/proxy.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtfetch::proxy_test {

/// What a proxy does instead of its answer number `step`, counted from 0.
struct oddity {
  enum class kind { none, closes, is_silent, sends_garbage };
  kind what = kind::none;
  int step = 0;
};

struct proxy_options {
  proxy::kind what = proxy::kind::socks5;
  std::string user;  ///< with the password: who may use it; empty: anybody
  std::string password;
  bytes secret;  ///< of an MTProxy, in any of its three forms
  oddity odd;
  std::uint8_t reply = 0;           ///< SOCKS5: what a connection is answered with; 0: it is made
  int status = 200;                 ///< HTTP: the same
  std::int64_t clock_error = 0;     ///< seconds that an MTProxy's clock is ahead
  bytes other_key;                  ///< fake TLS: answers with this key, as any web site would
  std::size_t record_size = 16384;  ///< fake TLS: the most that one record carries
  bool classic_only = false;        ///< fake TLS: takes hellos of 517 bytes only
  /// How it refuses where `route` leads nowhere: SOCKS5 with reply 4, HTTP with 502.
  enum class manner { says_so, hangs_up, is_silent };
  manner refuses = manner::says_so;
  /// Looks into a connection that was made, at the first bytes beyond the proxy's own: false ends
  /// it, as a firewall would.
  std::function<bool(byte_view first)> may_pass;
  /// Where a connection leads: to a destination as it was asked for, or with an MTProxy to a data
  /// centre's number as text. Nothing: it is refused. Called on the executor.
  std::function<std::optional<asio::ip::tcp::endpoint>(const std::string& asked)> route;
};

/// What a proxy has seen; may be asked for from any thread.
struct proxy_counts {
  int accepted = 0;
  int dials = 0;    ///< connections begun
  int relayed = 0;  ///< connections that were made
  int refused = 0;  ///< MTProxy: wrong secret, wrong framing, stale or replayed
  std::vector<std::string> asked;
  std::vector<std::size_t> hellos;  ///< fake TLS: the sizes of those that were believed
};

/// Listens on 127.0.0.1 until it is destroyed.
class proxy_server {
 public:
  proxy_server(const asio::any_io_executor& executor, proxy_options how);
  ~proxy_server();
  proxy_server(const proxy_server&) = delete;
  proxy_server& operator=(const proxy_server&) = delete;

  /// As a client is told of it, login and secret included.
  proxy address() const;
  proxy_counts counts() const;

 private:
  friend struct proxy_client;
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace mtfetch::proxy_test
