// SPDX-License-Identifier: BSL-1.0
// From what a link calls a chat to what calls need to speak of it.
#pragma once

#include "downloader/resolve/seen_peers.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/link.hpp>
#include <mtfetch/peers.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace mtfetch {

/// What is behind an invite link.
struct invited_chat {
  cached_peer chat;  ///< of one that may be read; else id 0
  std::string title;
  std::string about;
  std::int32_t members = 0;
  bool is_channel = false;     ///< only its owners post
  bool is_member = false;      ///< this account is in it
  bool needs_consent = false;  ///< who joins waits until an administrator agrees
};

/// Asks each thing once. The client must outlive it; its errors pass through.
class chat_finder {
 public:
  chat_finder(client& of, seen_peers& seen) : of_(&of), seen_(&seen) {}

  /// By public name: from the client's peer cache, else contacts.resolveUsername. By id: from the
  /// cache, else from the dialogs; basic groups, and bots in their channels, need no access hash.
  /// Throws mtfetch::error with link_errc::not_found that names the link.
  asio::awaitable<cached_peer> find(link_chat named, std::string link);

  /// Looks behind an invite link. Throws link_errc::not_found where it leads nowhere (any more).
  /// https://core.telegram.org/method/messages.checkChatInvite
  asio::awaitable<invited_chat> look(std::string hash, std::string link);
  /// Joins the chat behind it. Throws link_errc::join_first where an administrator must agree.
  /// https://core.telegram.org/method/messages.importChatInvite
  asio::awaitable<cached_peer> join(std::string hash, std::string link);

 private:
  asio::awaitable<cached_peer> find_name(std::string username, std::string link);
  asio::awaitable<void> read_dialogs(peer_id until);
  asio::awaitable<bool> read_dialogs_of(std::int32_t folder, peer_id until);

  client* of_;
  seen_peers* seen_;
  bool dialogs_are_read_ = false;
};

}  // namespace mtfetch
