// SPDX-License-Identifier: BSL-1.0
// Reaching a data centre: which of its addresses, in which order, and the race between them.
#pragma once

#include <mtfetch/instant.hpp>
#include <mtfetch/network.hpp>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mtfetch::net {

/// What a connection is for.
enum class purpose {
  calls,  ///< the API
  files,  ///< upload and download, with the login
  cdn,    ///< a CDN data centre, which knows no logins
};

/// Which addresses lead.
struct way_order {
  bool ipv6_first = true;     ///< RFC 8305, 4: IPv6 leads and the families alternate
  bool behind_proxy = false;  ///< the `static` ones lead: the proxy may know no others
};

/// The addresses of a data centre that may be dialled, best first. These are the rules of dcOption:
///   media_only      for files and CDN only, where it leads; never for calls
///   cdn             for purpose::cdn, and there no others
///   tcpo_only       only obfuscated, and never over HTTP (routes.cpp)
///   secret          the same; left out when it is none
///   ipv6            leads and alternates with IPv4, or follows: `order`
///   static_         leads behind a proxy
///   this_port_only  no other port is tried, HTTP included (routes.cpp)
/// https://core.telegram.org/constructor/dcOption
std::vector<dc_option> ways_to(const network& network, int dc, purpose what, bool obfuscated,
                               way_order order = {});

/// When the attempts of a race begin: RFC 8305, 5. No I/O and no clock.
class race_schedule {
 public:
  race_schedule(std::size_t ways, duration stagger, time_point give_up)
      : ways_(ways), stagger_(stagger), give_up_(give_up) {}

  /// The attempt that is to begin now; call it until it gives none.
  std::optional<std::size_t> begin(time_point now);
  /// One of those begun has failed: the next need not wait.
  void failed() {
    ++failed_;
    next_at_ = time_point::min();
  }
  /// Whether no attempt is left that could succeed.
  bool lost(time_point now) const { return failed_ == ways_ || now >= give_up_; }
  /// When to ask again if nothing happens before.
  time_point wake() const { return begun_ < ways_ ? std::min(next_at_, give_up_) : give_up_; }

 private:
  std::size_t ways_;
  duration stagger_;
  time_point give_up_;
  std::size_t begun_ = 0;
  std::size_t failed_ = 0;
  time_point next_at_ = time_point::min();
};

struct dial_options {
  /// How long one address is waited for before the next one joins the race (RFC 8305, 8).
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
