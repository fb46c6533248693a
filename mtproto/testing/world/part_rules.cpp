// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/part_rules.hpp"

#include <limits>

namespace mtfetch::testing {

namespace {
constexpr std::int64_t window = 1 << 20;
}

std::optional<std::string_view> refuse_part(std::int64_t offset, std::int32_t limit,
                                            part_mode mode) {
  const std::int64_t grain = mode == part_mode::precise ? 1024 : 4096;
  if (offset < 0 || offset % grain != 0 ||
      offset > std::numeric_limits<std::int64_t>::max() - window) {
    return "OFFSET_INVALID";
  }
  if (limit <= 0 || limit > window || limit % grain != 0) return "LIMIT_INVALID";
  if (mode == part_mode::normal && window % limit != 0) return "LIMIT_INVALID";
  // A part lies within one aligned window of 1 MiB.
  if (offset / window != (offset + limit - 1) / window) return "LIMIT_INVALID";
  return std::nullopt;
}

}  // namespace mtfetch::testing
