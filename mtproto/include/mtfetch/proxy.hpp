// SPDX-License-Identifier: BSL-1.0
// A proxy to reach data centres through: SOCKS5, HTTP CONNECT or MTProxy.
#pragma once

#include <mtfetch/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mtfetch {

/// A plain value. When a client has one, it connects to nothing else.
struct proxy {
  enum class kind {
    socks5,   ///< RFC 1928; host names beyond it are resolved by the proxy
    http,     ///< a tunnel by CONNECT
    mtproxy,  ///< Telegram's own kind
  };
  kind what = kind::socks5;
  std::string host;        ///< a name or an address without brackets
  std::uint16_t port = 0;  ///< TCP port, host order
  std::string user;        ///< SOCKS5 and HTTP; with the password empty: no login
  std::string password;
  bytes secret;  ///< MTProxy: 16 bytes; dd and 16 bytes; ee, 16 bytes and a domain

  /// Reads one of
  ///   socks5://[user:password@]host:port (socks5h is the same)
  ///   http://[user:password@]host:port
  ///   tg://proxy?server=&port=&secret=    and the same behind https://t.me/
  ///   tg://socks?server=&port=&user=&pass=
  /// Throws mtfetch::error (client_errc::bad_config) whose sentence begins with `origin` and says
  /// what is wrong with which part; nothing of the text is repeated in it, since it may be secret.
  static proxy parse(std::string_view text, const std::string& origin = "proxy");

  /// Kind, host and port and nothing secret: "the SOCKS5 proxy 127.0.0.1:1080".
  std::string to_text() const;

  friend bool operator==(const proxy&, const proxy&) = default;
};

/// What a fake-TLS connection, one to a secret that begins with ee, looks like to who watches it.
enum class browser_hello {
  current,  ///< a browser of 2025: about 1.7 KB with X25519MLKEM768, as the official apps say it
  classic,  ///< 517 bytes, which browsers no longer say and censors know: for proxies too old for
            ///< the other
};

/// What MTFETCH_PROXY says, else ALL_PROXY, else all_proxy; nothing when none of them is set, or
/// the first that is says "none". The last two may be of the kinds socks5, socks5h and http only.
/// Throws as proxy::parse does, the variable's name for `origin`.
std::optional<proxy> proxy_from_env();

}  // namespace mtfetch
