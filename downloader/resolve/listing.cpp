// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/media_of_message.hpp"
#include "downloader/resolve/message_facts.hpp"
#include "downloader/resolve/resolver.hpp"

#include <utility>

namespace mtfetch {
namespace {

bool may_have_file(const api::message& message) {
  if (!message.media) return false;
  const api::MessageMedia& carried = *message.media;
  return carried.is<api::messageMediaDocument>() || carried.is<api::messageMediaPhoto>() ||
         carried.is<api::messageMediaPaidMedia>() || carried.is<api::messageMediaStory>();
}

// Which messages a link asks for, and of which chat.
struct listed_chat {
  link_chat chat;
  history_span span;
};

listed_chat listed_by(const parsed_link& to, const resolve_options& options) {
  listed_chat said;
  said.span.since = options.since;
  said.span.until = options.until;
  said.span.oldest_first = options.oldest_first;
  if (const auto* range = std::get_if<range_link>(&to)) {
    said.chat = range->chat;
    said.span.first = range->first;
    said.span.last = range->last;
    said.span.thread_id = range->thread_id;
    said.span.oldest_first = true;  // as it was written
  } else if (const auto* whole = std::get_if<chat_link>(&to)) {
    said.chat = whole->chat;
    said.span.thread_id = whole->thread_id;
  }
  return said;
}

}  // namespace

listing::listing(resolver& run, cached_peer chat, history_span span, std::string link)
    : run_(&run),
      chat_(chat),
      link_(std::move(link)),
      history_(run.of, std::move(chat), run.seen, span) {}

asio::awaitable<listing> listing::open(resolver& run, parsed_link to, std::string link) {
  listed_chat said = listed_by(to, run.options);
  if (const auto* invite = std::get_if<invite_link>(&to)) {
    invited_chat behind;
    if (run.of.is_bot()) {
      throw error(make_error_code(client_errc::not_for_bots),
                  "bots cannot follow invite links: this needs a person's account (" + link + ")");
    }
    behind = co_await run.finder.look(invite->hash, link);
    if (behind.chat.id == 0) {
      if (!run.options.join) {
        throw error(
            make_error_code(link_errc::join_first),
            "\"" + behind.title + "\" is read by its members only: join it first (" + link + ")");
      }
      behind.chat = co_await run.finder.join(invite->hash, link);
    }
    listing members(run, behind.chat, said.span, link);
    members.page_ = co_await members.history_.next();
    co_return members;
  }
  std::optional<listing> opened;
  auto use = [&](cached_peer chat) -> asio::awaitable<void> {
    opened.emplace(run, chat, said.span, link);
    opened->page_ = co_await opened->history_.next();
  };
  co_await in_chat(run, said.chat, link, use);
  co_return std::move(*opened);
}

asio::awaitable<std::optional<resolved_link>> listing::next() {
  if (!std::exchange(is_first_, false)) page_ = co_await history_.next();
  if (page_.empty()) co_return std::nullopt;
  const seen_peer* chat = run_->seen.find({chat_.type, chat_.id});
  if (chat != nullptr && chat->is_protected && !run_->options.choice.allow_protected) {
    throw error(make_error_code(link_errc::protected_media),
                "\"" + chat->title +
                    "\" has protected content: it does not allow that it is saved (" + link_ + ")");
  }
  resolved_link page;
  page.link = link_;
  for (const api::message* message : page_) take(*message, page);
  co_return page;
}

void listing::take(const api::message& message, resolved_link& into) const {
  if (!may_have_file(message)) return;
  const std::string link = link_to(chat_, message.id);
  try {
    for (media& one : media_in(message, chat_, link, run_->seen, run_->wanted())) {
      into.files.push_back(std::move(one));
    }
  } catch (const error& failed) {
    if (failed.code() != link_errc::protected_media) return;  // its file has expired, or the like
    into.refused.push_back({link, failed.code(), failed.what()});
  }
}

}  // namespace mtfetch
