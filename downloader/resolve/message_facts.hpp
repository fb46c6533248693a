// SPDX-License-Identifier: BSL-1.0
// What is known of a message beside its media: chat, sender, origin.
#pragma once

#include "downloader/resolve/seen_peers.hpp"
#include "downloader/resolve/wanted_file.hpp"

#include <mtfetch/link.hpp>
#include <mtfetch/media.hpp>
#include <mtfetch/peers.hpp>

#include <mtfetch/api/base.hpp>
#include <mtfetch/api/messages.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtfetch {

/// The id of a message of any kind, those that are gone too.
std::int32_t id_of(const api::Message& one);
/// The messages of an answer, whichever of its kinds it is; its chats and people go to `seen`.
std::vector<api::Message> messages_of(api::messages::Messages answer, seen_peers& seen);
/// Whether a message is one of this chat, and not of another where ids are the account's own.
bool belongs_to(const api::message& message, const cached_peer& chat);
/// A message of a chat as a link of its own, to this message alone.
std::string link_to(const cached_peer& chat, std::int32_t message_id);

/// The media of a message of `chat`. Throws like media_of_message, naming `link`.
std::vector<media> media_in(const api::message& message, const cached_peer& chat, std::string link,
                            const seen_peers& seen, const wanted_file& wanted);

}  // namespace mtfetch
