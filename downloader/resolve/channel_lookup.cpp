// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/channel_lookup.hpp"

#include <mtfetch/api/contacts.hpp>
#include <mtfetch/api/messages.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace mtfetch {
namespace {

// Every channel that came with an answer goes into the cache; gives the one asked for.
std::optional<cached_peer> remember_channels(client& of, const std::vector<api::Chat>& chats,
                                             std::int64_t wanted) {
  std::optional<cached_peer> found;
  for (const api::Chat& chat : chats) {
    const auto* channel = chat.get_if<api::channel>();
    // The access hash of a `min` channel is good for little, and not for reading messages.
    if (channel == nullptr || !channel->access_hash || channel->min) continue;
    cached_peer seen;
    seen.type = cached_peer::kind::channel;
    seen.id = channel->id;
    seen.access_hash = *channel->access_hash;
    seen.username = channel->username.value_or("");
    of.peers().remember(seen);
    if (seen.id == wanted) found = seen;
  }
  return found;
}

bool says_there_is_none(const rpc_error& refused) {
  return refused.is("USERNAME_NOT_OCCUPIED") || refused.is("USERNAME_INVALID");
}

}  // namespace

asio::awaitable<cached_peer> channel_by_name(client& of, std::string username, std::string link) {
  if (const auto known = of.peers().find(username)) {
    if (known->type == cached_peer::kind::channel) co_return *known;
  }
  api::contacts::resolveUsername ask;
  ask.username = username;
  std::optional<api::contacts::resolvedPeer> answer;
  try {
    answer = co_await of.invoke(ask);
  } catch (const rpc_error& refused) {
    if (!says_there_is_none(refused)) throw;
  }
  if (!answer) {
    throw error(make_error_code(link_errc::not_found),
                "there is no chat called " + username + " (" + link + ")");
  }
  const auto* peer = answer->peer.get_if<api::peerChannel>();
  if (peer == nullptr) {
    throw error(make_error_code(link_errc::unsupported),
                username + " is a person or a bot; their messages have no links (" + link + ")");
  }
  std::optional<cached_peer> found = remember_channels(of, answer->chats, peer->channel_id);
  if (!found) {
    throw error(make_error_code(link_errc::not_found),
                "this account may not see the chat " + username + " (" + link + ")");
  }
  // A channel may have several names; the one that was asked for must be found again too.
  found->username = username;
  of.peers().remember(*found);
  co_return *found;
}

asio::awaitable<cached_peer> channel_by_id(client& of, std::int64_t id, std::string link) {
  if (const auto known = of.peers().find(cached_peer::kind::channel, id)) co_return *known;
  cached_peer found;
  found.id = id;
  if (of.is_bot()) co_return found;
  api::messages::getDialogs ask;
  ask.offset_peer = api::inputPeerEmpty();
  ask.limit = 100;
  const api::messages::Dialogs answer = co_await of.invoke(ask);
  std::optional<cached_peer> seen;
  if (const auto* all = answer.get_if<api::messages::dialogs>()) {
    seen = remember_channels(of, all->chats, id);
  } else if (const auto* some = answer.get_if<api::messages::dialogsSlice>()) {
    seen = remember_channels(of, some->chats, id);
  }
  if (!seen) {
    throw error(
        make_error_code(link_errc::not_found),
        "this account is in no channel with the id " + std::to_string(id) + " (" + link + ")");
  }
  co_return *seen;
}

}  // namespace mtfetch
