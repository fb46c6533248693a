// SPDX-License-Identifier: BSL-1.0
// The messages of a chat, topic or thread, a hundred at a time, in one direction.
#pragma once

#include "downloader/resolve/message_reader.hpp"
#include "downloader/resolve/seen_peers.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/peers.hpp>

#include <mtfetch/api/base.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <vector>

namespace mtfetch {

/// Which messages; bounds belong to it.
struct history_span {
  std::int32_t first = 1;
  std::int32_t last = INT32_MAX;
  std::int32_t thread_id = 0;  ///< a topic's or a comment thread's; 0: all
  std::int64_t since = 0;      ///< unixtime; 0: from the beginning
  std::int64_t until = 0;      ///< unixtime, not included; 0: to the end
  bool oldest_first = false;
};

/// People are answered by messages.getHistory and messages.getReplies. Bots are not: for them ids
/// are asked for in their order, whatever `oldest_first` says, up to `last` or until a thousand in
/// a row were empty. The client and `seen` must outlive it.
class history {
 public:
  history(client& of, cached_peer chat, seen_peers& seen, history_span span)
      : of_(&of), chat_(chat), seen_(&seen), span_(span), by_id_(of, std::move(chat), seen) {}

  /// What comes next; empty at the end. Throws rpc_error and the client's other errors, and may be
  /// called again after that.
  asio::awaitable<std::vector<const api::message*>> next();

 private:
  asio::awaitable<std::vector<api::Message>> ask_page();
  asio::awaitable<void> read_ids();
  asio::awaitable<void> read_page();

  client* of_;
  cached_peer chat_;
  seen_peers* seen_;
  history_span span_;
  message_reader by_id_;
  std::vector<api::Message> page_;  // what next() gave points into it
  std::vector<const api::message*> found_;
  std::int32_t at_ = 0;  // the last id that was read; 0: none yet
  std::int32_t empty_in_a_row_ = 0;
  bool ended_ = false;
};

}  // namespace mtfetch
