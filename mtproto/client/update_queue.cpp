// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/update_queue.hpp"

#include <mtfetch/error.hpp>

#include <utility>

namespace mtfetch {

update_stream::update_stream(std::shared_ptr<client_impl::update_queue> from)
    : from_(std::move(from)) {}

asio::awaitable<update_event> update_stream::next() {
  const auto from = from_;
  update_event came = co_await from->next();
  co_return came;
}

namespace client_impl {

void update_queue::push(const shared_bytes& body) {
  if (ended_) return;
  if (!body.empty() && waiting_.size() < limit_ && bytes_ + body.size() <= most_bytes) {
    waiting_.emplace_back(raw_update{shared_bytes::copy(body)});
    bytes_ += body.size();
  } else if (waiting_.empty() || !std::holds_alternative<missed_updates>(waiting_.back())) {
    waiting_.emplace_back(missed_updates{});
  }
  news_.ring_one();
}

void update_queue::end() {
  ended_ = true;
  news_.ring();
}

asio::awaitable<update_event> update_queue::next() {
  while (waiting_.empty()) {
    if (ended_) throw error(client_errc::stopped, "the client was stopped: no more updates come");
    co_await news_.wait(no_deadline);
  }
  update_event first = std::move(waiting_.front());
  waiting_.pop_front();
  if (const auto* update = std::get_if<raw_update>(&first)) bytes_ -= update->body.size();
  co_return first;
}

}  // namespace client_impl
}  // namespace mtfetch
