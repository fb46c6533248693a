// SPDX-License-Identifier: BSL-1.0
// What Telegram sends without being asked: a stream of raw updates of the main connection.
#pragma once

#include <mtfetch/bytes.hpp>

#include <asio/awaitable.hpp>

#include <memory>
#include <variant>

namespace mtfetch {

namespace client_impl {
class update_queue;
}

/// A boxed object of the API as it came, mostly of type Updates. Nothing is checked or put in
/// order: pts, qts and seq are the reader's business. https://core.telegram.org/api/updates
struct raw_update {
  shared_bytes body;
};

/// Some updates may be missing here: the queue was full, or the server began a new session. What is
/// missing is to be had from updates.getDifference.
struct missed_updates {};

using update_event = std::variant<raw_update, missed_updates>;

/// A reader's end of the queue; copies share it. Belongs to the client's executor and may outlive
/// the client.
class update_stream {
 public:
  explicit update_stream(std::shared_ptr<client_impl::update_queue> from);

  /// The next one, when it comes. Throws mtfetch::error (client_errc::stopped) when the client was
  /// stopped and all was read, std::system_error (operation_aborted) when cancelled; then none is
  /// lost.
  asio::awaitable<update_event> next();

 private:
  std::shared_ptr<client_impl::update_queue> from_;
};

}  // namespace mtfetch
