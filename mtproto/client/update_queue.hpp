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

/// When it holds `limit` of them or most_bytes, what comes is dropped and one missed_updates stands
/// in its place: who reads it has what came before, and fetches the rest. One executor.
class update_queue {
 public:
  update_queue(asio::any_io_executor executor, std::size_t limit)
      : limit_(limit), news_(std::move(executor)) {}

  /// All bodies together. A single message of Telegram inflates to no more.
  static constexpr std::size_t most_bytes = std::size_t{16} << 20;

  /// Keeps a copy, for the body may be a slice of a far larger packet. An empty body: some may have
  /// been missed.
  void push(const shared_bytes& body);
  /// Nothing more comes; what waits can still be read.
  void end();
  asio::awaitable<update_event> next();

 private:
  std::size_t limit_;
  std::deque<update_event> waiting_;
  std::size_t bytes_ = 0;  // in them
  condition news_;
  bool ended_ = false;
};

}  // namespace mtfetch::client_impl
