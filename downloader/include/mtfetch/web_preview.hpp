// SPDX-License-Identifier: BSL-1.0
// What Telegram's public web pages show of a chat or a message to those who have no account.
#pragma once

#include <mtfetch/media.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mtfetch {

/// One picture, video or other file that a page shows or names. Bytes from there are a preview's:
/// re-encoded and smaller than what Telegram keeps.
struct web_media {
  media_kind kind = media_kind::photo;
  std::string url;              ///< where the page offers it; empty: it is only to be had signed in
  std::string thumb_url;        ///< a smaller picture of it; may be empty
  std::string file_name;        ///< as the page names it, of documents; not made safe
  std::string size_text;        ///< "1.2 MB", as the page words it; may be empty
  std::int32_t message_id = 0;  ///< its own message, of an album's items; 0: the post's
  std::int32_t duration = 0;    ///< seconds; 0 where the page does not say
  std::int32_t width = 0;       ///< pixels as shown; 0 where the page does not say
  std::int32_t height = 0;
  bool signed_in_only() const { return url.empty(); }
};

/// One message as a page shows it.
struct web_post {
  std::string chat;  ///< the public name of its chat
  std::int32_t message_id = 0;
  std::string title;           ///< the chat's name for people
  std::string author;          ///< who signed it; empty where nobody did
  std::string forwarded_from;  ///< empty where it is no forward
  std::string text;            ///< with its line breaks
  std::string views;           ///< "1.2K", as the page words it
  std::int64_t date = 0;       ///< unixtime; 0 where the page does not say
  std::vector<web_media> media;
  bool hides_media = false;  ///< some of what it carries is only shown to those signed in
};

/// What a preview is of, or why there is none.
enum class web_subject {
  post,          ///< a message of a public channel
  feed,          ///< a public channel with its last messages
  group,         ///< a public group or a channel whose messages are not shown
  person,        ///< a person or bot: no messages for anyone else
  closed_chat,   ///< private, or behind an invite link: for members
  no_such_post,  ///< the chat is there, the message is not shown or does not exist
  nobody,        ///< nobody has that name
};

/// "post", "feed", ... for JSON.
std::string_view to_string(web_subject subject);

struct web_preview {
  web_subject subject = web_subject::nobody;
  std::string address;      ///< of the page, for people
  std::string title;        ///< of the chat
  std::string audience;     ///< "12 345 subscribers", "@name", as the page words it
  std::string description;  ///< of the chat
  std::string picture_url;  ///< of the chat; may be empty
  std::vector<web_post> posts;
};

}  // namespace mtfetch
