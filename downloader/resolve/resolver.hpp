// SPDX-License-Identifier: BSL-1.0
// What all look-ups of one run share: who was seen, which chats were found, what is wanted.
#pragma once

#include "downloader/resolve/chat_finder.hpp"
#include "downloader/resolve/history.hpp"
#include "downloader/resolve/seen_peers.hpp"
#include "downloader/resolve/wanted_file.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/resolve.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mtfetch {

struct resolver {
  resolver(client& client, resolve_options wanted)
      : of(client), options(std::move(wanted)), seen(client), finder(client, seen) {}
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  client& of;
  resolve_options options;
  seen_peers seen;
  chat_finder finder;

  wanted_file wanted() const {
    wanted_file file;
    file.choice = options.choice;
    return file;
  }
};

/// Whether it is about a chat or message, and not about the login or the way to Telegram.
bool concerns_the_chat(const error& failed);
/// Whether the server says so because this account may not read the chat, or its name or access
/// hash is another's by now.
bool says_chat_is_closed(const rpc_error& refused);
[[noreturn]] void closed_chat(const std::string& link);
void refuse(resolved_link& link, const error& failed);

/// Finds the chat and calls `use` with it; where it is closed and came from the cache, once more
/// with what Telegram says of the name now. Throws link_errc::not_found that names the link where
/// it stays closed.
template <class Use>
asio::awaitable<void> in_chat(resolver& run, link_chat named, std::string link, Use& use) {
  for (bool is_cached = !named.username.empty() && run.of.peers().find(named.username);;) {
    const cached_peer chat = co_await run.finder.find(named, link);
    try {
      co_await use(chat);
      co_return;
    } catch (const rpc_error& refused) {
      if (!says_chat_is_closed(refused)) throw;
    }
    if (!std::exchange(is_cached, false)) closed_chat(link);
    run.of.peers().forget(named.username);
  }
}

/// A message link and where its answer goes.
struct message_task {
  message_link to;
  resolved_link* into = nullptr;
};

/// Leads links to messages to their media, a hundred messages a call. A link to a notice that opens
/// a topic leads to the topic: those are given back.
asio::awaitable<std::vector<message_task>> read_messages(resolver& run,
                                                         std::vector<message_task> tasks);

struct story_task {
  story_link to;
  resolved_link* into = nullptr;
};
asio::awaitable<void> read_stories(resolver& run, std::vector<story_task> tasks);

/// All media of a chat, topic or range, page by page.
class listing {
 public:
  listing(resolver& run, cached_peer chat, history_span span, std::string link);

  /// Where `to` leads to many messages: finds its chat, joining it where that is allowed, and
  /// reads the first page. Throws as in_chat, and link_errc::join_first.
  static asio::awaitable<listing> open(resolver& run, parsed_link to, std::string link);

  /// Nothing at the end. Throws rpc_error and the client's other errors.
  asio::awaitable<std::optional<resolved_link>> next();

 private:
  void take(const api::message& message, resolved_link& into) const;

  resolver* run_;
  cached_peer chat_;
  std::string link_;
  history history_;
  std::vector<const api::message*> page_;
  bool is_first_ = true;
};

}  // namespace mtfetch
