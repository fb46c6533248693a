// SPDX-License-Identifier: BSL-1.0
// Sizes, rates and times as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace mtfetch::cli {

/// 1536 -> "1.5 KiB"
std::string size_text(std::int64_t bytes);
/// bytes a second -> "12.3 MB/s"; "-" where it is not known yet
std::string rate_text(double rate);
/// seconds -> "0:07", "12:34", "1:02:03"
std::string time_text(double seconds);

}  // namespace mtfetch::cli
