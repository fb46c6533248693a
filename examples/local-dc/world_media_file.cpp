// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/world_media_file.hpp"

#include <algorithm>
#include <limits>
#include <system_error>

namespace mtfetch::local_dc {

namespace {

using testing::media_kind;

constexpr std::int64_t most_seconds = 1'000'000'000;
constexpr std::int64_t most_pixels = 100'000;

const std::map<std::string, media_kind> kinds = {
    {"document", media_kind::document}, {"video", media_kind::video},
    {"photo", media_kind::photo},       {"audio", media_kind::audio},
    {"voice", media_kind::voice},       {"round_video", media_kind::round_video},
    {"sticker", media_kind::sticker},   {"gif", media_kind::gif}};

std::map<std::string, std::string> words(std::initializer_list<const char*> all) {
  std::map<std::string, std::string> made;
  for (const char* const one : all) made.emplace(one, one);
  return made;
}

// Telegram counts in UTF-16 units. TOML is UTF-8 that has been checked.
std::int64_t utf16_units(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }) +
         std::ranges::count_if(text, [](char c) { return (c & 0xf8) == 0xf0; });
}

}  // namespace

testing::world_file content_reader::file(world_table& from) {
  testing::world_file made;
  std::string path;
  from.take("file", path);
  if (!path.empty()) {
    if (from.has("size") || from.has("seed")) {
      refuse(from.at("file"), "either a file, or a size and a seed");
    }
    made.path = folder_ / path;
    std::error_code failed;
    if (path.find('\0') != std::string::npos ||
        !std::filesystem::is_regular_file(made.path, failed)) {
      refuse(from.at("file"), "there is no file " + path + " beside the world file");
    }
  } else if (!from.has("size")) {
    refuse(from.at(), "it needs file or size");
  }
  from.take_size("size", made.size);
  from.take("seed", made.seed, 0, std::numeric_limits<std::int64_t>::max());
  from.take("name", made.name);
  from.take("mime_type", made.mime_type);
  from.take("dc", made.dc, 1, 1000);
  if (made.dc != 0 && std::ranges::count(dcs_, made.dc) == 0) {
    refuse(from.at("dc"), "there is no data centre " + std::to_string(made.dc));
  }
  return made;
}

testing::world_media content_reader::media(world_table from) {
  testing::world_media made;
  from.take_word("kind", made.kind, kinds);
  made.file = file(from);
  from.take("width", made.width, 1, most_pixels);
  from.take("height", made.height, 1, most_pixels);
  from.take("seconds", made.seconds);
  from.take("title", made.title);
  from.take("performer", made.performer);
  from.take_size("thumb", made.thumb);
  from.take("progressive", made.progressive);
  from.take("spoiler", made.spoiler);
  from.take("ttl_seconds", made.ttl_seconds, 1, most_id);
  for (world_table& one : from.tables("quality")) {
    testing::world_quality quality;
    one.take("width", quality.width, 1, most_pixels);
    one.take("height", quality.height, 1, most_pixels);
    one.take_word("codec", quality.codec, words({"h264", "h265", "av1"}));
    quality.file = file(one);
    one.end();
    made.qualities.push_back(std::move(quality));
  }
  if (!made.qualities.empty() && made.kind != media_kind::video) {
    refuse(from.at("quality"), "only videos have several");
  }
  from.end();
  return made;
}

testing::world_web_page content_reader::page(world_table from) {
  testing::world_web_page made;
  made.url = from.needed("url");
  from.take("site_name", made.site_name);
  from.take("title", made.title);
  from.take("description", made.description);
  if (auto shown = from.table("media")) made.media = media(std::move(*shown));
  from.end();
  return made;
}

testing::world_forward content_reader::forward(world_table from) {
  testing::world_forward made;
  from.take("from", made.from);
  from.take("name", made.name);
  from.take("message", made.message, 1, most_id);
  from.take("author", made.author);
  from.take_time("date", made.date);
  if (made.from.empty() && made.name.empty()) {
    refuse(from.at(), "it needs from, or the name that is shown instead");
  }
  if (!made.from.empty()) names_.anybody({made.from, from.at("from")});
  from.end();
  return made;
}

std::vector<testing::world_entity> content_reader::entities(std::vector<world_table> from,
                                                            const std::string& text) {
  std::vector<testing::world_entity> made;
  const std::int64_t whole = utf16_units(text);
  for (world_table& one : from) {
    testing::world_entity entity;
    one.needed("type");
    one.take_word("type", entity.type,
                  words({"bold", "italic", "underline", "strike", "code", "pre", "spoiler",
                         "blockquote", "url", "text_url", "mention", "hashtag", "email"}));
    std::string part;
    one.take("of", part);
    one.take("offset", entity.offset, 0, whole);
    one.take("length", entity.length, 1, whole);
    if (!part.empty()) {
      const std::size_t begin = text.find(part);
      if (begin == std::string::npos) refuse(one.at("of"), "the text has no '" + part + "'");
      entity.offset = static_cast<int>(utf16_units(std::string_view(text).substr(0, begin)));
      entity.length = static_cast<int>(utf16_units(part));
    }
    if (entity.length == 0) refuse(one.at(), "it needs `of`, or offset and length");
    if (entity.offset + std::int64_t{entity.length} > whole) {
      refuse(one.at("length"), "it ends behind the text");
    }
    one.take("url", entity.url);
    one.end();
    made.push_back(std::move(entity));
  }
  return made;
}

}  // namespace mtfetch::local_dc
