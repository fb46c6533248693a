// SPDX-License-Identifier: BSL-1.0
// What a Telegram link says, without asking the network. https://core.telegram.org/api/links
#pragma once

#include <mtfetch/error.hpp>
#include <mtfetch/peer_kind.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace mtfetch {

/// The chat that a link names: by public name, or by id.
struct link_chat {
  std::string username;                 ///< without '@', as written; empty: by id
  peer_kind type = peer_kind::channel;  ///< what `id` is the id of; a name may be anybody's
  std::int64_t id = 0;                  ///< bare positive id; 0 where there is a name
  friend bool operator==(const link_chat&, const link_chat&) = default;
};

/// One message: t.me/name/12, t.me/c/ID/12, -100ID:12, 12345:12, tg://resolve, tg://privatepost.
struct message_link {
  link_chat chat;
  std::int32_t message_id = 0;  ///< for people and basic groups the account's own count
  std::int32_t thread_id = 0;   ///< topic or thread named by the link, 0 for none; 1 is "General"
  std::int32_t comment_id = 0;  ///< ?comment=: a message of the discussion group under this post
  bool single = false;          ///< ?single: this item of an album only
  std::int32_t at = 0;  ///< ?t=: seconds into the media, at most 10^7; 0 also for unreadable ones
  friend bool operator==(const message_link&, const message_link&) = default;
};

/// Messages by their ids, both ends included: t.me/name/100-250, t.me/c/ID/100-250,
/// t.me/name/TOPIC/100-250, 12345:100-250. `first` <= `last`, and at most a million ids.
struct range_link {
  link_chat chat;
  std::int32_t first = 0;
  std::int32_t last = 0;
  std::int32_t thread_id = 0;  ///< as for message_link
  friend bool operator==(const range_link&, const range_link&) = default;
};

/// All messages of a chat, or of its topic: t.me/name, @name, name, t.me/c/ID, -100ID, -ID (a basic
/// group), tg://user?id=ID; `?thread=` names the topic.
struct chat_link {
  link_chat chat;
  std::int32_t thread_id = 0;  ///< as for message_link
  friend bool operator==(const chat_link&, const chat_link&) = default;
};

/// t.me/+hash, t.me/joinchat/hash, tg://join?invite=hash.
struct invite_link {
  std::string hash;  ///< letters, digits, '-' and '_'; never digits alone
  friend bool operator==(const invite_link&, const invite_link&) = default;
};

/// t.me/name/s/5, tg://resolve?domain=name&story=5.
struct story_link {
  link_chat chat;
  std::int32_t story_id = 0;
  friend bool operator==(const story_link&, const story_link&) = default;
};

/// What else Telegram has links for. None of it is media.
enum class other_kind {
  attachment,
  auction,
  background,
  boost,
  bot_start,
  bot_to_group,
  business_chat,
  call,
  collectible,
  confirm_phone,
  contact,
  direct_messages,
  emoji,
  folder,
  game,
  gift_code,
  gift_collection,
  instant_view,
  invoice,
  language,
  live_story,
  login,
  passport,
  phone,
  proxy,
  purchase,
  referral,
  settings,
  share,
  socks,
  stickers,
  story_album,
  style,
  theme,
  video_chat,
  web_app,
  web_version,
};

/// "boost", "gift_code", ... for JSON.
std::string_view to_string(other_kind kind);

/// A link of another kind, understood and of no use for media.
struct other_link {
  other_kind kind{};
  std::string sentence;   ///< for people: what it leads to
  std::string canonical;  ///< the link without what mtfetch has no use for: codes, secrets, texts
  friend bool operator==(const other_link&, const other_link&) = default;
};

/// A text that is no link to anything, or one that is not understood: why, and in one sentence for
/// people. The sentence quotes no query, where links carry their secrets, and no control character.
struct refused_link {
  link_errc why = link_errc::malformed;
  std::string sentence;
  friend bool operator==(const refused_link&, const refused_link&) = default;
};

using parsed_link = std::variant<message_link, range_link, chat_link, invite_link, story_link,
                                 other_link, refused_link>;

/// Reads a link. Never throws for what it says and never asks the network; safe in any thread.
/// Understands https, http and no scheme; t.me, telegram.me and telegram.dog with and without
/// `www.`, name.t.me; tg: links; names alone; and ids as bots write them: -100 and the ten digits
/// of a channel, -ID for a basic group, ID:12 for a person. Percent signs are decoded once, unknown
/// query arguments ignored. Nothing is guessed: what is not understood is a refused_link.
parsed_link parse_link(std::string_view text);

/// The link in its shortest sure form, https://t.me/... where there is one, else as ids:
/// `12345:12`. It parses to the same value. Empty for a refused_link.
std::string to_string(const parsed_link& link);

}  // namespace mtfetch
