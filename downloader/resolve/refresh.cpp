// SPDX-License-Identifier: BSL-1.0
// File references read anew from the messages and stories that the files came from.
#include <mtfetch/resolve.hpp>

#include "downloader/resolve/message_facts.hpp"
#include "downloader/resolve/message_reader.hpp"
#include "downloader/resolve/resolver.hpp"
#include "downloader/resolve/story_reader.hpp"

#include <mtfetch/client.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace mtfetch {
namespace {

// What is to be read for one file: a story, or a message where it was found or first posted.
struct source_of_file {
  std::size_t place = 0;  // among the files
  cached_peer chat;
  std::int32_t id = 0;
  bool is_story = false;
};

source_of_file found_at(std::size_t place, const media_origin& origin) {
  source_of_file from;
  from.place = place;
  from.chat.type = origin.chat_type;
  from.chat.id = origin.channel_id;
  from.chat.access_hash = origin.access_hash;
  from.chat.username = origin.username;
  from.is_story = origin.story_id != 0;
  from.id = from.is_story ? origin.story_id : origin.message_id;
  return from;
}

source_of_file posted_at(std::size_t place, const message_place& first) {
  source_of_file from;
  from.place = place;
  from.chat.type = first.chat_type;
  from.chat.id = first.chat_id;
  from.chat.access_hash = first.access_hash;
  from.id = first.message_id;
  return from;
}

wanted_file exactly(const media& old) {
  wanted_file same;
  same.id = old.id;
  same.thumb_size = old.thumb_size;
  same.choice.allow_protected = true;  // that was decided when it was resolved
  return same;
}

// The file again, as its message has it by now.
void renew(refreshed_media& into, std::vector<media> found) {
  const media& old = into.file;
  const auto same = std::ranges::find_if(found, [&old](const media& one) {
    return one.id == old.id && one.size == old.size && one.thumb_size == old.thumb_size;
  });
  if (same == found.end()) {
    throw error(make_error_code(storage_errc::file_changed),
                "the message of " + old.origin.link + " has another file now");
  }
  media fresh = std::move(*same);
  fresh.origin = old.origin;
  fresh.file_name = old.file_name;
  into.file = std::move(fresh);
  into.code.clear();
  into.error.clear();
}

void fail(refreshed_media& into, const error& failed) {
  into.code = failed.code();
  into.error = failed.what();
}

// All sources are of one chat, and all stories or all messages.
asio::awaitable<void> read_chat(resolver& run, const std::vector<source_of_file>* sources,
                                std::vector<refreshed_media>* out, invoke_options how) {
  const source_of_file& first = sources->front();
  std::optional<error> lost;
  std::set<std::int32_t> ids;
  for (const source_of_file& from : *sources) ids.insert(from.id);
  message_reader messages(run.of, first.chat, run.seen, how);
  story_reader stories(run.of, first.chat, run.seen, how);
  try {
    if (first.is_story) {
      co_await stories.read(std::move(ids));
    } else {
      co_await messages.read_ids(std::move(ids));
    }
  } catch (const error& failed) {
    if (!concerns_the_chat(failed)) throw;
    lost = failed;
  }
  for (const source_of_file& from : *sources) {
    refreshed_media& into = (*out)[from.place];
    try {
      if (lost) throw error(*lost);
      wanted_message message;
      message.id = from.id;
      message.single = true;
      message.link = into.file.origin.link;
      const wanted_file same = exactly(into.file);
      renew(into, from.is_story ? stories.media_of(from.id, message.link, same)
                                : messages.media_of(message, same));
    } catch (const error& failed) {
      // Where it was first posted it may be gone too: what was said first counts.
      if (into.ok()) fail(into, failed);
    }
  }
}

asio::awaitable<void> read_all(resolver& run, std::vector<source_of_file> sources,
                               std::vector<refreshed_media>* out, invoke_options how) {
  std::map<std::tuple<peer_kind, std::int64_t, bool>, std::vector<source_of_file>> chats;
  for (source_of_file& from : sources) {
    chats[{from.chat.type, from.chat.id, from.is_story}].push_back(std::move(from));
  }
  for (const auto& [key, of_chat] : chats) co_await read_chat(run, &of_chat, out, how);
}

}  // namespace

asio::awaitable<std::vector<refreshed_media>> refresh(client& client, std::vector<media> old,
                                                      invoke_options how) {
  resolver run(client, resolve_options());
  std::vector<refreshed_media> out(old.size());
  std::vector<source_of_file> sources;
  for (std::size_t i = 0; i < old.size(); ++i) {
    sources.push_back(found_at(i, old[i].origin));
    out[i].file = std::move(old[i]);
  }
  co_await read_all(run, std::move(sources), &out, how);
  // The copy's own message comes first; where it is gone, the one that was forwarded may be left.
  std::vector<source_of_file> first_places;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& first = out[i].file.origin.forwarded_from;
    if (!out[i].ok() && first) first_places.push_back(posted_at(i, *first));
  }
  co_await read_all(run, std::move(first_places), &out, how);
  co_return out;
}

asio::awaitable<media> refresh(client& client, media old, invoke_options how) {
  std::vector<media> one(1, std::move(old));
  std::vector<refreshed_media> read = co_await refresh(client, std::move(one), how);
  if (!read.front().ok()) throw error(read.front().code, read.front().error);
  co_return std::move(read.front().file);
}

}  // namespace mtfetch
