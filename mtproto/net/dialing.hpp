// SPDX-License-Identifier: BSL-1.0
// Reaching a data centre: which of its addresses, in which order, and the race between them.
#pragma once

#include <mtfetch/network.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace mtfetch::net {

/// What a connection is for.
enum class purpose { calls, files };

/// The addresses of a data centre that may be dialled, best first: for files the media_only ones
/// lead. Left out: other purposes' addresses, those whose secret is none, and when `obfuscated` is
/// false those that take nothing else or want a secret. IPv4 and IPv6 alternate.
std::vector<dc_option> ways_to(const network& network, int dc, purpose what, bool obfuscated);

struct dial_options {
  /// How long one address is waited for before the next one joins the race.
  std::chrono::milliseconds stagger{250};
  /// How long all of it may take.
  std::chrono::milliseconds timeout{10000};
  /// What errors call it; empty: the data centre.
  std::string target = {};
};

struct dialled {
  asio::ip::tcp::socket socket;
  dc_option way;  ///< the address that won
};

/// Connects to the first address that answers. They are tried in order, the next one joining after
/// the stagger or at once when one fails; the losers are closed. The socket has TCP_NODELAY.
/// Throws mtfetch::error (transport_errc::unreachable) that names the data centre, each address
/// tried and why it failed.
asio::awaitable<dialled> dial(int dc, std::vector<dc_option> ways, dial_options options);

/// "149.154.167.51:443", "[2001:67c:4e8:f002::a]:443".
std::string to_text(const dc_option& way);

}  // namespace mtfetch::net
