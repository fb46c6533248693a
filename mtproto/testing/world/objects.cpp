// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/objects.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::testing {

bool may_read(const caller& by, const chat& where) {
  if (where.kind == chat_kind::person) {
    return std::ranges::find(where.people, by.who->id) != where.people.end();
  }
  return where.is_public() || by.in.membership.has(where.id, by.who->id) ||
         by.in.membership.peeks(where.id, by.who->id);
}

api::User user_object(const caller& viewer, const account& shown) {
  const std::int64_t viewer_id = viewer.who == nullptr ? shown.id : viewer.who->id;
  api::user user;
  user.self = shown.id == viewer_id;
  user.id = shown.id;
  user.access_hash = viewer.in.keys.access_hash(viewer_id, object_kind::user, shown.id);
  if (shown.deleted) {
    user.deleted = true;
    return user;
  }
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

api::Chat chat_object(const caller& viewer, const chat& shown) {
  const members& in = viewer.in.membership;
  const bool left = !in.has(shown.id, viewer.who->id);
  if (!shown.is_channel()) {
    if (left) {
      api::chatForbidden closed;
      closed.id = shown.id;
      closed.title = shown.title;
      return closed;
    }
    api::chat group;
    group.id = shown.id;
    group.title = shown.title;
    group.photo = api::chatPhotoEmpty();
    group.participants_count = in.count(shown.id);
    group.date = shown.date;
    group.version = 1;
    group.noforwards = shown.protected_content;
    return group;
  }
  const auto hash = viewer.in.keys.access_hash(viewer.who->id, object_kind::channel, shown.id);
  if (!may_read(viewer, shown)) {
    api::channelForbidden closed;
    closed.broadcast = shown.kind == chat_kind::channel;
    closed.megagroup = shown.kind == chat_kind::supergroup;
    closed.id = shown.id;
    closed.access_hash = hash;
    closed.title = shown.title;
    return closed;
  }
  api::channel made;
  made.broadcast = shown.kind == chat_kind::channel;
  made.megagroup = shown.kind == chat_kind::supergroup;
  made.forum = shown.forum;
  made.noforwards = shown.protected_content;
  made.has_link = shown.linked != 0;
  made.left = left;
  made.id = shown.id;
  made.access_hash = hash;
  made.title = shown.title;
  if (shown.is_public()) made.username = shown.username;
  made.photo = api::chatPhotoEmpty();
  made.date = shown.date;
  if (in.is_admin(shown.id, viewer.who->id)) made.admin_rights = api::chatAdminRights();
  return made;
}

api::Peer peer_object(const peer& shown) {
  if (shown.is == peer::kind::user) {
    api::peerUser made;
    made.user_id = shown.id;
    return made;
  }
  if (shown.is == peer::kind::group) {
    api::peerChat made;
    made.chat_id = shown.id;
    return made;
  }
  api::peerChannel made;
  made.channel_id = shown.id;
  return made;
}

peer peer_of(const caller& viewer, const chat& shown) {
  if (shown.kind != chat_kind::person) return shown.as_peer();
  const std::int64_t first = shown.people.front();
  return {peer::kind::user, first == viewer.who->id ? shown.people.back() : first};
}

namespace {

api::messageFwdHeader forward_object(const forward_origin& shown) {
  api::messageFwdHeader made;
  if (shown.from.is != peer::kind::nobody) made.from_id = peer_object(shown.from);
  if (!shown.name.empty()) made.from_name = shown.name;
  made.date = shown.date;
  if (shown.message != 0) made.channel_post = shown.message;
  if (!shown.author.empty()) made.post_author = shown.author;
  if (shown.saved_message != 0) {
    made.saved_from_peer = peer_object(shown.saved_from);
    made.saved_from_msg_id = shown.saved_message;
  }
  return made;
}

api::MessageMedia carried_by(const caller& viewer, const post& shown) {
  if (shown.paid_stars != 0) {
    api::messageMediaPaidMedia paid;
    paid.stars_amount = shown.paid_stars;
    api::messageExtendedMediaPreview preview;
    preview.w = 320;
    preview.h = 180;
    paid.extended_media.emplace_back(std::move(preview));
    return paid;
  }
  if (shown.page) {
    api::messageMediaWebPage page;
    page.webpage = web_page_object(viewer, *shown.page);
    return page;
  }
  return media_object(viewer, shown.carried);
}

std::optional<api::messageReplyHeader> reply_of(const chat& where, const post& shown) {
  if (shown.reply_to == 0 && shown.top == 0) return std::nullopt;
  api::messageReplyHeader made;
  made.reply_to_msg_id = shown.reply_to != 0 ? shown.reply_to : shown.top;
  if (shown.reply_to != 0 && shown.top != 0) made.reply_to_top_id = shown.top;
  made.forum_topic = where.forum && shown.top != 0;
  return made;
}

api::Message service_object(const caller& viewer, const chat& where, const post& shown) {
  api::messageService made;
  made.id = shown.id;
  made.date = shown.date;
  made.post = where.kind == chat_kind::channel;
  made.peer_id = peer_object(peer_of(viewer, where));
  if (shown.from.is != peer::kind::nobody) made.from_id = peer_object(shown.from);
  if (shown.service == "pin") {
    made.action = api::messageActionPinMessage();
  } else if (shown.service == "clear") {
    made.action = api::messageActionHistoryClear();
  } else if (shown.service == "join") {
    api::messageActionChatAddUser action;
    action.users.push_back(shown.from.id);
    made.action = std::move(action);
  } else if (shown.service == "topic") {
    api::messageActionTopicCreate action;
    action.title = shown.text;
    made.action = std::move(action);
  } else if (shown.service == "title") {
    api::messageActionChatEditTitle action;
    action.title = shown.text;
    made.action = std::move(action);
  } else {
    api::messageActionChannelCreate action;
    action.title = where.title;
    made.action = std::move(action);
  }
  return made;
}

}  // namespace

api::Message message_object(const caller& viewer, const chat& where, const post& shown) {
  if (!shown.service.empty()) return service_object(viewer, where, shown);
  api::message message;
  message.id = shown.id;
  message.peer_id = peer_object(peer_of(viewer, where));
  message.date = shown.date;
  message.message = shown.text;
  message.noforwards = shown.protected_content;
  message.pinned = shown.pinned;
  if (shown.from.is != peer::kind::nobody) message.from_id = peer_object(shown.from);
  message.out = shown.from == peer{peer::kind::user, viewer.who->id};
  if (where.kind == chat_kind::channel) {
    message.post = true;
    message.views = 1;
    message.forwards = 0;
  }
  if (shown.paid_stars != 0 || shown.page || shown.carried.document || shown.carried.photo) {
    message.media = carried_by(viewer, shown);
  }
  if (!shown.author.empty()) message.post_author = shown.author;
  if (!shown.entities.empty()) message.entities = entity_objects(shown.entities);
  if (shown.grouped_id != 0) message.grouped_id = shown.grouped_id;
  if (shown.forward) message.fwd_from = forward_object(*shown.forward);
  if (auto reply = reply_of(where, shown)) message.reply_to = std::move(*reply);
  if (shown.comments_in != 0) {
    const chat* group = viewer.in.content.find_chat(where.linked);
    api::messageReplies replies;
    replies.comments = true;
    replies.channel_id = where.linked;
    replies.replies =
        static_cast<std::int32_t>(std::ranges::count(group->posts, shown.comments_in, &post::top));
    message.replies = std::move(replies);
  }
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

void mentioned::add(const peer& who) {
  if (who.is == peer::kind::user) users_.insert(who.id);
  if (who.is == peer::kind::group || who.is == peer::kind::channel) chats_.insert(who.id);
}

void mentioned::add(const chat& where) {
  add(peer_of(viewer_, where));
}

void mentioned::add(const chat& where, const post& message) {
  add(where);
  add(message.from);
  if (message.forward) {
    add(message.forward->from);
    add(message.forward->saved_from);
  }
  if (message.comments_in != 0) chats_.insert(where.linked);
}

void mentioned::put(std::vector<api::User>& users, std::vector<api::Chat>& chats) const {
  for (const std::int64_t id : users_) {
    if (const account* found = viewer_.in.people.find(id)) {
      users.push_back(user_object(viewer_, *found));
    }
  }
  for (const std::int64_t id : chats_) {
    if (const chat* found = viewer_.in.content.find_chat(id)) {
      chats.push_back(chat_object(viewer_, *found));
    }
  }
}

}  // namespace mtfetch::testing
