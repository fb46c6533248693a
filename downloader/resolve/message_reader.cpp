// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/message_reader.hpp"

#include "downloader/resolve/message_facts.hpp"

#include <mtfetch/api/channels.hpp>
#include <mtfetch/api/messages.hpp>
#include <mtfetch/error.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch {
namespace {

// What one channels.getMessages may ask for. https://core.telegram.org/method/channels.getMessages
constexpr std::size_t most_ids = 100;
// Items of an album are neighbours; Telegram allows ten.
constexpr std::int32_t album_reach = 9;

void add_neighbours(std::set<std::int32_t>& ids, std::int32_t of) {
  const std::int32_t first = of - std::min(album_reach, of - 1);
  const std::int32_t last = of + std::min(album_reach, INT32_MAX - of);
  for (std::int32_t id = first; id < last; ++id) ids.insert(id);
  ids.insert(last);
}

}  // namespace

asio::awaitable<void> message_reader::read(std::vector<wanted_message> wanted) {
  std::set<std::int32_t> named;
  std::set<std::int32_t> with_neighbours;
  for (const wanted_message& one : wanted) {
    named.insert(one.id);
    with_neighbours.insert(one.id);
    if (!one.single) add_neighbours(with_neighbours, one.id);
  }
  // Few are asked for with all that may be items of their albums: it is one call either way.
  const bool few = with_neighbours.size() <= most_ids;
  co_await read_ids(few ? with_neighbours : named);
  if (few) co_return;
  std::set<std::int32_t> items;
  for (const wanted_message& one : wanted) {
    const api::message* message = find(one.id);
    if (!one.single && message != nullptr && message->grouped_id) add_neighbours(items, one.id);
  }
  co_await read_ids(std::move(items));
}

asio::awaitable<api::messages::Messages> message_reader::ask(std::vector<api::InputMessage> ids) {
  if (chat_.type == peer_kind::channel) {
    api::channels::getMessages of_channel;
    of_channel.channel = input_channel(chat_);
    of_channel.id = std::move(ids);
    co_return co_await of_->invoke(of_channel, how_);
  }
  api::messages::getMessages of_account;
  of_account.id = std::move(ids);
  co_return co_await of_->invoke(of_account, how_);
}

asio::awaitable<void> message_reader::read_ids(std::set<std::int32_t> ids) {
  std::erase_if(ids, [this](std::int32_t id) { return read_.contains(id); });
  while (!ids.empty()) {
    std::vector<api::InputMessage> some;
    while (!ids.empty() && some.size() < most_ids) {
      api::inputMessageID one;
      one.id = ids.extract(ids.begin()).value();
      some.emplace_back(one);
    }
    for (api::Message& one : messages_of(co_await ask(std::move(some)), *seen_)) {
      const std::int32_t id = id_of(one);
      read_.emplace(id, std::move(one));
    }
  }
}

const api::message* message_reader::find(std::int32_t id) const {
  const auto entry = read_.find(id);
  if (entry == read_.end()) return nullptr;
  const auto* message = entry->second.get_if<api::message>();
  return message != nullptr && belongs_to(*message, chat_) ? message : nullptr;
}

const api::messageService* message_reader::find_notice(std::int32_t id) const {
  const auto entry = read_.find(id);
  return entry == read_.end() ? nullptr : entry->second.get_if<api::messageService>();
}

std::vector<media> message_reader::media_of(const wanted_message& wanted,
                                            const wanted_file& which) const {
  if (find_notice(wanted.id) != nullptr) {
    throw error(make_error_code(link_errc::no_media),
                "the message of " + wanted.link + " is a notice and has no media");
  }
  const api::message* message = find(wanted.id);
  if (message == nullptr) {
    throw error(make_error_code(link_errc::not_found),
                "there is no message " + std::to_string(wanted.id) + " (" + wanted.link + ")");
  }
  if (wanted.single || !message->grouped_id) {
    return media_in(*message, chat_, wanted.link, *seen_, which);
  }
  std::vector<media> found;
  std::set<std::int32_t> near;
  add_neighbours(near, wanted.id);
  for (const std::int32_t id : near) {
    const api::message* item = find(id);
    if (item == nullptr || item->grouped_id != message->grouped_id) continue;
    for (media& one : media_in(*item, chat_, wanted.link, *seen_, which)) {
      found.push_back(std::move(one));
    }
  }
  return found;
}

}  // namespace mtfetch
