// SPDX-License-Identifier: BSL-1.0
// What is to be seen in the data centre: chats, their messages, stories, and the files they carry.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <mtfetch/testing_world.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mtproto/testing/world/video_facts.hpp"

namespace mtfetch::testing {

/// A size of a photo, or a thumbnail of a document. Its bytes are a document of the catalogue.
struct picture_size {
  std::string type;  ///< "m", "x", ...
  int width = 0;
  int height = 0;
  std::size_t content = 0;                ///< index into catalogue::documents()
  std::vector<std::int32_t> progressive;  ///< growing prefixes; empty: a plain photoSize
};

/// A file as Telegram knows it. The id follows from path, size and time of change (or from the
/// seed), so that a file that was replaced is another document, and the same file is the same one
/// after a restart.
struct document {
  std::int64_t id = 0;
  int dc = 0;
  std::filesystem::path path;  ///< empty: made from the seed
  std::uint64_t seed = 0;
  std::string name;
  std::string mime_type;
  std::int64_t size = 0;
  std::int32_t date = 0;  ///< unix time of the file's last change
  std::optional<video_facts> video;
  bool of_picture = false;  ///< bytes of a picture_size: no document that can be named
  media_kind kind = media_kind::document;
  int width = 0;  ///< of stickers
  int height = 0;
  double seconds = 0;  ///< of audio
  std::string title;
  std::string performer;
  std::string codec;
  std::vector<picture_size> thumbs;
};

struct photo {
  std::int64_t id = 0;
  int dc = 0;
  std::int32_t date = 0;
  std::vector<picture_size> sizes;  ///< the largest is the last
};

/// Somebody or some chat that says something.
struct peer {
  enum class kind : std::uint8_t { nobody, user, group, channel };
  kind is = kind::nobody;
  std::int64_t id = 0;
  friend bool operator==(const peer&, const peer&) = default;
};

/// What a message carries: at most one of a document and a photo.
struct media {
  std::optional<std::size_t> document;  ///< index into catalogue::documents()
  std::optional<std::size_t> photo;     ///< index into catalogue::photos()
  std::vector<std::size_t> qualities;   ///< other documents of the same video
  int ttl_seconds = 0;
  bool spoiler = false;
};

struct forward_origin {
  peer from;
  std::string name;
  int message = 0;
  std::string author;
  std::int32_t date = 0;
  peer saved_from;  ///< of a discussion group's copy of a post
  int saved_message = 0;
};

struct web_page {
  std::int64_t id = 0;
  world_web_page facts;
  media shown;
};

struct post {
  int id = 0;
  std::int32_t date = 0;
  std::string text;
  std::optional<std::size_t> document;  ///< index into catalogue::documents()
  media carried;                        ///< the same document, or a photo
  peer from;                            ///< nobody: the channel
  std::string author;
  std::vector<world_entity> entities;
  std::optional<web_page> page;
  std::int64_t paid_stars = 0;
  std::int64_t grouped_id = 0;
  std::optional<forward_origin> forward;
  int reply_to = 0;
  int top = 0;  ///< the first message of its thread: a topic, or the copy of a commented post
  std::string service;  ///< what happened, where it is a service message
  int comments_in = 0;  ///< of a channel's post: its copy in the discussion group
  bool pinned = false;
  bool protected_content = false;
};

struct topic {
  int id = 0;
  std::int32_t date = 0;
  std::string title;
  bool closed = false;
};

struct chat {
  chat_kind kind = chat_kind::channel;
  std::int64_t id = 0;  ///< of kind person: one that no call shows
  std::string key;      ///< in the world's description
  std::string title;
  std::string about;
  std::string username;  ///< empty: private, for members only
  std::int32_t date = 0;
  std::vector<post> posts;           ///< by id, rising
  std::vector<std::int64_t> people;  ///< of kind person: whose chat it is
  std::string invite;
  bool invite_request = false;
  bool invite_peek = false;
  bool invite_expired = false;
  bool protected_content = false;
  bool forum = false;
  std::vector<topic> topics;
  std::int64_t linked = 0;  ///< the channel's discussion group, or the group's channel

  bool is_public() const { return !username.empty(); }
  /// Channels and supergroups: with access hash, and message ids of their own.
  bool is_channel() const { return kind == chat_kind::channel || kind == chat_kind::supergroup; }
  peer as_peer() const { return {is_channel() ? peer::kind::channel : peer::kind::group, id}; }
  const post* find(int message_id) const;
  const topic* find_topic(int topic_id) const;
};

struct story {
  int id = 0;
  peer of;
  std::int32_t date = 0;
  std::int32_t expires = 0;
  bool pinned = false;
  bool protected_content = false;
  bool close_friends = false;
  std::string text;
  std::vector<world_entity> entities;
  media shown;
  std::optional<forward_origin> forward;
};

/// Filled once; constant afterwards.
class catalogue {
 public:
  catalogue() = default;
  /// Every regular file of `folder` becomes a post of the public channel, in file-name order, those
  /// of the sub-folder `private_folder` posts of the private one. Hidden files (.name) are left
  /// out. Documents go to the DCs in turn. Throws mtfetch::error (storage) when the folder cannot
  /// be read.
  catalogue(const std::filesystem::path& folder, const std::string& public_name,
            const std::string& private_folder, const std::vector<int>& dcs);

  const std::deque<chat>& chats() const { return chats_; }
  const std::vector<document>& documents() const { return documents_; }
  const std::vector<photo>& photos() const { return photos_; }
  const std::vector<story>& stories() const { return stories_; }
  const chat* find_chat(std::int64_t id) const;
  /// The chat of two people; with oneself: saved messages.
  const chat* find_person_chat(std::int64_t one, std::int64_t other) const;
  /// Upper and lower case are the same, as in Telegram.
  const chat* find_username(std::string_view username) const;
  const chat* find_invite(std::string_view hash) const;
  const chat* find_key(std::string_view key) const;
  /// A document that can be named by a client.
  const document* find_document(std::int64_t id) const;
  /// The bytes of a document or of a picture.
  const document* find_content(std::int64_t id) const;
  const photo* find_photo(std::int64_t id) const;
  const document& document_of(const post& p) const { return documents_[p.document.value()]; }

  // For whoever fills it. Addresses of chats stay good.
  chat& add(chat made);
  std::size_t add(document made);
  std::size_t add(photo made);
  void add(story made) { stories_.push_back(std::move(made)); }

 private:
  void add_folder(chat made, const std::filesystem::path& folder, const std::vector<int>& dcs);

  std::deque<chat> chats_;
  std::vector<document> documents_;
  std::vector<photo> photos_;
  std::vector<story> stories_;
  std::unordered_map<std::int64_t, std::size_t> by_id_;
};

/// A regular file as a document, without a data centre. Throws std::filesystem::filesystem_error.
document document_from(const std::filesystem::path& path);

/// By the file name's extension; application/octet-stream when unknown.
std::string mime_type_of(const std::filesystem::path& file);

/// Whether two usernames are the same name.
bool same_username(std::string_view a, std::string_view b);

}  // namespace mtfetch::testing
