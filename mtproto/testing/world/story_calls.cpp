// SPDX-License-Identifier: BSL-1.0
// Stories of people and channels. https://core.telegram.org/api/stories
#include <algorithm>
#include <mtfetch/api/stories.hpp>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/answers.hpp"
#include "mtproto/testing/world/calls.hpp"

namespace mtfetch::testing {

namespace {

api::StoryItem story_object(const caller& viewer, const story& shown) {
  api::storyItem made;
  made.id = shown.id;
  made.date = shown.date;
  made.expire_date = shown.expires;
  made.pinned = shown.pinned;
  made.public_ = !shown.close_friends;
  made.close_friends = shown.close_friends;
  made.noforwards = shown.protected_content;
  made.out = shown.of == peer{peer::kind::user, viewer.who->id};
  if (!shown.text.empty()) made.caption = shown.text;
  if (!shown.entities.empty()) made.entities = entity_objects(shown.entities);
  made.media = media_object(viewer, shown.shown);
  if (shown.forward) {
    api::storyFwdHeader from;
    if (shown.forward->from.is != peer::kind::nobody) from.from = peer_object(shown.forward->from);
    if (!shown.forward->name.empty()) from.from_name = shown.forward->name;
    if (shown.forward->message != 0) from.story_id = shown.forward->message;
    made.fwd_from = std::move(from);
  }
  return made;
}

bool sees(const caller& by, const story& one) {
  return !one.close_friends || one.of == peer{peer::kind::user, by.who->id};
}

outcome<api::stories::stories> get_by_id(caller& by, const api::stories::getStoriesByID& asked) {
  auto named = peer_named(by, asked.peer);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const peer of = std::get<peer>(named);
  if (asked.id.empty()) return bad_request("STORY_ID_EMPTY");
  api::stories::stories made;
  mentioned names(by);
  names.add(of);
  for (const story& one : by.in.content.stories()) {
    if (!(one.of == of) || !sees(by, one) || std::ranges::count(asked.id, one.id) == 0) continue;
    if (!one.pinned && one.expires < by.unix_time) continue;
    made.stories.push_back(story_object(by, one));
    if (one.forward) names.add(one.forward->from);
  }
  made.count = static_cast<std::int32_t>(made.stories.size());
  names.put(made.users, made.chats);
  return made;
}

outcome<api::stories::peerStories> get_of_peer(caller& by,
                                               const api::stories::getPeerStories& asked) {
  auto named = peer_named(by, asked.peer);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const peer of = std::get<peer>(named);
  api::stories::peerStories made;
  made.stories.peer = peer_object(of);
  for (const story& one : by.in.content.stories()) {
    if (one.of == of && sees(by, one) && one.expires >= by.unix_time) {
      made.stories.stories.push_back(story_object(by, one));
    }
  }
  mentioned names(by);
  names.add(of);
  names.put(made.users, made.chats);
  return made;
}

}  // namespace

void add_story_calls(method_table& table) {
  table.add<api::stories::getStoriesByID>(may_call::people, get_by_id);
  table.add<api::stories::getPeerStories>(may_call::people, get_of_peer);
}

}  // namespace mtfetch::testing
