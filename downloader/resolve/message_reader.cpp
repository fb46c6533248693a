// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/message_reader.hpp"

#include "downloader/resolve/media_of_message.hpp"

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

std::vector<api::Message> messages_of(api::messages::Messages answer) {
  if (auto* all = answer.get_if<api::messages::messages>()) return std::move(all->messages);
  if (auto* some = answer.get_if<api::messages::messagesSlice>()) return std::move(some->messages);
  if (auto* of_channel = answer.get_if<api::messages::channelMessages>()) {
    return std::move(of_channel->messages);
  }
  return {};
}

std::int32_t id_of(const api::Message& one) {
  if (const auto* said = one.get_if<api::message>()) return said->id;
  if (const auto* notice = one.get_if<api::messageService>()) return notice->id;
  if (const auto* gone = one.get_if<api::messageEmpty>()) return gone->id;
  return 0;
}

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

asio::awaitable<void> message_reader::read_ids(std::set<std::int32_t> ids) {
  std::erase_if(ids, [this](std::int32_t id) { return read_.contains(id); });
  api::inputChannel named;
  named.channel_id = channel_.id;
  named.access_hash = channel_.access_hash;
  while (!ids.empty()) {
    api::channels::getMessages ask;
    ask.channel = named;
    while (!ids.empty() && ask.id.size() < most_ids) {
      api::inputMessageID one;
      one.id = ids.extract(ids.begin()).value();
      ask.id.emplace_back(one);
    }
    for (api::Message& one : messages_of(co_await of_->invoke(ask, how_))) {
      const std::int32_t id = id_of(one);
      read_.emplace(id, std::move(one));
    }
  }
}

const api::message* message_reader::find(std::int32_t id) const {
  const auto entry = read_.find(id);
  return entry == read_.end() ? nullptr : entry->second.get_if<api::message>();
}

std::vector<media> message_reader::media_of(const wanted_message& wanted) const {
  const auto origin_of = [&](std::int32_t id) {
    media_origin origin;
    origin.link = wanted.link;
    origin.username = channel_.username;
    origin.channel_id = channel_.id;
    origin.access_hash = channel_.access_hash;
    origin.message_id = id;
    return origin;
  };
  const auto entry = read_.find(wanted.id);
  if (entry != read_.end() && entry->second.get_if<api::messageService>() != nullptr) {
    throw error(make_error_code(link_errc::no_media),
                "the message of " + wanted.link + " is a notice and has no media");
  }
  const api::message* message = find(wanted.id);
  if (message == nullptr) {
    throw error(make_error_code(link_errc::not_found),
                "there is no message " + std::to_string(wanted.id) + " (" + wanted.link + ")");
  }
  std::vector<media> found;
  if (wanted.single || !message->grouped_id) {
    found.push_back(media_of_message(*message, origin_of(wanted.id)));
    return found;
  }
  std::set<std::int32_t> near;
  add_neighbours(near, wanted.id);
  for (const std::int32_t id : near) {
    const api::message* item = find(id);
    if (item == nullptr || item->grouped_id != message->grouped_id) continue;
    found.push_back(media_of_message(*item, origin_of(id)));
  }
  return found;
}

}  // namespace mtfetch
