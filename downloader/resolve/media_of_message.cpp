// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/media_of_message.hpp"

#include "mtproto/tl/object.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mtfetch {
namespace {

[[noreturn]] void no_media(const media_origin& origin, const std::string& what) {
  throw error(make_error_code(link_errc::no_media), "the message of " + origin.link + " " + what);
}

std::string_view extension_of(std::string_view mime_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 18> known = {{
      {"video/mp4", ".mp4"},
      {"video/quicktime", ".mov"},
      {"video/webm", ".webm"},
      {"video/x-matroska", ".mkv"},
      {"audio/mpeg", ".mp3"},
      {"audio/mp4", ".m4a"},
      {"audio/ogg", ".ogg"},
      {"audio/flac", ".flac"},
      {"image/jpeg", ".jpg"},
      {"image/png", ".png"},
      {"image/gif", ".gif"},
      {"image/webp", ".webp"},
      {"application/pdf", ".pdf"},
      {"application/zip", ".zip"},
      {"application/x-tgsticker", ".tgs"},
      {"application/x-rar-compressed", ".rar"},
      {"application/epub+zip", ".epub"},
      {"text/plain", ".txt"},
  }};
  const auto found = std::ranges::find(known, mime_type, [](const auto& e) { return e.first; });
  return found == known.end() ? std::string_view() : found->second;
}

// For media that come without a name: "photo_channel_12.jpg".
std::string made_name(const media& of) {
  std::string kind(to_string(of.kind));
  std::ranges::replace(kind, ' ', '_');
  const std::string where =
      of.origin.username.empty() ? std::to_string(of.origin.channel_id) : of.origin.username;
  return kind + "_" + where + "_" + std::to_string(of.origin.message_id) +
         std::string(extension_of(of.mime_type));
}

struct attribute_reader {
  media& into;
  std::string name;

  void operator()(const api::DocumentAttribute& attribute) {
    if (const auto* file = attribute.get_if<api::documentAttributeFilename>()) {
      name = file->file_name;
    } else if (const auto* video = attribute.get_if<api::documentAttributeVideo>()) {
      if (into.kind == media_kind::document) {
        into.kind = video->round_message ? media_kind::round_video : media_kind::video;
      }
      // A double from outside; NaN and what no video lasts become 0.
      const bool sane = video->duration >= 0 && video->duration < 1e9;
      into.duration = sane ? static_cast<std::int32_t>(video->duration) : 0;
      into.width = video->w;
      into.height = video->h;
    } else if (const auto* audio = attribute.get_if<api::documentAttributeAudio>()) {
      into.kind = audio->voice ? media_kind::voice : media_kind::audio;
      into.duration = audio->duration;
    } else if (attribute.is<api::documentAttributeAnimated>()) {
      into.kind = media_kind::animation;
    } else if (attribute.is<api::documentAttributeSticker>() ||
               attribute.is<api::documentAttributeCustomEmoji>()) {
      into.kind = media_kind::sticker;
    } else if (const auto* image = attribute.get_if<api::documentAttributeImageSize>()) {
      into.width = image->w;
      into.height = image->h;
    }
  }
};

void read_document(const api::Document& given, media& into) {
  const auto* document = given.get_if<api::document>();
  if (document == nullptr || document->size < 0) {
    no_media(into.origin, "has a file that Telegram no longer has");
  }
  into.mime_type = document->mime_type;
  into.size = document->size;
  into.dc = document->dc_id;
  into.id = document->id;
  into.access_hash = document->access_hash;
  into.file_reference = shared_bytes::copy(document->file_reference);
  attribute_reader attributes{into, {}};
  for (const auto& attribute : document->attributes) attributes(attribute);
  into.file_name = safe_file_name(attributes.name, made_name(into));
  api::inputDocumentFileLocation location;
  location.id = into.id;
  location.access_hash = into.access_hash;
  location.file_reference = into.file_reference;
  into.location = tl::serialize(api::InputFileLocation(std::move(location)));
}

void read_photo(const api::Photo& given, media& into) {
  const auto* photo = given.get_if<api::photo>();
  if (photo == nullptr) no_media(into.origin, "has a photo that Telegram no longer has");
  into.kind = media_kind::photo;
  into.mime_type = "image/jpeg";
  into.dc = photo->dc_id;
  into.id = photo->id;
  into.access_hash = photo->access_hash;
  into.file_reference = shared_bytes::copy(photo->file_reference);
  const auto offer = [&into](const std::string& type, std::int32_t w, std::int32_t h,
                             std::int64_t bytes) {
    const std::int64_t area = std::int64_t{w} * h;
    if (bytes < 0 || area <= std::int64_t{into.width} * into.height) return;
    into.thumb_size = type;
    into.width = w;
    into.height = h;
    into.size = bytes;
  };
  for (const auto& size : photo->sizes) {
    if (const auto* whole = size.get_if<api::photoSize>()) {
      offer(whole->type, whole->w, whole->h, whole->size);
    } else if (const auto* growing = size.get_if<api::photoSizeProgressive>()) {
      if (growing->sizes.empty()) continue;
      offer(growing->type, growing->w, growing->h, std::ranges::max(growing->sizes));
    }
  }
  if (into.thumb_size.empty()) no_media(into.origin, "has a photo without any size to download");
  into.file_name = safe_file_name(made_name(into), "photo.jpg");
  api::inputPhotoFileLocation location;
  location.id = into.id;
  location.access_hash = into.access_hash;
  location.file_reference = into.file_reference;
  location.thumb_size = into.thumb_size;
  into.location = tl::serialize(api::InputFileLocation(std::move(location)));
}

}  // namespace

media media_of_message(const api::message& message, media_origin origin) {
  media found;
  found.origin = std::move(origin);
  found.caption = message.message;
  found.date = message.date;
  if (!message.media) no_media(found.origin, "is text only and has no media");
  const api::MessageMedia& carried = *message.media;
  if (const auto* with_document = carried.get_if<api::messageMediaDocument>()) {
    if (!with_document->document) no_media(found.origin, "had a file that has expired");
    read_document(*with_document->document, found);
  } else if (const auto* with_photo = carried.get_if<api::messageMediaPhoto>()) {
    if (!with_photo->photo) no_media(found.origin, "had a photo that has expired");
    read_photo(*with_photo->photo, found);
  } else if (const auto* with_page = carried.get_if<api::messageMediaWebPage>()) {
    const auto* page = with_page->webpage.get_if<api::webPage>();
    if (page != nullptr && page->document) {
      read_document(*page->document, found);
    } else if (page != nullptr && page->photo) {
      read_photo(*page->photo, found);
    } else {
      no_media(found.origin, "has a link preview without media");
    }
  } else if (carried.is<api::messageMediaPaidMedia>()) {
    no_media(found.origin, "has media that must be bought first");
  } else {
    no_media(found.origin, "has no file to download");
  }
  return found;
}

}  // namespace mtfetch
