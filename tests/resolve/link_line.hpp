// SPDX-License-Identifier: BSL-1.0
// A link in one line, for tables of them.
#pragma once

#include <mtfetch/link.hpp>

#include <string>
#include <string_view>

namespace mtfetch {

/// "message name 12 thread=5 single", "range channel:5 1-9", "chat user:7", "invite abc",
/// "story name 5", "other boost tg://boost?domain=a", "!malformed".
std::string in_one_line(const parsed_link& link);
inline std::string read_line(std::string_view text) {
  return in_one_line(parse_link(text));
}

}  // namespace mtfetch
