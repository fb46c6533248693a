// SPDX-License-Identifier: BSL-1.0
// From addresses and a proxy to a framed socket: dialling, layers and stream in one place.
#pragma once

#include "mtproto/net/dialing.hpp"
#include "mtproto/net/key_exchange.hpp"
#include "mtproto/transport/buffer_pool.hpp"
#include "mtproto/transport/tls.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/proxy.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace mtfetch::net {

/// What way is wanted, and all that it needs.
struct way_plan {
  int dc = 0;
  bool test = false;                 ///< the data centre is one of the test network
  way by = way::tcp;                 ///< not automatic: steps_to makes that out
  std::vector<dc_option> addresses;  ///< as ways_to gives them; not for way::websocket
  std::vector<web_host> hosts;       ///< for way::websocket
  std::optional<transport::tls_context> authorities;  ///< for way::websocket: whom to trust
  std::optional<proxy> through;  ///< then nothing but the proxy is connected to
  transport::framing framing = transport::framing::padded_intermediate;
  bool obfuscated = true;
  browser_hello hello = browser_hello::current;  ///< for secrets of fake TLS: which is said first
  /// How far in the past the hello's time lies: proxies take it ten minutes late, but hardly early.
  std::chrono::seconds lean{30};
  dial_options dialling;
  random_source random;
  std::optional<transport::buffer_pool> buffers;
};

struct opened_way {
  framed_socket way;
  dc_option address;  ///< of the data centre; with an MTProxy it is the proxy that chooses one
  std::int32_t dc_field = 0;                     ///< how the data centre is named on this way
  std::string name;                              ///< of the way, for way_memory
  browser_hello hello = browser_hello::current;  ///< the one that was taken, where one was said
};

/// The code of the error when the proxy itself takes no connection: of the generic category, since
/// it is neither a way's failure nor a proxy's answer.
inline const std::error_code proxy_is_not_there = std::make_error_code(std::errc::host_unreachable);

/// Connects and opens what stands between socket and framing. Addresses race when they are dialled;
/// a SOCKS5 or HTTP proxy is asked for them one after another as long as what fails
/// concerns_the_address; an MTProxy is told the data centre's number. An address with a secret, and
/// every MTProxy, is obfuscated with it, in a framing that it takes: padded where the secret wants
/// that or `framing` cannot be obfuscated. Where fake TLS is refused the other hello is said, with
/// a time further in the past. WebSocket's hosts are looked up, race, and must prove
/// their names by TLS. Throws mtfetch::error whose sentence names the data centre, the proxy and
/// what failed, and no secret.
asio::awaitable<opened_way> open_way(way_plan plan);

/// Whether this failure is of the address, so that another address, port or way may do better; and
/// not the proxy's own, who is not there, is no proxy, or does not want this user.
bool concerns_the_address(std::error_code why, const std::optional<proxy>& through);

/// Where a data centre was looked for: "at 149.154.167.51:443", or with a proxy "at
/// 149.154.167.51:443 through the SOCKS5 proxy 127.0.0.1:1080".
std::string place(const dc_option& at, const std::optional<proxy>& through);

}  // namespace mtfetch::net
