// SPDX-License-Identifier: BSL-1.0
// The one place where the clocks are read; everything below is handed what it says.
#pragma once

#include <mtfetch/instant.hpp>

namespace mtfetch::net {

inline instant now() {
  return instant{std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

}  // namespace mtfetch::net
