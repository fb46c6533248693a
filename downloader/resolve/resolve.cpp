// SPDX-License-Identifier: BSL-1.0
// From links to media.
#include <mtfetch/resolve.hpp>

#include "downloader/resolve/resolver.hpp"

#include <mtfetch/client.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace mtfetch {

bool concerns_the_chat(const error& failed) {
  if (failed.code().category() == link_category()) return true;
  if (failed.code() == client_errc::not_for_bots) return true;
  // That the takeout session is over is no chat's fault.
  const auto* refused = dynamic_cast<const rpc_error*>(&failed);
  if (refused != nullptr && refused->failure().type.starts_with("TAKEOUT_")) return false;
  const int code = failed.code().value();
  return failed.code().category() == rpc_category() && (code == 400 || code == 403 || code == 406);
}

bool says_chat_is_closed(const rpc_error& refused) {
  return refused.is("CHANNEL_INVALID") || refused.is("CHANNEL_PRIVATE") ||
         refused.is("CHAT_ID_INVALID") || refused.is("PEER_ID_INVALID") ||
         refused.is("CHANNEL_PUBLIC_GROUP_NA");
}

void closed_chat(const std::string& link) {
  throw error(make_error_code(link_errc::not_found),
              "the chat of " + link + " is private, and this account is not in it");
}

void refuse(resolved_link& link, const error& failed) {
  link.code = failed.code();
  link.error = failed.what();
}

namespace {

bool leads_to_many(const parsed_link& to) {
  return std::holds_alternative<range_link>(to) || std::holds_alternative<chat_link>(to) ||
         std::holds_alternative<invite_link>(to);
}

// Why a link leads to no media, whoever asks.
std::optional<error> refusal_of(const parsed_link& to, const std::string& link) {
  if (const auto* refused = std::get_if<refused_link>(&to)) {
    return error(make_error_code(refused->why), refused->sentence);
  }
  if (const auto* other = std::get_if<other_link>(&to)) {
    return error(make_error_code(link_errc::unsupported), other->sentence + " (" + link + ")");
  }
  return {};
}

}  // namespace

struct link_reader::state {
  struct asked {
    std::size_t place = 0;  // among the links that were given
    std::string link;
    parsed_link to;
  };

  state(client& of, std::vector<std::string> links, resolve_options options)
      : run(of, std::move(options)) {
    check(run.options);
    for (std::string& link : links) {
      parsed_link to = parse_link(link);
      all.push_back({all.size(), std::move(link), std::move(to)});
    }
  }

  resolver run;
  std::vector<asked> all;
  std::size_t at_once = 100;
  std::size_t next = 0;
  std::optional<listing> open;  // of all[next], when that leads to many messages
  bool any = false;             // of its pages had media

  // Links to single messages and stories, up to the next one to many.
  asio::awaitable<std::vector<resolved_link>> read_single();
  // A page; nothing when it is at its end.
  asio::awaitable<std::optional<resolved_link>> read_many();
  void close() {
    open.reset();
    any = false;
    ++next;
  }
};

asio::awaitable<std::vector<resolved_link>> link_reader::state::read_single() {
  std::vector<resolved_link> read;
  for (std::size_t i = next; i < all.size() && read.size() < at_once; ++i) {
    if (leads_to_many(all[i].to)) break;
    resolved_link& one = read.emplace_back();
    one.link = all[i].link;
    one.place = all[i].place;
  }
  std::vector<message_task> messages;
  std::vector<story_task> stories;
  for (std::size_t i = 0; i < read.size(); ++i) {
    const parsed_link& to = all[next + i].to;
    if (const auto refusal = refusal_of(to, all[next + i].link)) {
      refuse(read[i], *refusal);
    } else if (const auto* message = std::get_if<message_link>(&to)) {
      messages.push_back({*message, &read[i]});
    } else {
      stories.push_back({std::get<story_link>(to), &read[i]});
    }
  }
  const std::vector<message_task> topics = co_await read_messages(run, std::move(messages));
  co_await read_stories(run, std::move(stories));
  next += read.size();
  // A message that opens a topic stands for the topic, which is read page by page.
  for (const message_task& topic : topics) {
    chat_link whole;
    whole.chat = topic.to.chat;
    whole.thread_id = topic.to.message_id;
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(next),
               {topic.into->place, topic.into->link, std::move(whole)});
  }
  std::erase_if(read, [&topics](const resolved_link& one) {
    return std::ranges::any_of(topics, [&](const message_task& t) { return t.into == &one; });
  });
  co_return read;
}

asio::awaitable<std::optional<resolved_link>> link_reader::state::read_many() {
  const asked& now = all[next];
  std::optional<resolved_link> page;
  try {
    if (!open) open = co_await listing::open(run, now.to, now.link);
    page = co_await open->next();
    if (!page && !any) {
      throw error(make_error_code(link_errc::no_media), "there are no media in " + now.link);
    }
  } catch (const error& failed) {
    if (!concerns_the_chat(failed)) throw;
    page.emplace().link = now.link;
    refuse(*page, failed);
  }
  if (page) page->place = now.place;
  if (!page || !page->ok()) {
    close();
  } else if (!page->files.empty() || !page->refused.empty()) {
    any = true;
  }
  co_return page;
}

link_reader::link_reader(client& of, std::vector<std::string> links, resolve_options options)
    : state_(std::make_unique<state>(of, std::move(links), std::move(options))) {}
link_reader::~link_reader() = default;
link_reader::link_reader(link_reader&&) noexcept = default;
link_reader& link_reader::operator=(link_reader&&) noexcept = default;

asio::awaitable<std::vector<resolved_link>> link_reader::next() {
  state& at = *state_;
  std::vector<resolved_link> read;
  while (read.empty() && at.next < at.all.size()) {
    if (leads_to_many(at.all[at.next].to)) {
      if (auto page = co_await at.read_many()) read.push_back(std::move(*page));
    } else {
      read = co_await at.read_single();
    }
  }
  co_return read;
}

asio::awaitable<std::vector<resolved_link>> resolve(client& client, std::vector<std::string> links,
                                                    resolve_options options) {
  std::vector<resolved_link> resolved(links.size());
  for (std::size_t i = 0; i < links.size(); ++i) {
    resolved[i].link = links[i];
    resolved[i].place = i;
  }
  link_reader reader(client, std::move(links), std::move(options));
  for (;;) {
    std::vector<resolved_link> some = co_await reader.next();
    if (some.empty()) break;
    for (resolved_link& one : some) {
      resolved_link& whole = resolved[one.place];
      if (!one.ok()) {  // what was read before it remains
        whole.code = one.code;
        whole.error = std::move(one.error);
      }
      std::ranges::move(one.files, std::back_inserter(whole.files));
      std::ranges::move(one.refused, std::back_inserter(whole.refused));
    }
  }
  co_return resolved;
}

asio::awaitable<std::vector<media>> resolve(client& client, std::string link,
                                            resolve_options options) {
  std::vector<std::string> one(1, std::move(link));
  std::vector<resolved_link> resolved =
      co_await resolve(client, std::move(one), std::move(options));
  if (!resolved.front().ok()) throw error(resolved.front().code, resolved.front().error);
  co_return std::move(resolved.front().files);
}

}  // namespace mtfetch
