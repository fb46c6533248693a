// SPDX-License-Identifier: BSL-1.0
// From a channel's name or id to what calls need to speak of it.
#pragma once

#include <mtfetch/client.hpp>
#include <mtfetch/peers.hpp>

#include <asio/awaitable.hpp>

#include <cstdint>
#include <string>

namespace mtfetch {

/// By public name: from the client's peer cache, else contacts.resolveUsername. Throws
/// mtfetch::error (link_errc::not_found, or unsupported where the name is a person's) that names
/// the link.
asio::awaitable<cached_peer> channel_by_name(client& of, std::string username, std::string link);

/// By id, for t.me/c links: from the cache, else from the first hundred dialogs; a bot needs no
/// access hash for channels that it is a member of.
asio::awaitable<cached_peer> channel_by_id(client& of, std::int64_t id, std::string link);

}  // namespace mtfetch
