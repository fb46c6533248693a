// SPDX-License-Identifier: BSL-1.0
// What one of Telegram's public web pages says: the widget of a post (?embed=1&mode=tme), the feed
// of a channel (/s/name), the page of a chat. One reader for all three, since they share their
// parts. Without network.
#pragma once

#include <mtfetch/result.hpp>
#include <mtfetch/web_preview.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "downloader/resolve/web_url.hpp"

namespace mtfetch::web {

struct web_page {
  std::vector<web_post> posts;  ///< as the page has them: oldest first
  bool says_missing = false;    ///< the widget says that there is no such post
  bool has_chat = false;        ///< it is the page of a chat that is there
  std::string title;            ///< of the chat, else OpenGraph's
  std::string audience;         ///< the line under the title: subscribers, members, "@name"
  std::string description;
  std::string picture;  ///< address, only where it may be asked
};

/// Bounded: at most 100 posts and 100 media each; what is too long is cut.
/// protocol_errc::bad_length for a page beyond html_tree's limits. Addresses that `from` does not
/// allow are left out, and their media are as if hidden.
result<web_page> read_page(std::string_view html, const site& from);

/// "2024-05-01T12:34:56+02:00" as unixtime; 0 where it is not such a text.
std::int64_t unixtime_of(std::string_view iso);
/// "0:28", "1:02:03" in seconds; 0 where it is not such a text.
std::int32_t seconds_of(std::string_view clock);
/// The address in `background-image:url('...')` of a style attribute; empty where there is none.
std::string_view background_of(std::string_view style);

}  // namespace mtfetch::web
