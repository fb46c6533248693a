// SPDX-License-Identifier: BSL-1.0
// Accounts, chats, messages and files as TL objects, as one account is shown them.
#pragma once

#include <mtfetch/api.hpp>
#include <set>
#include <vector>

#include "mtproto/testing/world/caller.hpp"

namespace mtfetch::testing {

api::User user_object(const caller& viewer, const account& shown);
/// A chat that the viewer may not look into is chatForbidden or channelForbidden.
api::Chat chat_object(const caller& viewer, const chat& shown);
api::Message message_object(const caller& viewer, const chat& where, const post& shown);
/// What stands for a message that is not there.
api::Message no_message(int id);
api::peerNotifySettings default_notify_settings();
/// A peer as such.
api::Peer peer_object(const peer& shown);
/// The peer that a chat is for the viewer: of two people, the other one.
peer peer_of(const caller& viewer, const chat& shown);

// Of media_objects.cpp.
api::Document document_object(const caller& viewer, const document& shown);
api::Photo photo_object(const caller& viewer, const photo& shown);
api::MessageMedia media_object(const caller& viewer, const media& shown);
api::WebPage web_page_object(const caller& viewer, const web_page& shown);
std::vector<api::MessageEntity> entity_objects(const std::vector<world_entity>& shown);

/// Everybody that an answer mentions, for its lists of users and chats.
class mentioned {
 public:
  explicit mentioned(const caller& viewer) : viewer_(viewer) {}
  void add(const peer& who);
  void add(const chat& where);
  void add(const chat& where, const post& message);
  void put(std::vector<api::User>& users, std::vector<api::Chat>& chats) const;

 private:
  const caller& viewer_;
  std::set<std::int64_t> users_;
  std::set<std::int64_t> chats_;
};

/// Whether an account may look into a chat.
bool may_read(const caller& by, const chat& where);

// Of peers.cpp: what an input names, if the caller may read it.
outcome<const chat*> channel_named(const caller& by, const api::InputChannel& named);
/// A chat of any kind; null when two people have not written to each other.
outcome<const chat*> chat_named(const caller& by, const api::InputPeer& named);
/// The account that an input names.
outcome<const account*> account_named(const caller& by, const api::InputUser& named);
/// The peer itself: for stories.
outcome<peer> peer_named(const caller& by, const api::InputPeer& named);

}  // namespace mtfetch::testing
