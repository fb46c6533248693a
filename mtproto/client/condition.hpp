// SPDX-License-Identifier: BSL-1.0
// Something that coroutines wait for and that rings for all of them at once.
#pragma once

#include <mtfetch/instant.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <asio/error.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace mtfetch::client_impl {

/// Waits on a timer that another coroutine may cancel. False: the time came. Throws
/// asio::error::operation_aborted when the waiting coroutine was cancelled. Whoever calls keeps the
/// timer alive.
inline asio::awaitable<bool> rung(asio::steady_timer& timer) {
  std::error_code woken;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw std::system_error(asio::error::operation_aborted);
  }
  co_return woken == asio::error::operation_aborted;
}

/// Must outlive its waiters. What is waited for is checked by the waiter, before and after.
class condition {
 public:
  explicit condition(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Whether it rang before that time.
  asio::awaitable<bool> wait(time_point until) {
    const auto timer = std::make_shared<asio::steady_timer>(executor_, until);
    waiting_.push_back(timer);
    const bool rang = co_await rung(*timer);
    co_return rang;
  }

  /// Wakes the one that has waited longest.
  void ring_one() {
    while (!waiting_.empty()) {
      const auto first = waiting_.front().lock();
      waiting_.erase(waiting_.begin());
      if (first && first->cancel() > 0) return;
    }
  }

  void ring() {
    const auto all = std::exchange(waiting_, {});
    for (const auto& timer : all) {
      if (const auto kept = timer.lock()) kept->cancel();
    }
  }

 private:
  asio::any_io_executor executor_;
  std::vector<std::weak_ptr<asio::steady_timer>> waiting_;
};

}  // namespace mtfetch::client_impl
