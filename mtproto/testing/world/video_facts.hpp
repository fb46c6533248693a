// SPDX-License-Identifier: BSL-1.0
// Duration and picture size of an MP4 file, for the video attribute of its document.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mtfetch::testing {

struct video_facts {
  double seconds = 0;
  std::int32_t width = 0;
  std::int32_t height = 0;
};

/// Reads the movie header and the track headers. Nothing when the file is not an MP4 or has no
/// picture track.
std::optional<video_facts> read_video_facts(const std::filesystem::path& file);

}  // namespace mtfetch::testing
