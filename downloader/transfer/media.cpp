// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/media.hpp>

namespace mtfetch {

std::string_view to_string(media_kind kind) {
  switch (kind) {
    case media_kind::document:
      return "document";
    case media_kind::video:
      return "video";
    case media_kind::round_video:
      return "round video";
    case media_kind::audio:
      return "audio";
    case media_kind::voice:
      return "voice";
    case media_kind::animation:
      return "animation";
    case media_kind::sticker:
      return "sticker";
    case media_kind::photo:
      return "photo";
  }
  return "file";
}

}  // namespace mtfetch
