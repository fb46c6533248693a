// SPDX-License-Identifier: BSL-1.0
#include "downloader/resolve/history.hpp"

#include "downloader/resolve/message_facts.hpp"

#include <mtfetch/api/messages.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace mtfetch {
namespace {

constexpr std::int32_t page_size = 100;
constexpr std::int32_t most_empty = 1000;

// https://core.telegram.org/api/threads
bool is_of_thread(const api::message& message, std::int32_t thread) {
  if (thread == 0 || message.id == thread) return true;
  const auto* reply =
      message.reply_to ? message.reply_to->get_if<api::messageReplyHeader>() : nullptr;
  if (reply == nullptr) return false;
  if (reply->reply_to_top_id) return *reply->reply_to_top_id == thread;
  return reply->reply_to_msg_id == thread;
}

std::int32_t clamp_date(std::int64_t date) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(date, 0, INT32_MAX));
}

}  // namespace

asio::awaitable<std::vector<const api::message*>> history::next() {
  found_.clear();
  while (found_.empty() && !ended_) {
    if (of_->is_bot()) {
      co_await read_ids();
    } else {
      co_await read_page();
    }
  }
  co_return found_;
}

asio::awaitable<void> history::read_ids() {
  const std::int32_t first = std::max(at_ == INT32_MAX ? at_ : at_ + 1, span_.first);
  const std::int32_t last =
      std::min(span_.last, first + std::min(page_size - 1, INT32_MAX - first));
  if (first > last || at_ == INT32_MAX) {
    ended_ = true;
    co_return;
  }
  std::set<std::int32_t> ids;
  for (std::int32_t id = first; id < last; ++id) ids.insert(id);
  ids.insert(last);
  message_reader page(*of_, chat_, *seen_);
  co_await page.read_ids(ids);
  by_id_ = std::move(page);
  at_ = last;
  bool any = false;
  for (const std::int32_t id : ids) {
    any = any || by_id_.find_notice(id) != nullptr;
    const api::message* message = by_id_.find(id);
    if (message == nullptr) continue;
    any = true;
    const bool fits = is_of_thread(*message, span_.thread_id) && message->date >= span_.since &&
                      (span_.until == 0 || message->date < span_.until);
    if (fits) found_.push_back(message);
  }
  empty_in_a_row_ = any ? 0 : empty_in_a_row_ + page_size;
  ended_ = last == span_.last || (span_.last == INT32_MAX && empty_in_a_row_ >= most_empty);
}

// What getHistory's offsets mean: https://core.telegram.org/api/offsets
asio::awaitable<std::vector<api::Message>> history::ask_page() {
  const auto fill = [this](auto& ask) {
    ask.peer = input_peer(chat_, of_->user_id());
    ask.limit = page_size;
    if (span_.oldest_first) {
      // As many newer ones as a page holds, the one at the offset among them.
      ask.add_offset = -page_size;
      ask.offset_id = at_ == 0 ? span_.first : at_ + 1;
      if (at_ == 0 && span_.since > 0 && span_.first == 1) {
        ask.offset_id = 0;
        ask.offset_date = clamp_date(span_.since);
      }
    } else {
      ask.offset_id = at_ != 0 ? at_ : span_.last == INT32_MAX ? 0 : span_.last + 1;
      if (at_ == 0 && span_.until > 0 && span_.last == INT32_MAX) {
        ask.offset_date = clamp_date(span_.until);
      }
      ask.min_id = span_.first - 1;
    }
  };
  if (span_.thread_id != 0) {
    api::messages::getReplies ask;
    ask.msg_id = span_.thread_id;
    fill(ask);
    co_return messages_of(co_await of_->invoke(ask), *seen_);
  }
  api::messages::getHistory ask;
  fill(ask);
  co_return messages_of(co_await of_->invoke(ask), *seen_);
}

asio::awaitable<void> history::read_page() {
  page_ = co_await ask_page();
  const bool up = span_.oldest_first;
  std::erase_if(page_, [&](const api::Message& one) {
    const std::int32_t id = id_of(one);
    const bool is_new = at_ == 0 || (up ? id > at_ : id < at_);
    return id <= 0 || !is_new;
  });
  if (page_.empty()) {
    ended_ = true;
    co_return;
  }
  std::ranges::sort(page_, [up](const api::Message& a, const api::Message& b) {
    return up ? id_of(a) < id_of(b) : id_of(a) > id_of(b);
  });
  at_ = id_of(page_.back());
  ended_ = at_ == INT32_MAX || (up ? at_ >= span_.last : at_ <= span_.first);
  for (const api::Message& one : page_) {
    const auto* message = one.get_if<api::message>();
    if (message == nullptr || message->id < span_.first || message->id > span_.last) continue;
    const bool is_early = message->date < span_.since;
    const bool is_late = span_.until != 0 && message->date >= span_.until;
    // Beyond its far end there is nothing more: dates go with the ids.
    if (up ? is_late : is_early) ended_ = true;
    if (!is_early && !is_late) found_.push_back(message);
  }
}

}  // namespace mtfetch
