// SPDX-License-Identifier: BSL-1.0
// The ways to a data centre in the order in which they are tried: this list is the rule.
#pragma once

#include <mtfetch/network.hpp>

#include <array>
#include <cstdint>

namespace mtfetch::net {

enum class ports { own, others, web };

struct fallback {
  way by;
  ports at;
  const char* name;  ///< as errors and logs call it
};

/// A client goes down one step when everything on the steps before was blocked, and up again when
/// what it remembers of that has lapsed (way_memory). The addresses of one step race; a SOCKS5 or
/// HTTP proxy is asked for them one after another instead, an MTProxy for the first step only.
inline constexpr std::array<fallback, 4> fallbacks = {{
    {way::tcp, ports::own, "TCP"},              // obfuscated, at the port of the dcOption
    {way::tcp, ports::others, "TCP"},           // the same at `other_ports`
    {way::websocket, ports::web, "WebSocket"},  // over TLS, where networks let only the web through
    {way::http, ports::others, "HTTP"},         // the last resort: no stream, one POST a packet
}};

/// Where Telegram listens beside the port of a dcOption without this_port_only, in this order.
/// https://core.telegram.org/mtproto/transports
inline constexpr std::array<std::uint16_t, 3> other_ports = {443, 80, 5222};
/// Where it takes HTTP.
inline constexpr std::uint16_t http_port = 80;

}  // namespace mtfetch::net
