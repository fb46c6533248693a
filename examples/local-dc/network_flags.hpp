// SPDX-License-Identifier: BSL-1.0
// The flags of mtfetch-dc that say what the network is like.
#pragma once

#include <cstdint>
#include <mtfetch/network_conditions.hpp>
#include <string>

namespace CLI {
class App;
}

namespace mtfetch::local_dc {

/// Adds --round-trip, --connection-rate and the others; what they say lands in `to`.
void add_network_flags(CLI::App& app, testing::network_conditions& to);

/// 6MB, 6MiB, 500KB, 500KiB, 6000000: bytes. Throws mtfetch::error that names what it is not.
std::int64_t parse_size(const std::string& text);
/// 50ms, 2s, 1.5s. Throws mtfetch::error.
duration parse_time(const std::string& text);
/// 1%, 0.5%: a share of 1, from 0 to 1. Throws mtfetch::error.
double parse_percentage(const std::string& text);

}  // namespace mtfetch::local_dc
