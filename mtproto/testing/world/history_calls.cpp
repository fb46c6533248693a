// SPDX-License-Identifier: BSL-1.0
// Reading a chat's messages in pages: all, those of a thread, those that are searched for.
// https://core.telegram.org/api/offsets, https://core.telegram.org/api/discussion
#include <algorithm>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/answers.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/history_pages.hpp"

namespace mtfetch::testing {

namespace {

namespace messages = api::messages;

// The page of a chat's messages that `fits`.
template <class Request, class Rule>
outcome<messages::Messages> page(caller& by, const Request& asked, Rule fits) {
  auto named = chat_named(by, asked.peer);
  if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
  const chat* where = std::get<const chat*>(named);
  if (where == nullptr) return messages::Messages(messages::messages());
  std::vector<const post*> all;
  for (const post& one : where->posts) {
    if (fits(one)) all.push_back(&one);
  }
  return messages_answer(by, *where, page_of(all, page_asked(asked)), all.size());
}

outcome<messages::Messages> get_history(caller& by, const messages::getHistory& asked) {
  return page(by, asked, [](const post&) { return true; });
}

bool passes(const caller& by, const api::MessagesFilter& filter, const post& one) {
  if (filter.is<api::inputMessagesFilterEmpty>()) return true;
  if (filter.is<api::inputMessagesFilterPinned>()) return one.pinned;
  if (filter.is<api::inputMessagesFilterUrl>()) return one.page.has_value();
  const bool photo = one.carried.photo.has_value();
  if (filter.is<api::inputMessagesFilterPhotos>()) return photo;
  if (!one.carried.document) {
    return photo && filter.is<api::inputMessagesFilterPhotoVideo>();
  }
  const media_kind kind = by.in.content.documents()[*one.carried.document].kind;
  if (filter.is<api::inputMessagesFilterPhotoVideo>() ||
      filter.is<api::inputMessagesFilterVideo>()) {
    return kind == media_kind::video;
  }
  if (filter.is<api::inputMessagesFilterDocument>()) return kind == media_kind::document;
  if (filter.is<api::inputMessagesFilterMusic>()) return kind == media_kind::audio;
  if (filter.is<api::inputMessagesFilterVoice>()) return kind == media_kind::voice;
  if (filter.is<api::inputMessagesFilterRoundVideo>()) return kind == media_kind::round_video;
  if (filter.is<api::inputMessagesFilterRoundVoice>()) {
    return kind == media_kind::round_video || kind == media_kind::voice;
  }
  if (filter.is<api::inputMessagesFilterGif>()) return kind == media_kind::gif;
  return false;
}

outcome<messages::Messages> search(caller& by, const messages::search& asked) {
  peer from;
  if (asked.from_id) {
    auto named = peer_named(by, *asked.from_id);
    if (auto* refused = std::get_if<refusal>(&named)) return std::move(*refused);
    from = std::get<peer>(named);
  }
  const int top = asked.top_msg_id.value_or(0);
  return page(by, asked, [&](const post& one) {
    return one.service.empty() && one.text.find(asked.q) != std::string::npos &&
           (from.is == peer::kind::nobody || one.from == from) &&
           (top == 0 || one.top == top || one.id == top) &&
           (asked.min_date <= 0 || one.date >= asked.min_date) &&
           (asked.max_date <= 0 || one.date <= asked.max_date) && passes(by, asked.filter, one);
  });
}

struct thread {
  const chat* where = nullptr;
  const post* top = nullptr;
};

// Of a channel's post that is commented on, in its discussion group; else of the message itself.
outcome<thread> thread_of(caller& by, const api::InputPeer& named, int id) {
  auto found = chat_named(by, named);
  if (auto* refused = std::get_if<refusal>(&found)) return std::move(*refused);
  thread made{std::get<const chat*>(found), nullptr};
  if (made.where != nullptr) made.top = made.where->find(id);
  if (made.top == nullptr) return bad_request("MSG_ID_INVALID");
  if (made.where->kind == chat_kind::channel) {
    const chat* group = by.in.content.find_chat(made.where->linked);
    made.top = group == nullptr ? nullptr : group->find(made.top->comments_in);
    made.where = group;
    if (made.top == nullptr) return bad_request("MSG_ID_INVALID");
  }
  return made;
}

outcome<messages::Messages> get_replies(caller& by, const messages::getReplies& asked) {
  auto found = thread_of(by, asked.peer, asked.msg_id);
  if (auto* refused = std::get_if<refusal>(&found)) return std::move(*refused);
  const thread of = std::get<thread>(found);
  std::vector<const post*> all;
  for (const post& one : of.where->posts) {
    const bool general = of.where->forum && of.top->id == 1 && one.top == 0 && one.service.empty();
    if (one.top == of.top->id || general) all.push_back(&one);
  }
  return messages_answer(by, *of.where, page_of(all, page_asked(asked)), all.size());
}

outcome<messages::discussionMessage> get_discussion_message(
    caller& by, const messages::getDiscussionMessage& asked) {
  auto found = thread_of(by, asked.peer, asked.msg_id);
  if (auto* refused = std::get_if<refusal>(&found)) return std::move(*refused);
  const thread of = std::get<thread>(found);
  messages::discussionMessage made;
  made.messages.push_back(message_object(by, *of.where, *of.top));
  for (const post& one : of.where->posts) {
    if (one.top == of.top->id) made.max_id = one.id;
  }
  mentioned names(by);
  names.add(*of.where, *of.top);
  names.put(made.users, made.chats);
  return made;
}

outcome<messages::Messages> get_scheduled(caller&, const messages::getScheduledHistory&) {
  return refusal{403, "CHAT_ADMIN_REQUIRED"};
}

outcome<messages::webPage> get_web_page(caller& by, const messages::getWebPage& asked) {
  messages::webPage made;
  api::webPageEmpty empty;
  empty.url = asked.url;
  made.webpage = std::move(empty);
  for (const chat& one : by.in.content.chats()) {
    for (const post& each : one.posts) {
      if (each.page && each.page->facts.url == asked.url && may_read(by, one)) {
        made.webpage = web_page_object(by, *each.page);
      }
    }
  }
  return made;
}

}  // namespace

void add_history_calls(method_table& table) {
  table.add<messages::getHistory>(may_call::people, get_history);
  table.add<messages::search>(may_call::people, search);
  table.add<messages::getReplies>(may_call::people, get_replies);
  table.add<messages::getDiscussionMessage>(may_call::people, get_discussion_message);
  table.add<messages::getScheduledHistory>(may_call::people, get_scheduled);
  table.add<messages::getWebPage>(may_call::people, get_web_page);
}

}  // namespace mtfetch::testing
