// SPDX-License-Identifier: BSL-1.0
// The media that Telegram links lead to.
#pragma once

#include <mtfetch/error.hpp>
#include <mtfetch/invoke.hpp>
#include <mtfetch/link.hpp>  // IWYU pragma: export
#include <mtfetch/media.hpp>

#include <asio/awaitable.hpp>
#include <string>
#include <system_error>
#include <vector>

namespace mtfetch {

class client;

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
