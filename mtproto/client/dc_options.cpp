// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/dc_options.hpp"

#include <asio/ip/address.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace mtfetch::client_impl {
namespace {

std::optional<dc_option> read(const api::dcOption& from) {
  std::error_code ec;
  const asio::ip::address address = asio::ip::make_address(from.ip_address, ec);
  if (ec || address.is_v6() != from.ipv6 || from.id < 1 || from.port < 1 ||
      from.port > std::numeric_limits<std::uint16_t>::max()) {
    return std::nullopt;
  }
  dc_option out;
  out.id = from.id;
  out.ip = from.ip_address;
  out.port = static_cast<std::uint16_t>(from.port);
  out.ipv6 = from.ipv6;
  out.media_only = from.media_only;
  out.cdn = from.cdn;
  out.tcpo_only = from.tcpo_only;
  out.static_ = from.static_;
  out.this_port_only = from.this_port_only;
  if (from.secret) out.secret.assign(from.secret->view().begin(), from.secret->view().end());
  return out;
}

}  // namespace

network with_current_addresses(network known, const api::config& answer) {
  std::vector<dc_option> merged;
  const auto add = [&merged](const dc_option& option) {
    if (std::ranges::find(merged, option) == merged.end()) merged.push_back(option);
  };
  for (const api::dcOption& option : answer.dc_options) {
    if (const auto valid = read(option)) add(*valid);
  }
  for (const dc_option& option : known.dcs) add(option);
  known.dcs = std::move(merged);
  return known;
}

}  // namespace mtfetch::client_impl
