// SPDX-License-Identifier: BSL-1.0
// Telegram links: what they say (without network), and the media they lead to.
#pragma once

#include <mtfetch/error.hpp>
#include <mtfetch/invoke.hpp>
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace mtfetch {

class client;

/// t.me/<username>/<id>: a message of a public channel or supergroup.
struct public_message_link {
  std::string username;
  std::int32_t message_id = 0;
  std::int32_t thread_id = 0;  ///< the topic named by the link, 0 for none
  bool single = false;         ///< `?single`: this item of an album only
};

/// t.me/c/<channel>/<id>: a message of a channel that only members see.
struct private_message_link {
  std::int64_t channel_id = 0;
  std::int32_t message_id = 0;
  std::int32_t thread_id = 0;
  bool single = false;
};

/// A text that leads to no media: why, and in one sentence for people.
struct refused_link {
  link_errc why = link_errc::malformed;
  std::string sentence;
};

/// What a link says; kinds are added here as they are learned.
using parsed_link = std::variant<public_message_link, private_message_link, refused_link>;

/// Reads a link. Never throws for what it says and never asks the network. Understands https, http
/// and no scheme; t.me, telegram.me and telegram.dog with and without `www.`; <name>.t.me; a
/// trailing slash, `/s/` and unknown query arguments are ignored.
/// https://core.telegram.org/api/links
parsed_link parse_link(std::string_view text);

/// The media of the message that a link leads to: one file for a message that carries one. Throws
/// mtfetch::error with a link_errc (link not understood, nothing there, no media), rpc_error, or a
/// transport or client error; each sentence names the link. Call on the client's executor.
asio::awaitable<std::vector<media>> resolve(client& client, std::string link);

/// What became of one link of many.
struct resolved_link {
  std::string link;          ///< as it was given
  std::vector<media> files;  ///< in the order of an album
  std::error_code code;      ///< why there are none
  std::string error;         ///< the same in one sentence that names the link
  bool ok() const { return !code; }
};

/// Many links at once, in their order: a hundred messages of a chat are read in one call. A link
/// that leads nowhere, or whose chat the server refuses, is told in its place; what concerns all, a
/// lost login or a transport or client error, is thrown. Call on the client's executor.
/// https://core.telegram.org/method/channels.getMessages
asio::awaitable<std::vector<resolved_link>> resolve(client& client, std::vector<std::string> links);

/// The same file with a fresh file reference, read from the message it came from. Throws like
/// `resolve`; storage_errc::file_changed when the message carries another file now. `how` is for
/// the call that reads the message.
/// https://core.telegram.org/api/file-references
asio::awaitable<media> refresh(client& client, media old, invoke_options how = {});

/// Many files at once, in their order: a hundred messages of a channel are read in one call. A file
/// whose message is gone, or has another file now, or whose channel the server refuses, is told in
/// its place; what concerns all, a flood wait, a lost login, a transport or client error, is
/// thrown. Call on the client's executor.
asio::awaitable<std::vector<refreshed_media>> refresh(client& client, std::vector<media> old,
                                                      invoke_options how = {});

}  // namespace mtfetch
