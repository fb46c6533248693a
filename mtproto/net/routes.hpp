// SPDX-License-Identifier: BSL-1.0
// From the list of fallbacks to addresses: what may be tried to reach one data centre, step by
// step.
#pragma once

#include "mtproto/net/dialing.hpp"
#include "mtproto/net/fallbacks.hpp"
#include "mtproto/net/way_memory.hpp"

#include <mtfetch/network.hpp>
#include <mtfetch/proxy.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mtfetch::net {

/// One step: a way, and the addresses that race on it. For way::websocket there are hosts instead,
/// whose addresses the name service tells.
struct step {
  std::string name = {};  ///< what way_memory calls all of it
  way by = way::tcp;
  std::vector<dc_option> addresses;
  std::vector<web_host> hosts;
};

struct route_wishes {
  purpose what = purpose::calls;
  bool obfuscated = true;
  way pinned = way::automatic;  ///< only this way
  bool ipv6_first = true;
  /// A proxy stands between. A SOCKS5 or HTTP one is asked for everything on the list. An MTProxy
  /// chooses the address and takes nothing but its own framing, so that it is asked once.
  std::optional<proxy::kind> through;
};

/// What way_memory calls a way: "TCP 149.154.167.51:443".
std::string name_of(way by, const dc_option& at);
std::string name_of(const web_host& at);

/// The steps in order, those without an address left out. Ways that are blocked are left out, and
/// with them steps that are, or where all are; when everything is blocked, it is as if nothing
/// were. Of a step's addresses those that lately did no good come last.
std::vector<step> steps_to(const network& network, int dc, const route_wishes& wishes,
                           const way_memory& memory, time_point now);

}  // namespace mtfetch::net
