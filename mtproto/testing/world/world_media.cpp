// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/world_media.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mtfetch::testing {

namespace {

const char* usual_mime_type(media_kind kind) {
  switch (kind) {
    case media_kind::video:
    case media_kind::round_video:
    case media_kind::gif:
      return "video/mp4";
    case media_kind::photo:
      return "image/jpeg";
    case media_kind::audio:
      return "audio/mpeg";
    case media_kind::voice:
      return "audio/ogg";
    case media_kind::sticker:
      return "image/webp";
    case media_kind::document:
      break;
  }
  return "application/octet-stream";
}

bool is_moving(media_kind kind) {
  return kind == media_kind::video || kind == media_kind::round_video || kind == media_kind::gif;
}

// https://core.telegram.org/api/files#image-thumbnail-types: the box that each type fits into.
constexpr std::array<std::pair<const char*, int>, 4> boxes{
    {{"m", 320}, {"x", 800}, {"y", 1280}, {"w", 2560}}};

}  // namespace

document media_maker::file_of(const world_file& given, std::int32_t date) {
  document file;
  ++made_;
  if (!given.path.empty()) {
    file = document_from(given.path);
  } else {
    file.seed = given.seed != 0 ? given.seed : made_;
    file.size = given.size;
    // Files made from the same seed are still two documents.
    file.id = static_cast<std::int64_t>(5'000'000'000'000'000U + made_ * 1'000'003U);
    file.mime_type = mime_type_of(given.name);
  }
  if (!given.name.empty()) file.name = given.name;
  if (!given.mime_type.empty()) file.mime_type = given.mime_type;
  file.dc = given.dc != 0 ? given.dc : dcs_[made_ % dcs_.size()];
  file.date = date;
  return file;
}

std::size_t media_maker::picture(std::int64_t size, int dc, std::int32_t date) {
  world_file given;
  given.size = size;
  given.dc = dc;
  document made = file_of(given, date);
  made.of_picture = true;
  return to_.add(std::move(made));
}

std::size_t media_maker::make_photo(const world_media& given, std::int32_t date) {
  document whole = file_of(given.file, date);
  whole.of_picture = true;
  photo made;
  made.id = whole.id + 1;
  made.dc = whole.dc;
  made.date = date;
  const int width = given.width != 0 ? given.width : 1280;
  const int height = given.height != 0 ? given.height : 960;
  const int longest = std::max(width, height);
  const std::int64_t bytes = whole.size;
  for (const auto& [type, box] : boxes) {
    picture_size size;
    size.type = type;
    const bool last = longest <= box || box == boxes.back().second;
    size.width = last ? width : std::max(1, width * box / longest);
    size.height = last ? height : std::max(1, height * box / longest);
    const std::int64_t smaller =
        std::max<std::int64_t>(1, bytes * size.width / width * size.height / height);
    size.content = last ? to_.add(std::move(whole)) : picture(smaller, made.dc, date);
    if (given.progressive && (box >= 1280 || (last && box >= 800))) {
      const std::int64_t all = last ? bytes : smaller;
      for (const int share : {8, 4, 2, 1}) {
        size.progressive.push_back(static_cast<std::int32_t>(all / share));
      }
    }
    made.sizes.push_back(std::move(size));
    if (last) break;
  }
  return to_.add(std::move(made));
}

std::size_t media_maker::make_document(const world_media& given, std::int32_t date) {
  document made = file_of(given.file, date);
  made.kind = given.kind;
  if (given.file.mime_type.empty() && made.mime_type == "application/octet-stream") {
    made.mime_type = usual_mime_type(given.kind);
  }
  made.seconds = given.seconds;
  made.title = given.title;
  made.performer = given.performer;
  made.width = given.width != 0 ? given.width : 512;
  made.height = given.height != 0 ? given.height : 512;
  if (is_moving(given.kind)) {
    const bool round = given.kind == media_kind::round_video;
    video_facts facts = made.video.value_or(video_facts{10, round ? 384 : 1280, round ? 384 : 720});
    if (given.seconds > 0) facts.seconds = given.seconds;
    if (given.width > 0) facts.width = given.width;
    if (given.height > 0) facts.height = given.height;
    made.video = facts;
  }
  if (given.thumb > 0) {
    picture_size thumb;
    thumb.type = "m";
    thumb.width = 320;
    thumb.height = 180;
    thumb.content = picture(given.thumb, made.dc, date);
    made.thumbs.push_back(std::move(thumb));
  }
  return to_.add(std::move(made));
}

media media_maker::make(const world_media& given, std::int32_t date) {
  media made;
  made.ttl_seconds = given.ttl_seconds;
  made.spoiler = given.spoiler;
  if (given.kind == media_kind::photo) {
    made.photo = make_photo(given, date);
    return made;
  }
  made.document = make_document(given, date);
  for (const world_quality& one : given.qualities) {
    document other = file_of(one.file, date);
    other.kind = media_kind::video;
    other.mime_type = "video/mp4";
    other.codec = one.codec;
    const auto& first = to_.documents()[*made.document].video;
    other.video = video_facts{first ? first->seconds : given.seconds, one.width, one.height};
    made.qualities.push_back(to_.add(std::move(other)));
  }
  return made;
}

}  // namespace mtfetch::testing
