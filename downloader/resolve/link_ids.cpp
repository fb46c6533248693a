// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/link_ids.hpp"

#include "downloader/resolve/link_url.hpp"

namespace mtfetch::links {
namespace {

constexpr std::int64_t channels = 1'000'000'000'000;
constexpr std::int64_t secret_chats = 2 * channels;
constexpr std::int64_t secret_range = std::int64_t{1} << 31;
constexpr std::int64_t last = 4 * channels;
constexpr std::int64_t last_user = (std::int64_t{1} << 40) - 1;

}  // namespace

std::int64_t bot_id(const link_chat& chat) {
  if (chat.type == peer_kind::user) return chat.id;
  return chat.type == peer_kind::chat ? -chat.id : -channels - chat.id;
}

std::optional<link_chat> chat_of_bot_id(std::string_view text) {
  link_chat chat;
  const bool negative = text.starts_with('-');
  const auto number = leading_number<std::int64_t>(text.substr(negative ? 1 : 0));
  if (!number || *number > (negative ? last : last_user)) return std::nullopt;
  chat.id = *number;
  if (!negative) {
    chat.type = peer_kind::user;
  } else if (*number < channels) {
    chat.type = peer_kind::chat;
  } else {
    const std::int64_t to_secret = *number - secret_chats;
    if (*number == channels || (to_secret >= -secret_range && to_secret <= secret_range)) {
      return std::nullopt;
    }
    chat.id = *number - channels;
  }
  return chat;
}

}  // namespace mtfetch::links
