// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/story_reader.hpp"

#include "downloader/resolve/media_of_message.hpp"

#include <mtfetch/api/stories.hpp>
#include <mtfetch/error.hpp>

#include <utility>

namespace mtfetch {

// https://core.telegram.org/method/stories.getStoriesByID
asio::awaitable<void> story_reader::read(std::set<std::int32_t> ids) {
  constexpr std::size_t most_ids = 100;
  while (!ids.empty()) {
    api::stories::getStoriesByID ask;
    ask.peer = input_peer(author_, of_->user_id());
    while (!ids.empty() && ask.id.size() < most_ids) {
      ask.id.push_back(ids.extract(ids.begin()).value());
    }
    api::stories::stories answer = co_await of_->invoke(ask, how_);
    seen_->add(answer.chats, answer.users);
    for (api::StoryItem& one : answer.stories) {
      if (auto* story = one.get_if<api::storyItem>()) {
        const std::int32_t id = story->id;
        read_.insert_or_assign(id, std::move(*story));
      }
    }
  }
}

std::vector<media> story_reader::media_of(std::int32_t id, std::string link,
                                          const wanted_file& which) const {
  const auto found = read_.find(id);
  if (found == read_.end()) {
    throw error(make_error_code(link_errc::not_found),
                "there is no story " + std::to_string(id) +
                    ", or it has expired, or this account may not see it (" + link + ")");
  }
  media about;
  about.origin.link = std::move(link);
  about.origin.username = author_.username;
  about.origin.chat_type = author_.type;
  about.origin.channel_id = author_.id;
  about.origin.access_hash = author_.access_hash;
  about.origin.story_id = id;
  if (const seen_peer* author = seen_->find({author_.type, author_.id})) {
    about.chat_title = author->title;
  }
  return media_of_story(found->second, about, which);
}

}  // namespace mtfetch
