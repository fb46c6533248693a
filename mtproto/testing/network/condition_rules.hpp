// SPDX-License-Identifier: BSL-1.0
// Which conditions make sense.
#pragma once

#include <mtfetch/network_conditions.hpp>
#include <optional>
#include <string>

namespace mtfetch::testing {

/// A sentence that names the first condition with a value that none can have (a chance of 1.5, a
/// time below 0), or nothing.
std::optional<std::string> wrong_with(const network_conditions& conditions);

}  // namespace mtfetch::testing
