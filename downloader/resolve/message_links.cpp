// SPDX-License-Identifier: BSL-1.0
// Links to single messages and stories, gathered by chat.
#include "downloader/resolve/message_facts.hpp"
#include "downloader/resolve/message_reader.hpp"
#include "downloader/resolve/resolver.hpp"
#include "downloader/resolve/story_reader.hpp"

#include <mtfetch/api/messages.hpp>

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace mtfetch {
namespace {

// Who is spoken of; and the post whose comments are, if any.
using chat_key = std::tuple<std::string, peer_kind, std::int64_t, std::int32_t>;

chat_key key_of(const link_chat& chat, std::int32_t post) {
  return {chat.username, chat.type, chat.id, post};
}

bool opens_topic(const api::messageService* notice) {
  return notice != nullptr && notice->action.is<api::messageActionTopicCreate>();
}

// The group in which a post is discussed. https://core.telegram.org/api/discussion
asio::awaitable<cached_peer> discussion_of(resolver& run, cached_peer channel, std::int32_t post,
                                           std::string link) {
  api::messages::getDiscussionMessage ask;
  ask.peer = input_peer(channel, run.of.user_id());
  ask.msg_id = post;
  std::optional<api::messages::discussionMessage> answer;
  try {
    answer = co_await run.of.invoke(ask);
  } catch (const rpc_error& refused) {
    if (!refused.is("MSG_ID_INVALID")) throw;
  }
  const api::message* copy = nullptr;
  if (answer) {
    run.seen.add(answer->chats, answer->users);
    for (const api::Message& one : answer->messages) {
      if (copy == nullptr) copy = one.get_if<api::message>();
    }
  }
  if (copy == nullptr) {
    throw error(make_error_code(link_errc::not_found),
                "message " + std::to_string(post) + " has no comments (" + link + ")");
  }
  const peer_id group = id_of(copy->peer_id);
  const seen_peer* seen = run.seen.find(group);
  cached_peer found;
  found.type = group.first;
  found.id = group.second;
  if (seen != nullptr) {
    found.access_hash = seen->access_hash.value_or(0);
    found.username = seen->username;
  }
  co_return found;
}

asio::awaitable<void> read_chat(resolver& run, const std::vector<message_task>* tasks,
                                std::optional<message_reader>* read) {
  const message_link& first = tasks->front().to;
  const std::string link = tasks->front().into->link;
  auto use = [&](cached_peer chat) -> asio::awaitable<void> {
    if (first.comment_id != 0) {
      chat = co_await discussion_of(run, chat, first.message_id, link);
    }
    std::vector<wanted_message> wanted;
    for (const message_task& task : *tasks) {
      wanted_message one;
      one.id = task.to.comment_id != 0 ? task.to.comment_id : task.to.message_id;
      one.single = task.to.single;
      one.link = task.into->link;
      wanted.push_back(std::move(one));
    }
    read->emplace(run.of, chat, run.seen);
    co_await (*read)->read(std::move(wanted));
  };
  co_await in_chat(run, first.chat, link, use);
}

}  // namespace

asio::awaitable<std::vector<message_task>> read_messages(resolver& run,
                                                         std::vector<message_task> tasks) {
  std::map<chat_key, std::vector<message_task>> chats;
  for (message_task& task : tasks) {
    const std::int32_t post = task.to.comment_id != 0 ? task.to.message_id : 0;
    chats[key_of(task.to.chat, post)].push_back(std::move(task));
  }
  std::vector<message_task> topics;
  for (auto& [key, of_chat] : chats) {
    std::optional<message_reader> read;
    std::optional<error> lost;
    try {
      co_await read_chat(run, &of_chat, &read);
    } catch (const error& failed) {
      if (!concerns_the_chat(failed)) throw;
      lost = failed;
    }
    for (message_task& task : of_chat) {
      try {
        if (lost) throw error(*lost);
        wanted_message one;
        one.id = task.to.comment_id != 0 ? task.to.comment_id : task.to.message_id;
        one.single = task.to.single;
        one.link = task.into->link;
        if (opens_topic(read->find_notice(one.id))) {
          topics.push_back(task);
        } else {
          task.into->files = read->media_of(one, run.wanted());
        }
      } catch (const error& failed) {
        refuse(*task.into, failed);
      }
    }
  }
  co_return topics;
}

asio::awaitable<void> read_stories(resolver& run, std::vector<story_task> tasks) {
  std::map<chat_key, std::vector<story_task>> authors;
  for (story_task& task : tasks) authors[key_of(task.to.chat, 0)].push_back(std::move(task));
  for (auto& [key, of_author] : authors) {
    std::optional<story_reader> read;
    std::optional<error> lost;
    const std::string link = of_author.front().into->link;
    auto use = [&run, &read, stories = &of_author](cached_peer author) -> asio::awaitable<void> {
      std::set<std::int32_t> ids;
      for (const story_task& task : *stories) ids.insert(task.to.story_id);
      read.emplace(run.of, author, run.seen);
      co_await read->read(std::move(ids));
    };
    try {
      if (run.of.is_bot()) {
        throw error(make_error_code(client_errc::not_for_bots),
                    "bots cannot read stories: this needs a person's account (" + link + ")");
      }
      co_await in_chat(run, of_author.front().to.chat, link, use);
    } catch (const error& failed) {
      if (!concerns_the_chat(failed)) throw;
      lost = failed;
    }
    for (story_task& task : of_author) {
      try {
        if (lost) throw error(*lost);
        task.into->files = read->media_of(task.to.story_id, task.into->link, run.wanted());
      } catch (const error& failed) {
        refuse(*task.into, failed);
      }
    }
  }
}

}  // namespace mtfetch
