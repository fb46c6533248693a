// SPDX-License-Identifier: BSL-1.0
// Where a proxy is asked to connect to.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <string>

namespace mtfetch::transport {

/// A host and a TCP port. An address of 4 or 16 bytes is asked for as such; without one the proxy
/// resolves the name.
struct destination {
  std::string host;  ///< a name, or the address in text without brackets
  bytes address;     ///< network order; empty when `host` is a name
  std::uint16_t port = 0;
};

/// What a proxy is told about its user; both empty: nothing.
struct credentials {
  std::string user;
  std::string password;
  bool empty() const { return user.empty() && password.empty(); }
};

}  // namespace mtfetch::transport
