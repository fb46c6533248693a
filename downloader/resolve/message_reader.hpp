// SPDX-License-Identifier: BSL-1.0
// Messages of one chat by their ids, read a hundred at a time and each once.
#pragma once

#include "downloader/resolve/seen_peers.hpp"
#include "downloader/resolve/wanted_file.hpp"

#include <mtfetch/client.hpp>
#include <mtfetch/media.hpp>
#include <mtfetch/peers.hpp>

#include <mtfetch/api/base.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mtfetch {

/// Which message a link names, and whether its album is wanted with it.
struct wanted_message {
  std::int32_t id = 0;
  bool single = false;
  std::string link;
};

/// The client and `seen` must outlive it.
class message_reader {
 public:
  message_reader(client& of, cached_peer chat, seen_peers& seen, invoke_options how = {})
      : of_(&of), chat_(std::move(chat)), seen_(&seen), how_(how) {}

  const cached_peer& chat() const { return chat_; }

  /// Reads these, those that were read before left out; and the albums that they belong to, where
  /// those are wanted. Throws rpc_error and the client's other errors.
  asio::awaitable<void> read(std::vector<wanted_message> wanted);
  /// Reads these ids and no more.
  asio::awaitable<void> read_ids(std::set<std::int32_t> ids);

  /// A message that was read and is this chat's; null where there is none, or a notice.
  const api::message* find(std::int32_t id) const;
  const api::messageService* find_notice(std::int32_t id) const;
  /// The message's own media, or that of all items of its album. Throws mtfetch::error with
  /// link_errc::not_found, no_media or protected_media that names the link.
  std::vector<media> media_of(const wanted_message& wanted, const wanted_file& which) const;

 private:
  asio::awaitable<api::messages::Messages> ask(std::vector<api::InputMessage> ids);

  client* of_;
  cached_peer chat_;
  seen_peers* seen_;
  invoke_options how_;
  std::map<std::int32_t, api::Message> read_;  // those asked for and not there as messageEmpty
};

}  // namespace mtfetch
