// SPDX-License-Identifier: BSL-1.0
// One media file of a message: what it is, where it lies, and where it was found.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/peer_kind.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace mtfetch {

/// What a file is to Telegram: a document by its attributes, or a photo.
enum class media_kind { document, video, round_video, audio, voice, animation, sticker, photo };

/// "video", "photo", ... for people and for JSON.
std::string_view to_string(media_kind kind);

/// A message, as calls name it.
struct message_place {
  peer_kind chat_type = peer_kind::channel;
  std::int64_t chat_id = 0;      ///< bare positive id
  std::int64_t access_hash = 0;  ///< of the chat, for this account
  std::int32_t message_id = 0;
};

/// The message or story that a file was found in. From it a file reference is read anew when it
/// lapses. https://core.telegram.org/api/file-references
struct media_origin {
  std::string link;                          ///< the link as it was given
  std::string username;                      ///< of the chat, empty for none
  peer_kind chat_type = peer_kind::channel;  ///< what `channel_id` is the id of
  std::int64_t channel_id = 0;               ///< of the chat: bare positive id
  std::int64_t access_hash = 0;              ///< of the chat, for this account; 0 for basic groups
  std::int32_t message_id = 0;  ///< within the chat; for people and basic groups the account's own
  std::int32_t story_id = 0;    ///< of a story, whose `message_id` is 0
  /// Where a forwarded message was first posted: it may still be there when the copy is gone.
  std::optional<message_place> forwarded_from;
};

/// A part of a text that is a link, bold, a mention... Offsets and lengths count UTF-16 units, as
/// Telegram does. https://core.telegram.org/api/entities
struct text_entity {
  std::string type;  ///< TL's name without "messageEntity": "Bold", "TextUrl"
  std::int32_t offset = 0;
  std::int32_t length = 0;
  std::string url;  ///< of TextUrl; the language of Pre
};

/// One file as upload.getFile can be asked for it. Copyable; holds nothing of a client.
struct media {
  media_kind kind = media_kind::document;
  std::string file_name;  ///< safe as one path element: see safe_file_name
  std::string mime_type;  ///< as the sender claimed it
  std::int64_t size = 0;  ///< bytes
  int dc = 0;             ///< the data centre that holds it
  std::int64_t id = 0;    ///< document or photo id: two media with one id are one file
  std::int64_t access_hash = 0;
  std::string thumb_size;  ///< the size of a photo ("y"); empty for a whole document
  shared_bytes file_reference;
  shared_bytes location;  ///< serialized InputFileLocation, the file reference within
  media_origin origin;
  std::string caption;  ///< text of the message
  std::vector<text_entity> caption_entities;
  std::string chat_title;      ///< the chat's shown name
  std::string sender;          ///< who posted it, as shown; empty where the chat itself did
  std::int64_t sender_id = 0;  ///< bare id of a person or channel; 0 where the chat itself did
  std::int64_t album = 0;      ///< grouped_id: files of one album have the same; 0 for none
  std::int64_t date = 0;       ///< unixtime of the message
  std::int32_t duration = 0;   ///< seconds; 0 where it has none
  std::int32_t width = 0;      ///< pixels; 0 where it has none
  std::int32_t height = 0;
};

/// What became of one file of many whose reference was to be read anew.
struct refreshed_media {
  media file;            ///< with its new reference; as it was given where there is none
  std::error_code code;  ///< why there is none
  std::string error;     ///< the same in one sentence that names the link
  bool ok() const { return !code; }
};

/// Makes a name that a sender chose safe as one path element: no separators, no control characters,
/// no invalid UTF-8, none of the names that file systems reserve, no leading or trailing dots or
/// spaces, at most 255 bytes less `room`, cut on a UTF-8 boundary before the extension. An empty
/// outcome becomes `fallback`.
std::string safe_file_name(std::string_view name, std::string_view fallback, std::size_t room = 24);

}  // namespace mtfetch
