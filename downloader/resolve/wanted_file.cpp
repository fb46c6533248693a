// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/wanted_file.hpp"

#include "mtproto/tl/object.hpp"

#include <mtfetch/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace mtfetch {
namespace {

constexpr std::string_view photo_sizes = "smxyw";  // from small to large

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
  const std::int32_t id = of.origin.story_id != 0 ? of.origin.story_id : of.origin.message_id;
  return kind + (of.origin.story_id != 0 ? "_story_" : "_") + where + "_" + std::to_string(id) +
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

// The lines of a video: of one that stands upright its columns, as Telegram's programs count.
// 0 where it is no video.
int lines_of_video(const api::document& file) {
  for (const auto& attribute : file.attributes) {
    if (const auto* video = attribute.get_if<api::documentAttributeVideo>()) {
      return std::min(video->w, video->h);
    }
  }
  return 0;
}

// A video's qualities; its own file first. Playlists and the like are none.
std::vector<const api::document*> qualities_of(const api::document& own,
                                               const std::vector<api::Document>& others) {
  std::vector<const api::document*> found(1, &own);
  for (const api::Document& other : others) {
    const auto* file = other.get_if<api::document>();
    if (file == nullptr || file->size < 0 || !file->mime_type.starts_with("video/")) continue;
    if (lines_of_video(*file) > 0) found.push_back(file);
  }
  return found;
}

const api::document& wanted_of(const std::vector<const api::document*>& qualities,
                               const wanted_file& wanted) {
  if (wanted.id != 0) {
    const auto same =
        std::ranges::find(qualities, wanted.id, [](const auto* file) { return file->id; });
    return same == qualities.end() ? *qualities.front() : **same;
  }
  const std::string& quality = wanted.choice.quality;
  if (quality.empty() || lines_of_video(*qualities.front()) == 0) return *qualities.front();
  const int most = quality == "best" ? INT32_MAX : lines_of(quality);
  // Of equals the first, so that the file as it was sent wins.
  const api::document* chosen = nullptr;
  for (const api::document* file : qualities) {
    const int lines = lines_of_video(*file);
    const int so_far = chosen == nullptr ? 0 : lines_of_video(*chosen);
    const bool fits = lines <= most;
    const bool better = chosen == nullptr || (so_far > most ? lines < so_far : lines > so_far);
    if (better && (fits || so_far > most || chosen == nullptr)) chosen = file;
  }
  return *chosen;
}

// One size of a photo, or one of the pictures that stand for a document.
struct picture {
  std::string type;
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::int64_t size = 0;
  std::int64_t area() const { return std::int64_t{width} * height; }
};

std::vector<picture> pictures_of(const std::vector<api::PhotoSize>& sizes) {
  std::vector<picture> found;
  for (const auto& size : sizes) {
    picture one;
    if (const auto* whole = size.get_if<api::photoSize>()) {
      one = {whole->type, whole->w, whole->h, whole->size};
    } else if (const auto* growing = size.get_if<api::photoSizeProgressive>()) {
      if (growing->sizes.empty()) continue;
      one = {growing->type, growing->w, growing->h, std::ranges::max(growing->sizes)};
    }
    if (!one.type.empty() && one.size >= 0 && one.width > 0 && one.height > 0) {
      found.push_back(std::move(one));
    }
  }
  return found;
}

// By exact type where a file is read anew; else the largest up to `most`, else the smallest there.
std::optional<picture> pick(std::vector<picture> offered, const std::string& exactly,
                            std::string_view most) {
  if (!exactly.empty()) {
    const auto same = std::ranges::find(offered, exactly, &picture::type);
    if (same == offered.end()) return {};
    return *same;
  }
  if (offered.empty()) return {};
  std::ranges::stable_sort(offered, {}, &picture::area);
  const std::size_t limit = most.empty() ? photo_sizes.size() : photo_sizes.find(most);
  std::optional<picture> chosen;
  for (const picture& one : offered) {
    const std::size_t place = photo_sizes.find(one.type);
    // Sizes of another row ("a" to "d" are cut square) are taken only where none is asked for.
    const bool fits = most.empty() || (place != std::string_view::npos && place <= limit);
    if (fits && (!chosen || one.area() > chosen->area())) chosen = one;
  }
  return chosen ? chosen : offered.front();
}

void take(const picture& chosen, media& into) {
  into.thumb_size = chosen.type;
  into.width = chosen.width;
  into.height = chosen.height;
  into.size = chosen.size;
}

template <class Location, class File>
void locate(const File& file, media& into) {
  into.dc = file.dc_id;
  into.id = file.id;
  into.access_hash = file.access_hash;
  into.file_reference = shared_bytes::copy(file.file_reference);
  Location location;
  location.id = into.id;
  location.access_hash = into.access_hash;
  location.file_reference = into.file_reference;
  location.thumb_size = into.thumb_size;
  into.location = tl::serialize(api::InputFileLocation(std::move(location)));
}

std::string stem_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

}  // namespace

int lines_of(std::string_view quality) {
  int lines = 0;
  const char* const end = quality.data() + quality.size();
  const auto [rest, bad] = std::from_chars(quality.data(), end, lines);
  const bool ends_in_p = rest + 1 == end && *rest == 'p';
  return bad == std::errc() && ends_in_p && lines > 0 ? lines : 0;
}

void check(const resolve_options& options) {
  const auto refuse = [](const std::string& what) {
    throw error(make_error_code(client_errc::bad_config), what);
  };
  const std::string& size = options.choice.photo_size;
  if (!size.empty() && (size.size() != 1 || photo_sizes.find(size) == std::string_view::npos)) {
    refuse("'" + size + "' is no photo size: there are s, m, x, y and w, from small to large");
  }
  const std::string& quality = options.choice.quality;
  if (!quality.empty() && quality != "best" && lines_of(quality) == 0) {
    refuse("'" + quality + "' is no quality: best, 1080p, 720p and the like are");
  }
}

void no_media(const media_origin& origin, const std::string& what) {
  throw error(make_error_code(link_errc::no_media), "the message of " + origin.link + " " + what);
}

void keep_out(const media_origin& origin, const std::string& what) {
  throw error(make_error_code(link_errc::protected_media),
              "the message of " + origin.link + " " + what);
}

void read_document(const api::Document& given, const std::vector<api::Document>& others,
                   const wanted_file& wanted, media& into) {
  const auto* own = given.get_if<api::document>();
  if (own == nullptr || own->size < 0) {
    no_media(into.origin, "has a file that Telegram no longer has");
  }
  const api::document& document = wanted_of(qualities_of(*own, others), wanted);
  into.mime_type = document.mime_type;
  into.size = document.size;
  attribute_reader attributes{into, {}};
  for (const auto& attribute : document.attributes) attributes(attribute);
  if (attributes.name.empty() && &document != own) {
    // The other qualities come without a name of their own.
    media unused = into;
    attribute_reader of_own{unused, {}};
    for (const auto& attribute : own->attributes) of_own(attribute);
    attributes.name = std::move(of_own.name);
  }
  into.file_name = safe_file_name(attributes.name, made_name(into));
  if (wanted.choice.thumb || !wanted.thumb_size.empty()) {
    static const std::vector<api::PhotoSize> none;
    const std::optional<picture> thumb =
        pick(pictures_of(document.thumbs ? *document.thumbs : none), wanted.thumb_size, {});
    if (!thumb) no_media(into.origin, "has a file without a thumbnail");
    take(*thumb, into);
    // What a sticker is drawn with has a transparent ground.
    const bool webp = into.kind == media_kind::sticker;
    into.mime_type = webp ? "image/webp" : "image/jpeg";
    into.kind = media_kind::photo;
    into.duration = 0;
    into.file_name =
        safe_file_name(stem_of(into.file_name) + "_thumb" + (webp ? ".webp" : ".jpg"), "thumb.jpg");
  }
  locate<api::inputDocumentFileLocation>(document, into);
}

void read_photo(const api::Photo& given, const wanted_file& wanted, media& into) {
  const auto* photo = given.get_if<api::photo>();
  if (photo == nullptr) no_media(into.origin, "has a photo that Telegram no longer has");
  into.kind = media_kind::photo;
  into.mime_type = "image/jpeg";
  const std::string most = wanted.choice.thumb ? "m" : wanted.choice.photo_size;
  const std::optional<picture> chosen = pick(pictures_of(photo->sizes), wanted.thumb_size, most);
  if (!chosen) no_media(into.origin, "has a photo without any size to download");
  take(*chosen, into);
  into.file_name = safe_file_name(made_name(into), "photo.jpg");
  locate<api::inputPhotoFileLocation>(*photo, into);
}

}  // namespace mtfetch
