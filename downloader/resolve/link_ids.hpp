// SPDX-License-Identifier: BSL-1.0
// Ids of chats as bots write them: people as they are, basic groups negative, channels from -10^12
// downwards. https://core.telegram.org/api/bots/ids
#pragma once

#include <mtfetch/link.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace mtfetch::links {

/// Of a chat by id.
std::int64_t bot_id(const link_chat& chat);
/// Nothing for zero, for what no chat can have, and for secret chats, which are on one device
/// alone.
std::optional<link_chat> chat_of_bot_id(std::string_view text);

}  // namespace mtfetch::links
