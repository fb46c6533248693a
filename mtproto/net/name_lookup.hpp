// SPDX-License-Identifier: BSL-1.0
// From a host's name to addresses.
#pragma once

#include <mtfetch/instant.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch::net {

/// The addresses of a name, in the system's order with the families alternating (RFC 8305, 4); an
/// address in text is its own. Asks the system's resolver, in a thread of Asio's. Throws
/// std::system_error: the resolver's error, or transport_errc::timed_out.
asio::awaitable<std::vector<asio::ip::tcp::endpoint>> look_up(std::string host, std::uint16_t port,
                                                              time_point give_up);

}  // namespace mtfetch::net
