// SPDX-License-Identifier: BSL-1.0
// Stories of one person or channel by their ids. https://core.telegram.org/api/stories
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

/// The client and `seen` must outlive it.
class story_reader {
 public:
  story_reader(client& of, cached_peer author, seen_peers& seen, invoke_options how = {})
      : of_(&of), author_(std::move(author)), seen_(&seen), how_(how) {}

  /// Reads these, a hundred in a call. Throws rpc_error and the client's other errors.
  asio::awaitable<void> read(std::set<std::int32_t> ids);
  /// Throws mtfetch::error that names the link: link_errc::not_found, no_media or protected_media.
  std::vector<media> media_of(std::int32_t id, std::string link, const wanted_file& which) const;

 private:
  client* of_;
  cached_peer author_;
  seen_peers* seen_;
  invoke_options how_;
  std::map<std::int32_t, api::storyItem> read_;
};

}  // namespace mtfetch
