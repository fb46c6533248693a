// SPDX-License-Identifier: BSL-1.0
// The messages of one channel, read a hundred at a time and each once.
#pragma once

#include <mtfetch/api/base.hpp>
#include <mtfetch/client.hpp>
#include <mtfetch/media.hpp>
#include <mtfetch/peers.hpp>

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

/// The client must outlive it.
class message_reader {
 public:
  message_reader(client& of, cached_peer channel, invoke_options how = {})
      : of_(&of), channel_(std::move(channel)), how_(how) {}

  /// Reads these, those that were read before left out; and the albums that they belong to, where
  /// those are wanted. Throws rpc_error and the client's other errors.
  asio::awaitable<void> read(std::vector<wanted_message> wanted);
  /// The message's own media, or that of all items of its album. Throws mtfetch::error with
  /// link_errc::not_found or no_media that names the link.
  std::vector<media> media_of(const wanted_message& wanted) const;

 private:
  asio::awaitable<void> read_ids(std::set<std::int32_t> ids);
  const api::message* find(std::int32_t id) const;

  client* of_;
  cached_peer channel_;
  invoke_options how_;
  std::map<std::int32_t, api::Message> read_;  // those asked for and not there as messageEmpty
};

}  // namespace mtfetch
