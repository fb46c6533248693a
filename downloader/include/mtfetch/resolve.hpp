// SPDX-License-Identifier: BSL-1.0
// Telegram links: what they say (without network), and the media they lead to.
#pragma once

#include <mtfetch/error.hpp>
#include <mtfetch/invoke.hpp>
#include <mtfetch/link.hpp>
#include <mtfetch/media.hpp>
#include <mtfetch/resolve_options.hpp>

#include <asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace mtfetch {

class client;

/// A message whose media are left out, and why.
struct refused_media {
  std::string link;      ///< to the message
  std::error_code code;  ///< link_errc::protected_media
  std::string error;     ///< the same in one sentence that names the link
};

/// What became of one link of many; of a link to a whole chat, topic or range, a page of it.
struct resolved_link {
  std::size_t place = 0;               ///< among the links that were given
  std::string link;                    ///< as it was given
  std::vector<media> files;            ///< in the order of an album, or of the chat
  std::vector<refused_media> refused;  ///< only of a link to many messages
  std::error_code code;                ///< why there are none
  std::string error;                   ///< the same in one sentence that names the link
  bool ok() const { return !code; }
};

/// The media that a link leads to: one file for a message that carries one, those of its album, or
/// of all messages of a range, topic or chat. Throws mtfetch::error with a link_errc (link not
/// understood, nothing there, no media, not to be saved, to be joined first), rpc_error, or a
/// transport or client error; each sentence names the link. Call on the client's executor.
asio::awaitable<std::vector<media>> resolve(client& client, std::string link,
                                            resolve_options options = resolve_options());

/// Many links at once, in their order: a hundred messages of a chat are read in one call. A link
/// that leads nowhere, or whose chat the server refuses, is told in its place; what concerns all, a
/// lost login or a transport or client error, is thrown. Call on the client's executor.
/// https://core.telegram.org/method/channels.getMessages
asio::awaitable<std::vector<resolved_link>> resolve(client& client, std::vector<std::string> links,
                                                    resolve_options options = resolve_options());

/// Leads links to their media bit by bit, for chats that are too large to wait for. One coroutine
/// at a time, on the client's executor; the client must outlive it.
class link_reader {
 public:
  link_reader(client& of, std::vector<std::string> links,
              resolve_options options = resolve_options());
  ~link_reader();
  link_reader(link_reader&&) noexcept;
  link_reader& operator=(link_reader&&) noexcept;

  /// What comes next, of about a hundred links or messages; a link to a chat comes in several
  /// pages. Empty at the end. Throws what concerns all, as `resolve`; it may be called again then
  /// and goes on where it was.
  asio::awaitable<std::vector<resolved_link>> next();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

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
