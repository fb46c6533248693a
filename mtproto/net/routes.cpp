// SPDX-License-Identifier: BSL-1.0
#include "mtproto/net/routes.hpp"

#include <algorithm>

namespace mtfetch::net {
namespace {

dc_option at_port(dc_option option, std::uint16_t port) {
  option.port = port;
  return option;
}

void add_new(std::vector<dc_option>& to, const dc_option& option) {
  const bool known = std::ranges::any_of(
      to, [&](const dc_option& one) { return one.ip == option.ip && one.port == option.port; });
  if (!known) to.push_back(option);
}

// Port by port, so that the addresses of one port, which alternate between the families, race
// first.
std::vector<dc_option> at_other_ports(const std::vector<dc_option>& own) {
  std::vector<dc_option> out;
  for (const std::uint16_t port : other_ports) {
    for (const dc_option& option : own) {
      const bool is_own = std::ranges::any_of(
          own, [&](const dc_option& one) { return one.ip == option.ip && one.port == port; });
      if (!option.this_port_only && !is_own) add_new(out, at_port(option, port));
    }
  }
  return out;
}

std::vector<dc_option> at_http_ports(const std::vector<dc_option>& own) {
  std::vector<dc_option> out;
  for (const dc_option& option : own) {
    if (option.tcpo_only || !option.secret.empty()) continue;  // HTTP cannot be obfuscated
    add_new(out, option.this_port_only ? option : at_port(option, http_port));
  }
  return out;
}

// The number of the data centre and whether it is the one for media.
std::vector<dc_option> as_an_mtproxy_sees_them(const std::vector<dc_option>& own) {
  std::vector<dc_option> out;
  for (const dc_option& option : own) {
    const bool told = std::ranges::any_of(
        out, [&](const dc_option& one) { return one.media_only == option.media_only; });
    if (!told) out.push_back(option);
  }
  return out;
}

step make_step(const fallback& from, const network& network, int dc, const route_wishes& wishes) {
  step out;
  out.name = std::string(from.name) + (from.at == ports::own ? "" : " elsewhere") +
             " to data centre " + std::to_string(dc);
  out.by = from.by;
  if (from.by == way::websocket) {
    for (const web_host& at : network.web) {
      if (at.dc == dc) out.hosts.push_back(at);
    }
    return out;
  }
  const bool mtproxy = wishes.through == proxy::kind::mtproxy;
  const way_order order{wishes.ipv6_first, wishes.through.has_value()};
  out.addresses = ways_to(network, dc, wishes.what, wishes.obfuscated || mtproxy, order);
  if (mtproxy) {
    out.addresses = as_an_mtproxy_sees_them(out.addresses);
  } else if (from.by == way::http) {
    out.addresses = at_http_ports(out.addresses);
  } else if (from.at == ports::others) {
    out.addresses = at_other_ports(out.addresses);
  }
  return out;
}

}  // namespace

std::string name_of(way by, const dc_option& at) {
  return (by == way::http ? "HTTP " : "TCP ") + to_text(at);
}

std::string name_of(const web_host& at) {
  return "WebSocket " + at.host + ":" + std::to_string(at.port);
}

std::vector<step> steps_to(const network& network, int dc, const route_wishes& wishes,
                           const way_memory& memory, time_point now) {
  std::vector<step> all;
  std::vector<step> open;
  const bool mtproxy = wishes.through == proxy::kind::mtproxy;
  for (const fallback& from : fallbacks) {
    if (mtproxy) {
      if (from.by != way::tcp || from.at != ports::own) continue;
    } else if (wishes.pinned != way::automatic && wishes.pinned != from.by) {
      continue;
    }
    step whole = make_step(from, network, dc, wishes);
    if (whole.addresses.empty() && whole.hosts.empty()) continue;
    std::stable_partition(whole.addresses.begin(), whole.addresses.end(), [&](const dc_option& at) {
      return !memory.behind(name_of(whole.by, at), now);
    });
    step rest = whole;
    std::erase_if(rest.addresses,
                  [&](const dc_option& at) { return memory.blocked(name_of(whole.by, at), now); });
    std::erase_if(rest.hosts, [&](const web_host& at) { return memory.blocked(name_of(at), now); });
    const bool any = !rest.addresses.empty() || !rest.hosts.empty();
    if (any && !memory.blocked(whole.name, now)) open.push_back(std::move(rest));
    all.push_back(std::move(whole));
  }
  return open.empty() ? all : open;
}

}  // namespace mtfetch::net
