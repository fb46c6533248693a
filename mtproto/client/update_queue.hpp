// SPDX-License-Identifier: BSL-1.0
// Updates that wait to be read, so many and no more.
#pragma once

#include "mtproto/client/condition.hpp"

#include <mtfetch/updates.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <cstddef>
#include <deque>

namespace mtfetch::client_impl {

/// When it is full, what comes is dropped and one missed_updates stands in its place: who reads it
/// has what came before, and fetches the rest. One executor.
class update_queue {
 public:
  update_queue(asio::any_io_executor executor, std::size_t limit)
      : limit_(limit), news_(std::move(executor)) {}

  /// An empty body: some may have been missed.
  void push(shared_bytes body);
  /// Nothing more comes; what waits can still be read.
  void end();
  asio::awaitable<update_event> next();

 private:
  std::size_t limit_;
  std::deque<update_event> waiting_;
  condition news_;
  bool ended_ = false;
};

}  // namespace mtfetch::client_impl
