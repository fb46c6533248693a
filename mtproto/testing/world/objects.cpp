// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/objects.hpp"

#include <utility>

namespace mtfetch::testing {

api::User user_object(const caller& viewer, const account& shown) {
  const std::int64_t viewer_id = viewer.who == nullptr ? shown.id : viewer.who->id;
  api::user user;
  user.self = shown.id == viewer_id;
  user.id = shown.id;
  user.access_hash = viewer.in.keys.access_hash(viewer_id, object_kind::user, shown.id);
  user.first_name = shown.first_name;
  if (!shown.last_name.empty()) user.last_name = shown.last_name;
  if (!shown.username.empty()) user.username = shown.username;
  if (user.self && !shown.phone.empty()) user.phone = shown.phone;
  if (shown.is_bot) {
    user.bot = true;
    user.bot_info_version = 1;
  } else {
    user.status = api::userStatusRecently();
  }
  return user;
}

api::Chat channel_object(const caller& viewer, const channel& shown) {
  api::channel chat;
  chat.broadcast = true;
  chat.left = !viewer.who->member;
  chat.id = shown.id;
  chat.access_hash = viewer.in.keys.access_hash(viewer.who->id, object_kind::channel, shown.id);
  chat.title = shown.title;
  if (shown.is_public()) chat.username = shown.username;
  chat.photo = api::chatPhotoEmpty();
  chat.date = shown.date;
  return chat;
}

api::Document document_object(const caller& viewer, const document& shown) {
  api::document file;
  file.id = shown.id;
  file.access_hash = viewer.in.keys.access_hash(viewer.who->id, object_kind::document, shown.id);
  file.file_reference =
      viewer.in.keys.file_reference(shown.id, viewer.in.reference_epoch_of(viewer.who->id));
  file.date = shown.date;
  file.mime_type = shown.mime_type;
  file.size = shown.size;
  file.dc_id = shown.dc;
  if (shown.video) {
    api::documentAttributeVideo video;
    video.supports_streaming = true;
    video.duration = shown.video->seconds;
    video.w = shown.video->width;
    video.h = shown.video->height;
    file.attributes.emplace_back(std::move(video));
  }
  api::documentAttributeFilename name;
  name.file_name = shown.name;
  file.attributes.emplace_back(std::move(name));
  return file;
}

api::Message message_object(const caller& viewer, const channel& where, const post& shown) {
  const document& file = viewer.in.content.document_of(shown);
  api::messageMediaDocument media;
  media.video = file.video.has_value();
  media.document = document_object(viewer, file);
  api::peerChannel peer;
  peer.channel_id = where.id;
  api::message message;
  message.post = true;
  message.id = shown.id;
  message.peer_id = std::move(peer);
  message.date = shown.date;
  message.message = shown.text;
  message.media = std::move(media);
  message.views = 1;
  message.forwards = 0;
  return message;
}

api::Message no_message(int id) {
  api::messageEmpty empty;
  empty.id = id;
  return empty;
}

api::peerNotifySettings default_notify_settings() {
  return {};
}

bool may_read(const account& who, const channel& where) {
  return where.is_public() || who.member;
}

namespace {

outcome<const channel*> checked_channel(const caller& by, std::int64_t id,
                                        std::int64_t access_hash) {
  const channel* found = by.in.content.find_channel(id);
  // Bots may name a chat that they can see by its id alone.
  const bool hash_needed = !by.who->is_bot || access_hash != 0;
  if (found == nullptr ||
      (hash_needed &&
       access_hash != by.in.keys.access_hash(by.who->id, object_kind::channel, id))) {
    return bad_request("CHANNEL_INVALID");
  }
  if (!may_read(*by.who, *found)) return bad_request("CHANNEL_PRIVATE");
  return found;
}

}  // namespace

outcome<const channel*> channel_named(const caller& by, const api::InputChannel& named) {
  const auto* given = named.get_if<api::inputChannel>();
  if (given == nullptr) return bad_request("CHANNEL_INVALID");
  return checked_channel(by, given->channel_id, given->access_hash);
}

outcome<const channel*> channel_named(const caller& by, const api::InputPeer& named) {
  const auto* given = named.get_if<api::inputPeerChannel>();
  if (given == nullptr) return bad_request("PEER_ID_INVALID");
  return checked_channel(by, given->channel_id, given->access_hash);
}

outcome<const account*> account_named(const caller& by, const api::InputUser& named) {
  if (named.is<api::inputUserSelf>()) return by.who;
  const auto* given = named.get_if<api::inputUser>();
  if (given == nullptr) return bad_request("USER_ID_INVALID");
  if (given->user_id == by.who->id) return by.who;
  const account* found = by.in.people.find(given->user_id);
  if (found == nullptr ||
      given->access_hash != by.in.keys.access_hash(by.who->id, object_kind::user, given->user_id)) {
    return bad_request("USER_ID_INVALID");
  }
  return found;
}

}  // namespace mtfetch::testing
