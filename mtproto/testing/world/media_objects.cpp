// SPDX-License-Identifier: BSL-1.0
// Files, photos and link previews as TL objects. https://core.telegram.org/api/files
#include <utility>

#include "mtproto/testing/world/objects.hpp"

namespace mtfetch::testing {

namespace {

std::vector<api::PhotoSize> sizes_of(const caller& viewer, const std::vector<picture_size>& shown) {
  std::vector<api::PhotoSize> made;
  for (const picture_size& one : shown) {
    if (!one.progressive.empty()) {
      api::photoSizeProgressive size;
      size.type = one.type;
      size.w = one.width;
      size.h = one.height;
      size.sizes = one.progressive;
      made.emplace_back(std::move(size));
    } else {
      api::photoSize size;
      size.type = one.type;
      size.w = one.width;
      size.h = one.height;
      size.size = static_cast<std::int32_t>(viewer.in.content.documents()[one.content].size);
      made.emplace_back(std::move(size));
    }
  }
  return made;
}

void add_attributes(const document& shown, std::vector<api::DocumentAttribute>& to) {
  if (shown.video) {
    api::documentAttributeVideo video;
    video.supports_streaming = true;
    video.round_message = shown.kind == media_kind::round_video;
    video.nosound = shown.kind == media_kind::gif;
    video.duration = shown.video->seconds;
    video.w = shown.video->width;
    video.h = shown.video->height;
    if (!shown.codec.empty()) video.video_codec = shown.codec;
    to.emplace_back(std::move(video));
  }
  if (shown.kind == media_kind::gif) to.emplace_back(api::documentAttributeAnimated());
  if (shown.kind == media_kind::audio || shown.kind == media_kind::voice) {
    api::documentAttributeAudio audio;
    audio.voice = shown.kind == media_kind::voice;
    audio.duration = static_cast<std::int32_t>(shown.seconds);
    if (!shown.title.empty()) audio.title = shown.title;
    if (!shown.performer.empty()) audio.performer = shown.performer;
    to.emplace_back(std::move(audio));
  }
  if (shown.kind == media_kind::sticker) {
    api::documentAttributeImageSize size;
    size.w = shown.width;
    size.h = shown.height;
    to.emplace_back(std::move(size));
    api::documentAttributeSticker sticker;
    sticker.alt = "\xF0\x9F\x99\x82";
    sticker.stickerset = api::inputStickerSetEmpty();
    to.emplace_back(std::move(sticker));
  }
  if (!shown.name.empty()) {
    api::documentAttributeFilename name;
    name.file_name = shown.name;
    to.emplace_back(std::move(name));
  }
}

}  // namespace

api::Document document_object(const caller& viewer, const document& shown) {
  api::document file;
  file.id = shown.id;
  file.access_hash = viewer.in.keys.access_hash(viewer.who->id, object_kind::document, shown.id);
  file.file_reference =
      viewer.in.keys.file_reference(shown.id, viewer.in.reference_epoch_of(viewer.who->id));
  file.date = shown.date;
  file.mime_type = shown.mime_type;
  file.size = shown.size;
  file.dc_id = shown.dc;
  if (!shown.thumbs.empty()) file.thumbs = sizes_of(viewer, shown.thumbs);
  add_attributes(shown, file.attributes);
  return file;
}

api::Photo photo_object(const caller& viewer, const photo& shown) {
  api::photo made;
  made.id = shown.id;
  made.access_hash = viewer.in.keys.access_hash(viewer.who->id, object_kind::photo, shown.id);
  made.file_reference =
      viewer.in.keys.file_reference(shown.id, viewer.in.reference_epoch_of(viewer.who->id));
  made.date = shown.date;
  made.dc_id = shown.dc;
  made.sizes = sizes_of(viewer, shown.sizes);
  return made;
}

api::MessageMedia media_object(const caller& viewer, const media& shown) {
  const catalogue& content = viewer.in.content;
  if (shown.photo) {
    api::messageMediaPhoto made;
    made.spoiler = shown.spoiler;
    made.photo = photo_object(viewer, content.photos()[*shown.photo]);
    if (shown.ttl_seconds != 0) made.ttl_seconds = shown.ttl_seconds;
    return made;
  }
  if (!shown.document) return api::messageMediaEmpty();
  const document& file = content.documents()[*shown.document];
  api::messageMediaDocument made;
  made.spoiler = shown.spoiler;
  made.video = file.video.has_value();
  made.round = file.kind == media_kind::round_video;
  made.voice = file.kind == media_kind::voice;
  made.document = document_object(viewer, file);
  if (shown.ttl_seconds != 0) made.ttl_seconds = shown.ttl_seconds;
  if (!shown.qualities.empty()) {
    std::vector<api::Document> others;
    for (const std::size_t one : shown.qualities) {
      others.push_back(document_object(viewer, content.documents()[one]));
    }
    made.alt_documents = std::move(others);
  }
  return made;
}

api::WebPage web_page_object(const caller& viewer, const web_page& shown) {
  api::webPage made;
  made.id = shown.id;
  made.url = shown.facts.url;
  made.display_url = shown.facts.url;
  if (!shown.facts.site_name.empty()) made.site_name = shown.facts.site_name;
  if (!shown.facts.title.empty()) made.title = shown.facts.title;
  if (!shown.facts.description.empty()) made.description = shown.facts.description;
  const catalogue& content = viewer.in.content;
  if (shown.shown.photo) made.photo = photo_object(viewer, content.photos()[*shown.shown.photo]);
  if (shown.shown.document) {
    made.document = document_object(viewer, content.documents()[*shown.shown.document]);
  }
  return made;
}

namespace {

template <class E>
api::MessageEntity at(const world_entity& given, E made = {}) {
  made.offset = given.offset;
  made.length = given.length;
  return made;
}

}  // namespace

std::vector<api::MessageEntity> entity_objects(const std::vector<world_entity>& shown) {
  std::vector<api::MessageEntity> made;
  for (const world_entity& one : shown) {
    const std::string& type = one.type;
    if (type == "bold") made.push_back(at<api::messageEntityBold>(one));
    if (type == "italic") made.push_back(at<api::messageEntityItalic>(one));
    if (type == "underline") made.push_back(at<api::messageEntityUnderline>(one));
    if (type == "strike") made.push_back(at<api::messageEntityStrike>(one));
    if (type == "code") made.push_back(at<api::messageEntityCode>(one));
    if (type == "spoiler") made.push_back(at<api::messageEntitySpoiler>(one));
    if (type == "blockquote") made.push_back(at<api::messageEntityBlockquote>(one));
    if (type == "url") made.push_back(at<api::messageEntityUrl>(one));
    if (type == "mention") made.push_back(at<api::messageEntityMention>(one));
    if (type == "hashtag") made.push_back(at<api::messageEntityHashtag>(one));
    if (type == "email") made.push_back(at<api::messageEntityEmail>(one));
    if (type == "pre") {
      api::messageEntityPre pre;
      pre.language = one.url;
      made.push_back(at(one, std::move(pre)));
    }
    if (type == "text_url") {
      api::messageEntityTextUrl link;
      link.url = one.url;
      made.push_back(at(one, std::move(link)));
    }
  }
  return made;
}

}  // namespace mtfetch::testing
