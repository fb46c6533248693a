// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/sidecar.hpp"

#include "downloader/sink/part_file.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/peer_kind.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <ctime>
#include <fstream>
#include <string_view>
#include <system_error>

namespace mtfetch::transfer {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

constexpr std::int64_t version = 1;
constexpr std::size_t longest = std::size_t{1} << 20U;  // of one that we wrote, by far

std::string_view text_of(peer_kind type) {
  switch (type) {
    case peer_kind::user:
      return "user";
    case peer_kind::chat:
      return "basic group";
    case peer_kind::channel:
      break;
  }
  return "channel";
}

std::string date_text(std::int64_t unixtime) {
  const auto moment = static_cast<std::time_t>(unixtime);
  std::tm parts{};
  std::array<char, 40> text;
  if (gmtime_r(&moment, &parts) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

json message_json(const media& what) {
  const media_origin& origin = what.origin;
  json chat = {{"type", text_of(origin.chat_type)}, {"id", origin.channel_id}};
  if (!what.chat_title.empty()) chat["title"] = what.chat_title;
  if (!origin.username.empty()) chat["username"] = origin.username;
  json made = {{"link", origin.link}, {"chat", std::move(chat)}};
  if (origin.story_id != 0) {
    made["story_id"] = origin.story_id;
  } else {
    made["message_id"] = origin.message_id;
  }
  if (what.sender_id != 0 || !what.sender.empty()) {
    made["sender"] = {{"id", what.sender_id}, {"name", what.sender}};
  }
  made["date"] = date_text(what.date);
  made["timestamp"] = what.date;
  if (what.album != 0) made["album"] = what.album;
  made["caption"] = what.caption;
  json entities = json::array();
  for (const text_entity& one : what.caption_entities) {
    json entity = {{"type", one.type}, {"offset", one.offset}, {"length", one.length}};
    if (!one.url.empty()) entity["url"] = one.url;
    entities.push_back(std::move(entity));
  }
  made["caption_entities"] = std::move(entities);
  return made;
}

json file_json(const media& what) {
  json made = {{"name", what.file_name},      {"kind", to_string(what.kind)},
               {"mime_type", what.mime_type}, {"size", what.size},
               {"document_id", what.id},      {"dc", what.dc}};
  if (!what.thumb_size.empty()) made["photo_size"] = what.thumb_size;
  if (what.width != 0 || what.height != 0) {
    made["width"] = what.width;
    made["height"] = what.height;
  }
  if (what.duration != 0) made["duration"] = what.duration;
  return made;
}

// Whether the one that is there speaks of this file. It may be anybody's.
bool is_about(const fs::path& sidecar, const media& what) {
  std::string text(longest, '\0');
  std::ifstream in(sidecar, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() == longest || !json::accept(text)) return false;
  const json said = json::parse(text);
  const auto file = said.is_object() ? said.find("file") : said.end();
  if (file == said.end() || !file->is_object()) return false;
  const auto is = [&file](const char* name, std::int64_t number) {
    const auto found = file->find(name);
    return found != file->end() && found->is_number_integer() && *found == number;
  };
  return is("document_id", what.id) && is("size", what.size);
}

}  // namespace

fs::path sidecar_path(const fs::path& of) {
  fs::path path = of;
  path += ".info.json";
  return path;
}

std::string sidecar_text(const media& what, const whole_file& file) {
  json made = {{"mtfetch_info", version}, {"path", file.path.filename().string()}};
  made.update(message_json(what));
  made["file"] = file_json(what);
  if (!file.sha256.empty()) made["sha256"] = file.sha256;
  made["verification"] = {
      {"method", file.verified > 0 ? "the server's SHA-256 of each window" : "none"},
      {"verified_bytes", file.verified},
      {"whole", file.verified == what.size}};
  return made.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

std::string write_sidecar(const media& what, const whole_file& file,
                          const sink::file_calls& calls) {
  const fs::path path = sidecar_path(file.path);
  const std::string taken =
      path.string() + " was there already and is about something else; it is left as it is";
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored))) {
    return fs::is_regular_file(path, ignored) && is_about(path, what) ? std::string() : taken;
  }
  // No download's unfinished file begins with a dot.
  const fs::path unfinished = path.parent_path() / ("." + path.filename().string() + ".part");
  const std::string text = sidecar_text(what, file);
  sink::part_file part = sink::part_file::open(unfinished, calls);
  part.write(0, as_bytes(text));
  part.finish(static_cast<std::int64_t>(text.size()), path, path);
  return {};
}

}  // namespace mtfetch::transfer
