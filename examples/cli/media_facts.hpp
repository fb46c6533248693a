// SPDX-License-Identifier: BSL-1.0
// What a file is and where it came from, as JSON events say it.
#pragma once

#include <mtfetch/media.hpp>
#include <nlohmann/json_fwd.hpp>

namespace mtfetch::cli {

/// link, chat, message, kind, size ...: one object, the same wherever a file is told of. Names and
/// ids that it does not have are left out.
nlohmann::ordered_json media_facts(const media& file);

}  // namespace mtfetch::cli
