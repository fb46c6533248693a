// SPDX-License-Identifier: BSL-1.0
// The addresses that help.getConfig gives, merged into those built in.
#pragma once

#include <mtfetch/api/base.hpp>
#include <mtfetch/network.hpp>

namespace mtfetch::client_impl {

/// The network with the answer's addresses first and its own behind them, without doubles. Entries
/// that make no sense (an address that is none, a port out of range) are left out: they came from
/// outside. https://core.telegram.org/constructor/dcOption
network with_current_addresses(network known, const api::config& answer);

}  // namespace mtfetch::client_impl
