// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/quantities.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace mtfetch::cli {

std::string size_text(std::int64_t bytes) {
  static constexpr std::array<const char*, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string rate_text(double rate) {
  if (rate <= 0) return "-";
  if (rate >= 1e9) return fmt::format("{:.2f} GB/s", rate / 1e9);
  if (rate >= 1e6) return fmt::format("{:.1f} MB/s", rate / 1e6);
  return fmt::format("{:.0f} kB/s", rate / 1e3);
}

std::string time_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 359999) return "-";
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole >= 3600) {
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace mtfetch::cli
