// SPDX-License-Identifier: BSL-1.0
// Which of the files that a message carries are wanted, and what may be done to come by them.
#pragma once

#include <cstdint>
#include <string>

namespace mtfetch {

/// What to take of messages that offer several files.
struct media_choice {
  /// Of a photo the largest size, or this one, else the next smaller: "s" (100 pixels), "m" (320),
  /// "x" (800), "y" (1280), "w" (2560). https://core.telegram.org/api/files#image-thumbnail-types
  std::string photo_size;
  /// Of a video the file that was sent, or "best" (the most lines), or "1080p" and the like: so
  /// many lines, else the next fewer. https://core.telegram.org/api/files#video-qualities
  std::string quality;
  /// The picture that stands for the file instead of the file; of photos the size "m".
  bool thumb = false;
  /// Take what Telegram's own programs do not save: media of chats with protected content, bought
  /// media, media that delete themselves. For what one has the right to keep.
  bool allow_protected = false;
};

struct resolve_options {
  media_choice choice;
  /// An invite link's chat may be joined to read it.
  bool join = false;
  /// Of chats and topics: messages from `since` on and before `until`, unixtime, 0 for no bound;
  /// the newest first unless `oldest_first`. Ranges come as they are written, bots get all in the
  /// order of their ids.
  std::int64_t since = 0;
  std::int64_t until = 0;
  bool oldest_first = false;
};

/// Throws mtfetch::error (client_errc::bad_config) that names what is no setting.
void check(const resolve_options& options);

}  // namespace mtfetch
