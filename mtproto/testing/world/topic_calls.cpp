// SPDX-License-Identifier: BSL-1.0
// Topics of forums. https://core.telegram.org/api/forum
#include <algorithm>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/answers.hpp"
#include "mtproto/testing/world/calls.hpp"

namespace mtfetch::testing {

namespace {

outcome<const chat*> forum_named(const caller& by, const api::InputPeer& named) {
  auto found = chat_named(by, named);
  if (std::holds_alternative<refusal>(found)) return found;
  const chat* where = std::get<const chat*>(found);
  if (where == nullptr || !where->forum) return bad_request("CHANNEL_FORUM_MISSING");
  return where;
}

api::messages::forumTopics answer(const caller& by, const chat& where,
                                  const std::vector<const topic*>& shown, std::size_t total) {
  api::messages::forumTopics made;
  made.pts = 1;
  made.count = static_cast<std::int32_t>(total);
  for (const topic* one : shown) {
    api::forumTopic each;
    each.id = one->id;
    each.date = one->date;
    each.closed = one->closed;
    each.peer = peer_object(where.as_peer());
    each.from_id = peer_object(where.as_peer());
    each.title = one->title;
    each.icon_color = 0x6fb9f0;
    each.notify_settings = default_notify_settings();
    each.top_message = one->id;
    for (const post& message : where.posts) {
      const int in = message.top != 0 ? message.top : 1;
      if (in == one->id) each.top_message = std::max(each.top_message, message.id);
    }
    made.topics.emplace_back(std::move(each));
  }
  made.chats.push_back(chat_object(by, where));
  return made;
}

outcome<api::messages::forumTopics> by_id(caller& by,
                                          const api::messages::getForumTopicsByID& asked) {
  auto named = forum_named(by, asked.peer);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& where = *std::get<const chat*>(named);
  std::vector<const topic*> found;
  std::vector<int> missing;
  for (const int id : asked.topics) {
    const topic* one = where.find_topic(id);
    if (one != nullptr) found.push_back(one);
    if (one == nullptr) missing.push_back(id);
  }
  auto made = answer(by, where, found, found.size());
  for (const int id : missing) {
    api::forumTopicDeleted gone;
    gone.id = id;
    made.topics.emplace_back(std::move(gone));
  }
  return made;
}

outcome<api::messages::forumTopics> all(caller& by, const api::messages::getForumTopics& asked) {
  auto named = forum_named(by, asked.peer);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat& where = *std::get<const chat*>(named);
  const std::string wanted = asked.q.value_or("");
  std::vector<const topic*> found;
  for (auto one = where.topics.rbegin(); one != where.topics.rend(); ++one) {
    if (asked.offset_topic != 0 && one->id >= asked.offset_topic) continue;
    if (one->title.find(wanted) != std::string::npos) found.push_back(&*one);
  }
  const auto limit = static_cast<std::size_t>(std::clamp(asked.limit, 0, 100));
  if (found.size() > limit) found.resize(limit);
  return answer(by, where, found, where.topics.size());
}

}  // namespace

void add_topic_calls(method_table& table) {
  table.add<api::messages::getForumTopicsByID>(may_call::signed_in, by_id);
  table.add<api::messages::getForumTopics>(may_call::people, all);
}

}  // namespace mtfetch::testing
