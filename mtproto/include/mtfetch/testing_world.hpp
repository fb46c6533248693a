// SPDX-License-Identifier: BSL-1.0
// What a test data centre may be filled with: people, bots, chats of every kind, their messages,
// media and stories. `mtfetch-dc --world` reads one of these from a file.
//
// People, bots and chats are named as in a sentence: "ada" or "@ada" (a username), "+15550001" (a
// phone number), "5000000001" (a user's or bot's id), or a chat's `key`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mtfetch::testing {

/// Bytes to serve: a file of this machine, or made from a seed (made_content() below).
struct world_file {
  std::filesystem::path path;  ///< empty: made
  std::int64_t size = 0;       ///< of made bytes
  std::uint64_t seed = 0;      ///< of made bytes; 0: one that nothing else of this world has
  std::string name;            ///< as its sender named it; empty: the path's, or none
  std::string mime_type;       ///< empty: by kind and name
  int dc = 0;                  ///< where it lies; 0: the data centres in turn
};

/// The bytes [offset, offset + size) of a made file. The same on every machine.
std::vector<std::uint8_t> made_content(std::uint64_t seed, std::int64_t offset, std::size_t size);

enum class media_kind { document, video, photo, audio, voice, round_video, sticker, gif };

/// One of several encodings of a video, beside the one that was sent (alt_documents).
struct world_quality {
  int width = 0;
  int height = 0;
  std::string codec = "h264";  ///< h264, h265, av1
  world_file file;
};

struct world_media {
  media_kind kind = media_kind::document;
  world_file file;  ///< of a photo: its largest size
  int width = 0;    ///< 0: what is usual for the kind
  int height = 0;
  double seconds = 0;       ///< of audio and video
  std::string title;        ///< of audio
  std::string performer;    ///< of audio
  std::int64_t thumb = 0;   ///< bytes of its thumbnail "m"; 0: it has none
  bool progressive = true;  ///< a photo's large sizes are photoSizeProgressive
  bool spoiler = false;
  int ttl_seconds = 0;  ///< it destroys itself so long after it was looked at
  std::vector<world_quality> qualities;
};

/// A link preview. https://core.telegram.org/constructor/webPage
struct world_web_page {
  std::string url;
  std::string site_name;
  std::string title;
  std::string description;
  std::optional<world_media> media;  ///< its photo or its document
};

/// Where a forwarded message comes from.
struct world_forward {
  std::string from;       ///< who or which chat; empty: somebody who hides
  std::string name;       ///< shown instead, where `from` is empty
  int message = 0;        ///< the post's id, of a channel
  std::string author;     ///< its signature
  std::int32_t date = 0;  ///< 0: that of the message itself
};

/// type: bold, italic, underline, strike, code, pre, spoiler, blockquote, url, text_url, mention,
/// hashtag, email. Offset and length count UTF-16 units.
struct world_entity {
  std::string type;
  int offset = 0;
  int length = 0;
  std::string url;  ///< of a text_url; a pre's language
};

struct world_message {
  int id = 0;             ///< 0: the next one of its chat
  std::int32_t date = 0;  ///< unix time; 0: a minute after the message before
  std::string from;       ///< who sent it; in a channel empty: the channel
  std::string author;     ///< a channel post's signature
  std::string text;
  std::vector<world_entity> entities;
  std::optional<world_media> media;
  std::optional<world_web_page> web_page;
  std::int64_t paid_stars = 0;  ///< its media costs this: only a preview is to be had
  int album = 0;                ///< messages of a chat with the same number are one album
  std::optional<world_forward> forward;
  int reply_to = 0;     ///< id of a message of the same chat
  int topic = 0;        ///< of a forum: the topic's id; 0: General
  int comment_on = 0;   ///< in a discussion group: id of the channel's post
  std::string service;  ///< a service message: pin, join, title, create, clear
  bool pinned = false;
  bool deleted = false;  ///< it was there: its id gives messageEmpty
  bool protected_content = false;
};

struct world_topic {
  int id = 0;  ///< 0: the next message id. 1 is General, which every forum has
  std::string title;
  bool closed = false;
};

enum class chat_kind { channel, supergroup, group, person };

struct world_chat {
  std::string key;  ///< its name in this description; empty: its username
  chat_kind kind = chat_kind::channel;
  std::int64_t id = 0;   ///< 0: made from key; not for kind person
  std::string username;  ///< empty: private; never for kinds group and person
  std::string title;
  std::string about;
  std::int32_t date = 0;
  std::vector<std::string> members;  ///< of kind person: the two (or the one, for saved messages)
  std::vector<std::string> admins;   ///< members with rights; bots need that to read supergroups
  std::string invite;                ///< hash of its invite link
  bool invite_request = false;       ///< joining by it must be approved: INVITE_REQUEST_SENT
  bool invite_peek = false;          ///< it may be looked at before joining
  bool invite_expired = false;
  bool protected_content = false;
  bool forum = false;
  std::vector<world_topic> topics;
  std::string discussion;  ///< key of the supergroup that holds the comments of this channel
  std::vector<world_message> messages;
};

struct world_story {
  std::string of;  ///< whose: a person, a bot or a channel
  int id = 0;      ///< 0: the next
  std::int32_t date = 0;
  std::int32_t lasts = 86'400;  ///< seconds after which only pinned ones are seen
  bool pinned = false;
  bool deleted = false;
  bool protected_content = false;
  bool close_friends = false;  ///< nobody else sees it
  std::string text;
  std::vector<world_entity> entities;
  world_media media;
  std::optional<world_forward> forward;  ///< `message` is the story's id there
};

/// Somebody who is in the world but does not sign in here.
struct world_person {
  std::int64_t id = 0;  ///< 0: made from the username
  std::string username;
  std::string first_name = "Somebody";
  std::string last_name;
  bool deleted = false;  ///< the account was deleted
};

struct world_description {
  std::vector<world_person> people;  ///< beside cluster_options::users and bots
  std::vector<world_chat> chats;
  std::vector<world_story> stories;
};

}  // namespace mtfetch::testing
