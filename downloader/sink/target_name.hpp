// SPDX-License-Identifier: BSL-1.0
// Names of targets: numbered where one is taken. (Declared in <mtfetch/media.hpp>: safe_file_name.)
#pragma once

#include <mtfetch/media.hpp>

#include <filesystem>

namespace mtfetch::sink {

/// "film.mp4" for 0, "film (1).mp4" for 1.
std::filesystem::path numbered(const std::filesystem::path& target, int number);

}  // namespace mtfetch::sink
