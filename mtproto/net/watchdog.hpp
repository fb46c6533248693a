// SPDX-License-Identifier: BSL-1.0
// Does one thing at a given time unless it is destroyed before: how an operation is timed out.
#pragma once

#include <mtfetch/instant.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace mtfetch::net {

/// `bite` may refer to what outlives the watchdog, locals of a coroutine included.
class watchdog {
 public:
  watchdog(const asio::any_io_executor& executor, time_point when, std::function<void()> bite)
      : state_(std::make_shared<state>(executor, when, std::move(bite))) {
    state_->timer.async_wait([kept = state_](std::error_code cancelled) {
      if (cancelled || !kept->bite) return;
      kept->bitten = true;
      kept->bite();
    });
  }
  ~watchdog() {
    state_->bite = nullptr;
    state_->timer.cancel();
  }
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

  bool bitten() const { return state_->bitten; }

 private:
  struct state {
    state(const asio::any_io_executor& executor, time_point when, std::function<void()> what)
        : timer(executor, when), bite(std::move(what)) {}
    asio::steady_timer timer;
    std::function<void()> bite;
    bool bitten = false;
  };
  std::shared_ptr<state> state_;
};

}  // namespace mtfetch::net
