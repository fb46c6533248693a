// SPDX-License-Identifier: BSL-1.0
// From links to the media of their messages.
#include <mtfetch/resolve.hpp>

#include "downloader/resolve/channel_lookup.hpp"
#include "downloader/resolve/message_reader.hpp"

#include <mtfetch/client.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace mtfetch {
namespace {

// The links of one chat, by their place among all.
struct chat_links {
  std::string username;  // empty for a private one
  std::int64_t id = 0;
  std::map<std::size_t, wanted_message> wanted;
};

bool says_channel_is_closed(const rpc_error& refused) {
  return refused.is("CHANNEL_INVALID") || refused.is("CHANNEL_PRIVATE") ||
         refused.is("CHAT_ID_INVALID") || refused.is("CHANNEL_PUBLIC_GROUP_NA");
}

void refuse(resolved_link& link, std::error_code code, std::string sentence) {
  link.code = code;
  link.error = std::move(sentence);
}

// Sorts the links by chat; those that are none are refused at once.
std::vector<chat_links> by_chat(std::vector<resolved_link>& links) {
  std::vector<chat_links> chats;
  std::map<std::pair<std::string, std::int64_t>, std::size_t> known;
  for (std::size_t i = 0; i < links.size(); ++i) {
    chat_links chat;
    wanted_message wanted;
    wanted.link = links[i].link;
    const parsed_link parsed = parse_link(wanted.link);
    if (const auto* refused = std::get_if<refused_link>(&parsed)) {
      refuse(links[i], make_error_code(refused->why), refused->sentence);
      continue;
    }
    if (const auto* other = std::get_if<other_link>(&parsed)) {
      refuse(links[i], make_error_code(link_errc::unsupported), other->sentence);
      continue;
    }
    const auto* said = std::get_if<message_link>(&parsed);
    if (said == nullptr || said->comment_id > 0 ||
        (said->chat.username.empty() && said->chat.type != peer_kind::channel)) {
      refuse(links[i], make_error_code(link_errc::unsupported),
             wanted.link + " is no link to one message of a channel");
      continue;
    }
    chat.username = said->chat.username;
    chat.id = said->chat.id;
    wanted.id = said->message_id;
    wanted.single = said->single;
    const auto place = known.try_emplace({chat.username, chat.id}, chats.size());
    if (place.second) chats.push_back(std::move(chat));
    chats[place.first->second].wanted.emplace(i, std::move(wanted));
  }
  return chats;
}

asio::awaitable<cached_peer> channel_of(client* of, const chat_links* chat) {
  const std::string link = chat->wanted.begin()->second.link;
  if (chat->username.empty()) co_return co_await channel_by_id(*of, chat->id, link);
  co_return co_await channel_by_name(*of, chat->username, link);
}

// Nothing where the channel lets nobody in.
asio::awaitable<std::optional<message_reader>> read_chat(client* of, const chat_links* chat) {
  std::vector<wanted_message> wanted;
  for (const auto& [place, one] : chat->wanted) wanted.push_back(one);
  for (bool may_be_outdated = of->peers().find(chat->username).has_value();;) {
    message_reader reader(*of, co_await channel_of(of, chat));
    try {
      co_await reader.read(wanted);
      co_return std::move(reader);
    } catch (const rpc_error& refused) {
      if (!says_channel_is_closed(refused)) throw;
    }
    if (!std::exchange(may_be_outdated, false)) co_return std::nullopt;
    // The name may belong to another channel by now: ask once more, past the cache.
    of->peers().forget(chat->username);
  }
}

[[noreturn]] void closed_chat(const std::string& link) {
  throw error(make_error_code(link_errc::not_found),
              "the chat of " + link + " is private, and this account is not in it");
}

// Whether it is about this chat, and not about the login or the way to Telegram.
bool concerns_the_chat(const error& failed) {
  if (failed.code().category() == link_category()) return true;
  const int code = failed.code().value();
  return failed.code().category() == rpc_category() && (code == 400 || code == 403 || code == 406);
}

asio::awaitable<void> resolve_chat(client* of, const chat_links* chat,
                                   std::vector<resolved_link>* links) {
  std::optional<message_reader> reader;
  std::optional<error> lost;
  try {
    reader = co_await read_chat(of, chat);
  } catch (const error& failed) {
    if (!concerns_the_chat(failed)) throw;
    lost = failed;
  }
  for (const auto& [place, wanted] : chat->wanted) {
    resolved_link& link = (*links)[place];
    try {
      if (lost) throw error(*lost);
      if (!reader) closed_chat(wanted.link);
      link.files = reader->media_of(wanted);
    } catch (const error& failed) {
      refuse(link, failed.code(), failed.what());
    }
  }
}

cached_peer channel_of(const media_origin& origin) {
  cached_peer channel;
  channel.id = origin.channel_id;
  channel.access_hash = origin.access_hash;
  channel.username = origin.username;
  return channel;
}

wanted_message message_of(const media& file) {
  wanted_message wanted;
  wanted.id = file.origin.message_id;
  wanted.single = true;
  wanted.link = file.origin.link;
  return wanted;
}

// The file again, as its message has it by now.
media same_file(const message_reader& reader, const media& old) {
  std::vector<media> found = reader.media_of(message_of(old));
  media& fresh = found.front();
  if (fresh.id != old.id || fresh.size != old.size || fresh.thumb_size != old.thumb_size) {
    throw error(make_error_code(storage_errc::file_changed),
                "the message of " + old.origin.link + " has another file now");
  }
  return std::move(fresh);
}

}  // namespace

asio::awaitable<std::vector<resolved_link>> resolve(client& client,
                                                    std::vector<std::string> links) {
  std::vector<resolved_link> resolved(links.size());
  for (std::size_t i = 0; i < links.size(); ++i) resolved[i].link = std::move(links[i]);
  const std::vector<chat_links> chats = by_chat(resolved);
  for (const chat_links& chat : chats) co_await resolve_chat(&client, &chat, &resolved);
  co_return resolved;
}

asio::awaitable<std::vector<media>> resolve(client& client, std::string link) {
  std::vector<resolved_link> one(1);
  one[0].link = link;
  const std::vector<chat_links> chats = by_chat(one);
  if (chats.empty()) throw error(one[0].code, one[0].error);
  const chat_links& chat = chats.front();
  const std::optional<message_reader> reader = co_await read_chat(&client, &chat);
  if (!reader) closed_chat(link);
  co_return reader->media_of(chat.wanted.begin()->second);
}

asio::awaitable<media> refresh(client& client, media old, invoke_options how) {
  const wanted_message wanted = message_of(old);
  message_reader reader(client, channel_of(old.origin), how);
  std::vector<wanted_message> one(1, wanted);
  co_await reader.read(std::move(one));
  co_return same_file(reader, old);
}

asio::awaitable<std::vector<refreshed_media>> refresh(client& client, std::vector<media> old,
                                                      invoke_options how) {
  std::vector<refreshed_media> out(old.size());
  std::map<std::int64_t, std::vector<std::size_t>> channels;
  for (std::size_t i = 0; i < old.size(); ++i) {
    channels[old[i].origin.channel_id].push_back(i);
    out[i].file = std::move(old[i]);
  }
  for (const auto& [id, places] : channels) {
    message_reader reader(client, channel_of(out[places.front()].file.origin), how);
    std::optional<error> lost;
    std::vector<wanted_message> wanted;
    for (const std::size_t i : places) wanted.push_back(message_of(out[i].file));
    try {
      co_await reader.read(std::move(wanted));
    } catch (const error& failed) {
      if (!concerns_the_chat(failed)) throw;
      lost = failed;
    }
    for (const std::size_t i : places) {
      try {
        if (lost) throw error(*lost);
        out[i].file = same_file(reader, out[i].file);
      } catch (const error& failed) {
        out[i].code = failed.code();
        out[i].error = failed.what();
      }
    }
  }
  co_return out;
}

}  // namespace mtfetch
