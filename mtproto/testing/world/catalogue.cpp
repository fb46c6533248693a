// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/catalogue.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mtfetch/error.hpp>
#include <system_error>
#include <utility>

#include "mtproto/crypto/sha.hpp"

namespace mtfetch::testing {

namespace {

// Telegram's own channel ids are of this size; the two channels only have to differ.
constexpr std::int64_t public_channel_id = 1'700'000'001;
constexpr std::int64_t private_channel_id = 1'700'000'002;

constexpr std::array<std::pair<std::string_view, std::string_view>, 24> mime_types{{
    {".mp4", "video/mp4"},
    {".mkv", "video/x-matroska"},
    {".webm", "video/webm"},
    {".mov", "video/quicktime"},
    {".avi", "video/x-msvideo"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".opus", "audio/ogg"},
    {".flac", "audio/flac"},
    {".m4a", "audio/mp4"},
    {".wav", "audio/x-wav"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".png", "image/png"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".pdf", "application/pdf"},
    {".zip", "application/zip"},
    {".gz", "application/gzip"},
    {".txt", "text/plain"},
    {".json", "application/json"},
    {".html", "text/html"},
    {".epub", "application/epub+zip"},
    {".tar", "application/x-tar"},
}};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

std::int64_t document_id(const std::filesystem::path& path, std::int64_t size,
                         std::int64_t changed) {
  const std::string text = path.lexically_normal().string() + '\0' + std::to_string(size) + '\0' +
                           std::to_string(changed);
  const auto digest = crypto::sha256(as_bytes(text));
  std::uint64_t id = 0;
  for (std::size_t i = 0; i < 8; ++i) id = id << 8 | digest[i];
  return static_cast<std::int64_t>(id >> 2);  // positive, as Telegram's are
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::error_code failed;
  std::vector<std::filesystem::path> found;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with('.') && at->is_regular_file(failed)) found.push_back(at->path());
  }
  if (failed) {
    throw error(failed,
                "Cannot read the folder to serve, " + folder.string() + ": " + failed.message());
  }
  std::ranges::sort(found, {}, [](const auto& path) { return path.filename().string(); });
  return found;
}

}  // namespace

std::string mime_type_of(const std::filesystem::path& file) {
  const std::string extension = lower(file.extension().string());
  const auto* found =
      std::ranges::find(mime_types, extension, &decltype(mime_types)::value_type::first);
  return found == mime_types.end() ? "application/octet-stream" : std::string(found->second);
}

bool same_username(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

const post* chat::find(int message_id) const {
  const auto found = std::ranges::lower_bound(posts, message_id, {}, &post::id);
  return found == posts.end() || found->id != message_id ? nullptr : &*found;
}

const topic* chat::find_topic(int topic_id) const {
  const auto found = std::ranges::find(topics, topic_id, &topic::id);
  return found == topics.end() ? nullptr : &*found;
}

document document_from(const std::filesystem::path& path) {
  document file;
  const auto changed = std::filesystem::last_write_time(path);
  file.path = std::filesystem::absolute(path);
  file.name = path.filename().string();
  file.mime_type = mime_type_of(path);
  file.size = static_cast<std::int64_t>(std::filesystem::file_size(path));
  file.date =
      static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                    std::chrono::file_clock::to_sys(changed).time_since_epoch())
                                    .count());
  file.id = document_id(file.path, file.size, changed.time_since_epoch().count());
  if (file.mime_type == "video/mp4") file.video = read_video_facts(path);
  return file;
}

catalogue::catalogue(const std::filesystem::path& folder, const std::string& public_name,
                     const std::string& private_folder, const std::vector<int>& dcs) {
  chat open;
  open.id = public_channel_id;
  open.title = public_name;
  open.username = public_name;
  open.about = "Files of a folder, served by mtfetch-dc";
  add_folder(std::move(open), folder, dcs);
  const std::filesystem::path hidden = folder / private_folder;
  if (!private_folder.empty() && std::filesystem::is_directory(hidden)) {
    chat closed;
    closed.id = private_channel_id;
    closed.title = private_folder;
    closed.about = "Files of a folder, served by mtfetch-dc";
    add_folder(std::move(closed), hidden, dcs);
  }
}

void catalogue::add_folder(chat made, const std::filesystem::path& folder,
                           const std::vector<int>& dcs) {
  for (const std::filesystem::path& path : files_of(folder)) {
    document file = document_from(path);
    file.dc = dcs[documents_.size() % dcs.size()];
    if (file.video) file.kind = media_kind::video;

    post one;
    one.id = static_cast<int>(made.posts.size()) + 1;
    one.date = file.date;
    one.text = file.name;
    made.date = made.posts.empty() ? file.date : std::min(made.date, file.date);
    one.document = one.carried.document = add(std::move(file));
    made.posts.push_back(std::move(one));
  }
  add(std::move(made));
}

chat& catalogue::add(chat made) {
  return chats_.emplace_back(std::move(made));
}

std::size_t catalogue::add(document made) {
  by_id_.emplace(made.id, documents_.size());
  documents_.push_back(std::move(made));
  return documents_.size() - 1;
}

std::size_t catalogue::add(photo made) {
  photos_.push_back(std::move(made));
  return photos_.size() - 1;
}

namespace {

template <class List, class Rule>
auto first_of(const List& list, Rule fits) -> decltype(&*list.begin()) {
  const auto found = std::ranges::find_if(list, fits);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const chat* catalogue::find_chat(std::int64_t id) const {
  return first_of(chats_,
                  [&](const chat& one) { return one.id == id && one.kind != chat_kind::person; });
}

const chat* catalogue::find_person_chat(std::int64_t one, std::int64_t other) const {
  return first_of(chats_, [&](const chat& each) {
    if (each.kind != chat_kind::person) return false;
    const auto& of = each.people;
    if (one == other) return of.size() == 1 && of[0] == one;
    return of.size() == 2 && ((of[0] == one && of[1] == other) || (of[1] == one && of[0] == other));
  });
}

const chat* catalogue::find_username(std::string_view username) const {
  return first_of(chats_, [&](const chat& one) {
    return one.is_public() && same_username(one.username, username);
  });
}

const chat* catalogue::find_invite(std::string_view hash) const {
  return first_of(chats_,
                  [&](const chat& one) { return !one.invite.empty() && one.invite == hash; });
}

const chat* catalogue::find_key(std::string_view key) const {
  if (key.starts_with('@')) key.remove_prefix(1);
  return first_of(chats_, [&](const chat& one) {
    return (!one.key.empty() && one.key == key) ||
           (one.is_public() && same_username(one.username, key));
  });
}

const document* catalogue::find_content(std::int64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &documents_[found->second];
}

const document* catalogue::find_document(std::int64_t id) const {
  const document* found = find_content(id);
  return found == nullptr || found->of_picture ? nullptr : found;
}

const photo* catalogue::find_photo(std::int64_t id) const {
  return first_of(photos_, [&](const photo& one) { return one.id == id; });
}

}  // namespace mtfetch::testing
