// SPDX-License-Identifier: BSL-1.0
// Which parts of a file upload.getFile may be asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mtfetch::testing {

enum class part_mode { normal, precise };

/// The name of Telegram's error for a part that may not be asked for, or nothing.
/// https://core.telegram.org/api/files#downloading-files
std::optional<std::string_view> refuse_part(std::int64_t offset, std::int32_t limit,
                                            part_mode mode);

}  // namespace mtfetch::testing
