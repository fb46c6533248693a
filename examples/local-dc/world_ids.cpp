// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/world_ids.hpp"

#include <limits>
#include <map>
#include <set>
#include <string>

namespace mtfetch::local_dc {

namespace {

using testing::chat_kind;
using testing::world_chat;

// As chats are named: without @, upper and lower case the same.
std::string plain(std::string name) {
  if (name.starts_with('@')) name.erase(0, 1);
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

class id_row {
 public:
  int next(int wanted, const place& at) {
    if (wanted != 0 && wanted <= last_) {
      refuse(at, "ids rise; " + std::to_string(wanted) + " comes after " + std::to_string(last_));
    }
    if (wanted == 0 && last_ == std::numeric_limits<int>::max()) refuse(at, "no id is left");
    return last_ = wanted != 0 ? wanted : last_ + 1;
  }

 private:
  int last_ = 0;
};

// The messages of each channel that can be commented on, by the key of its discussion group.
std::map<std::string, std::set<int>> posts_of(const testing::world_description& made,
                                              const std::vector<chat_place>& places) {
  std::map<std::string, std::set<int>> posts;
  for (std::size_t i = 0; i < made.chats.size(); ++i) {
    const world_chat& one = made.chats[i];
    if (one.kind != chat_kind::channel) continue;
    id_row row;
    std::set<int>& of = posts[plain(one.discussion)];
    for (std::size_t j = 0; j < one.messages.size(); ++j) {
      const message_place& there = places[i].messages[j];
      if (one.messages[j].topic > 1) refuse(there.topic, "only forums have topics");
      if (one.messages[j].comment_on != 0) {
        refuse(there.comment_on, "comments are messages of the channel's discussion group");
      }
      const int id = row.next(one.messages[j].id, there.id);
      if (!one.messages[j].deleted) of.insert(id);
    }
  }
  return posts;
}

void check_group(const world_chat& one, const chat_place& at, const std::set<int>& posts,
                 id_row& row) {
  std::set<int> topics = {1};
  if (one.forum) row.next(1, {});
  for (std::size_t j = 0; j < one.topics.size(); ++j) {
    topics.insert(row.next(one.topics[j].id, at.topics[j]));
  }
  std::set<int> copied;
  for (std::size_t j = 0; j < one.messages.size(); ++j) {
    const auto& message = one.messages[j];
    const message_place& there = at.messages[j];
    if (message.comment_on != 0) {
      if (!posts.contains(message.comment_on)) {
        refuse(there.comment_on, "no channel that has this chat as its discussion has a message " +
                                     std::to_string(message.comment_on));
      }
      if (copied.insert(message.comment_on).second) row.next(0, there.comment_on);
    } else if (message.topic != 0 && (!one.forum || !topics.contains(message.topic))) {
      refuse(there.topic, "the chat has no topic " + std::to_string(message.topic));
    }
    if (one.kind == chat_kind::group && message.from.empty() && !message.deleted) {
      refuse(there.from, "in a basic group it is needed");
    }
    row.next(message.id, there.id);
  }
}

}  // namespace

void check_ids(const testing::world_description& made, const std::vector<chat_place>& places) {
  const auto posts = posts_of(made, places);
  id_row shared;  // of basic groups and people
  for (std::size_t i = 0; i < made.chats.size(); ++i) {
    const world_chat& one = made.chats[i];
    if (one.kind == chat_kind::channel) continue;
    id_row own;
    auto found = posts.find(plain(one.key));
    if (found == posts.end() || one.key.empty()) found = posts.find(plain(one.username));
    const bool linked = found != posts.end() && !found->first.empty();
    check_group(one, places[i], linked ? found->second : std::set<int>(),
                one.kind == chat_kind::supergroup ? own : shared);
  }
}

}  // namespace mtfetch::local_dc
