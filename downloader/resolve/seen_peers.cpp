// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/seen_peers.hpp"

#include <utility>

namespace mtfetch {

peer_id id_of(const api::Peer& peer) {
  if (const auto* user = peer.get_if<api::peerUser>()) return {peer_kind::user, user->user_id};
  if (const auto* chat = peer.get_if<api::peerChat>()) return {peer_kind::chat, chat->chat_id};
  if (const auto* channel = peer.get_if<api::peerChannel>()) {
    return {peer_kind::channel, channel->channel_id};
  }
  return {peer_kind::user, 0};
}

api::InputPeer input_peer(const cached_peer& peer, std::int64_t own_id) {
  switch (peer.type) {
    case peer_kind::user: {
      if (peer.id == own_id) return api::inputPeerSelf();
      api::inputPeerUser user;
      user.user_id = peer.id;
      user.access_hash = peer.access_hash;
      return user;
    }
    case peer_kind::chat: {
      api::inputPeerChat chat;
      chat.chat_id = peer.id;
      return chat;
    }
    case peer_kind::channel:
      break;
  }
  api::inputPeerChannel channel;
  channel.channel_id = peer.id;
  channel.access_hash = peer.access_hash;
  return channel;
}

api::inputChannel input_channel(const cached_peer& channel) {
  api::inputChannel named;
  named.channel_id = channel.id;
  named.access_hash = channel.access_hash;
  return named;
}

void seen_peers::add(const std::vector<api::Chat>& chats, const std::vector<api::User>& users) {
  for (const api::Chat& chat : chats) {
    seen_peer peer;
    if (const auto* channel = chat.get_if<api::channel>()) {
      peer.title = channel->title;
      peer.username = username_of(*channel);
      // The access hash of a `min` channel is good for little, and not for reading messages.
      if (!channel->min) peer.access_hash = channel->access_hash;
      peer.is_protected = channel->noforwards;
      peer.is_member = !channel->left;
      add({peer_kind::channel, channel->id}, std::move(peer));
    } else if (const auto* group = chat.get_if<api::chat>()) {
      peer.title = group->title;
      peer.access_hash = 0;
      peer.is_protected = group->noforwards;
      peer.is_member = !group->left && !group->deactivated;
      add({peer_kind::chat, group->id}, std::move(peer));
    } else if (const auto* closed = chat.get_if<api::channelForbidden>()) {
      peer.title = closed->title;
      peer.is_member = false;
      add({peer_kind::channel, closed->id}, std::move(peer));
    } else if (const auto* shut = chat.get_if<api::chatForbidden>()) {
      peer.title = shut->title;
      peer.is_member = false;
      add({peer_kind::chat, shut->id}, std::move(peer));
    }
  }
  for (const api::User& one : users) {
    const auto* user = one.get_if<api::user>();
    if (user == nullptr) continue;
    seen_peer peer;
    peer.title = user->first_name.value_or("");
    if (user->last_name) peer.title += (peer.title.empty() ? "" : " ") + *user->last_name;
    peer.username = username_of(*user);
    if (!user->min) peer.access_hash = user->access_hash;
    add({peer_kind::user, user->id}, std::move(peer));
  }
}

void seen_peers::add(peer_id id, seen_peer peer) {
  const auto known = seen_.find(id);
  // What comes as `min` does not take away what was told in full.
  if (known != seen_.end() && !peer.access_hash) return;
  const bool is_news = known == seen_.end() || known->second.access_hash != peer.access_hash;
  if (is_news && peer.access_hash && id.first != peer_kind::user) remember(id, peer);
  seen_.insert_or_assign(known, id, std::move(peer));
}

void seen_peers::remember(peer_id id, const seen_peer& peer) {
  if (!peer.access_hash) return;
  const auto known = of_->peers().find(id.first, id.second);
  // A chat may have several names: the one by which it was found stays.
  const bool is_named = known && (!known->username.empty() || peer.username.empty());
  if (known && known->access_hash == *peer.access_hash && is_named) return;
  cached_peer kept;
  kept.type = id.first;
  kept.id = id.second;
  kept.access_hash = *peer.access_hash;
  kept.username = peer.username;
  of_->peers().remember(kept);
}

void seen_peers::remember(peer_id id) {
  if (const seen_peer* peer = find(id)) remember(id, *peer);
}

const seen_peer* seen_peers::find(peer_id id) const {
  const auto found = seen_.find(id);
  return found == seen_.end() ? nullptr : &found->second;
}

}  // namespace mtfetch
