// SPDX-License-Identifier: BSL-1.0
// From a link to the media of its message.
#include <mtfetch/resolve.hpp>

#include "downloader/resolve/channel_lookup.hpp"
#include "downloader/resolve/media_of_message.hpp"

#include <mtfetch/api/channels.hpp>
#include <mtfetch/api/messages.hpp>
#include <mtfetch/client.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace mtfetch {
namespace {

// Items of an album are neighbours; Telegram allows ten.
constexpr std::int32_t album_reach = 9;

struct wanted_message {
  std::int32_t id = 0;
  bool single = false;
  std::string link;
};

std::vector<api::Message> messages_of(api::messages::Messages answer) {
  if (auto* all = answer.get_if<api::messages::messages>()) return std::move(all->messages);
  if (auto* some = answer.get_if<api::messages::messagesSlice>()) return std::move(some->messages);
  if (auto* of_channel = answer.get_if<api::messages::channelMessages>()) {
    return std::move(of_channel->messages);
  }
  return {};
}

asio::awaitable<std::vector<api::Message>> read_messages(client* of, cached_peer channel,
                                                         std::int32_t first, std::int32_t last,
                                                         invoke_options how = {}) {
  api::inputChannel named;
  named.channel_id = channel.id;
  named.access_hash = channel.access_hash;
  api::channels::getMessages ask;
  ask.channel = named;
  for (std::int32_t id = first; id <= last; ++id) {
    api::inputMessageID one;
    one.id = id;
    ask.id.emplace_back(one);
  }
  co_return messages_of(co_await of->invoke(ask, how));
}

media_origin origin_of(const cached_peer& channel, std::int32_t message, const std::string& link) {
  media_origin origin;
  origin.link = link;
  origin.username = channel.username;
  origin.channel_id = channel.id;
  origin.access_hash = channel.access_hash;
  origin.message_id = message;
  return origin;
}

const api::message* find_message(const std::vector<api::Message>& among, std::int32_t id) {
  for (const api::Message& one : among) {
    const auto* found = one.get_if<api::message>();
    if (found != nullptr && found->id == id) return found;
  }
  return nullptr;
}

bool is_service_message(const std::vector<api::Message>& among, std::int32_t id) {
  return std::ranges::any_of(among, [id](const api::Message& one) {
    const auto* service = one.get_if<api::messageService>();
    return service != nullptr && service->id == id;
  });
}

bool says_channel_is_closed(const rpc_error& refused) {
  return refused.is("CHANNEL_INVALID") || refused.is("CHANNEL_PRIVATE") ||
         refused.is("CHAT_ID_INVALID") || refused.is("CHANNEL_PUBLIC_GROUP_NA");
}

[[noreturn]] void closed_channel(const std::string& link) {
  throw error(make_error_code(link_errc::not_found),
              "the chat of " + link + " is private, and this account is not in it");
}

// The message's own media, or that of all items of its album.
std::vector<media> media_of(const std::vector<api::Message>& read, const cached_peer& channel,
                            const wanted_message& wanted) {
  const api::message* message = find_message(read, wanted.id);
  if (message == nullptr && is_service_message(read, wanted.id)) {
    throw error(make_error_code(link_errc::no_media),
                "the message of " + wanted.link + " is a notice and has no media");
  }
  if (message == nullptr) {
    throw error(make_error_code(link_errc::not_found),
                "there is no message " + std::to_string(wanted.id) + " (" + wanted.link + ")");
  }
  std::vector<media> found;
  if (wanted.single || !message->grouped_id) {
    found.push_back(media_of_message(*message, origin_of(channel, wanted.id, wanted.link)));
    return found;
  }
  for (const api::Message& one : read) {
    const auto* item = one.get_if<api::message>();
    if (item == nullptr || item->grouped_id != message->grouped_id) continue;
    found.push_back(media_of_message(*item, origin_of(channel, item->id, wanted.link)));
  }
  return found;
}

asio::awaitable<std::vector<media>> read_media(client* of, cached_peer channel,
                                               wanted_message wanted) {
  const std::int32_t reach = wanted.single ? 0 : album_reach;
  const std::int32_t first = std::max(1, wanted.id - std::min(reach, wanted.id - 1));
  const std::int32_t last = wanted.id + std::min(reach, INT32_MAX - wanted.id);
  const std::vector<api::Message> read = co_await read_messages(of, channel, first, last);
  co_return media_of(read, channel, wanted);
}

asio::awaitable<std::vector<media>> resolve_public(client* of, public_message_link said,
                                                   wanted_message wanted) {
  const bool was_known = of->peers().find(said.username).has_value();
  const cached_peer channel = co_await channel_by_name(*of, said.username, wanted.link);
  try {
    co_return co_await read_media(of, channel, wanted);
  } catch (const rpc_error& refused) {
    if (!says_channel_is_closed(refused)) throw;
  }
  if (!was_known) closed_channel(wanted.link);
  // The name may belong to another channel by now: ask once more, past the cache.
  of->peers().forget(said.username);
  const cached_peer again = co_await channel_by_name(*of, said.username, wanted.link);
  try {
    co_return co_await read_media(of, again, wanted);
  } catch (const rpc_error& refused) {
    if (!says_channel_is_closed(refused)) throw;
  }
  closed_channel(wanted.link);
}

asio::awaitable<std::vector<media>> resolve_private(client* of, private_message_link said,
                                                    wanted_message wanted) {
  const cached_peer channel = co_await channel_by_id(*of, said.channel_id, wanted.link);
  try {
    co_return co_await read_media(of, channel, wanted);
  } catch (const rpc_error& refused) {
    if (!says_channel_is_closed(refused)) throw;
  }
  closed_channel(wanted.link);
}

}  // namespace

asio::awaitable<std::vector<media>> resolve(client& client, std::string link) {
  const parsed_link parsed = parse_link(link);
  if (const auto* refused = std::get_if<refused_link>(&parsed)) {
    throw error(make_error_code(refused->why), refused->sentence);
  }
  wanted_message wanted;
  wanted.link = link;
  if (const auto* said = std::get_if<public_message_link>(&parsed)) {
    wanted.id = said->message_id;
    wanted.single = said->single;
    co_return co_await resolve_public(&client, *said, wanted);
  }
  const auto& said = std::get<private_message_link>(parsed);
  wanted.id = said.message_id;
  wanted.single = said.single;
  co_return co_await resolve_private(&client, said, wanted);
}

asio::awaitable<media> refresh(client& client, media old, invoke_options how) {
  cached_peer channel;
  channel.id = old.origin.channel_id;
  channel.access_hash = old.origin.access_hash;
  channel.username = old.origin.username;
  const std::int32_t id = old.origin.message_id;
  const std::vector<api::Message> read = co_await read_messages(&client, channel, id, id, how);
  wanted_message wanted;
  wanted.id = id;
  wanted.single = true;
  wanted.link = old.origin.link;
  std::vector<media> found = media_of(read, channel, wanted);
  media& fresh = found.front();
  if (fresh.id != old.id || fresh.size != old.size || fresh.thumb_size != old.thumb_size) {
    throw error(make_error_code(storage_errc::file_changed),
                "the message of " + old.origin.link + " has another file now");
  }
  co_return std::move(fresh);
}

}  // namespace mtfetch
