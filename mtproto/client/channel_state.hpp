// SPDX-License-Identifier: BSL-1.0
// What a channel is inside: a session of its own, and the client for what concerns the login.
#pragma once

#include "mtproto/client/client_state.hpp"
#include "mtproto/client/renewed_session.hpp"

#include <mtfetch/instant.hpp>

#include <memory>
#include <string>
#include <utility>

namespace mtfetch::client_impl {

/// Held by shared_ptr: every call under way keeps it.
class channel_state : public std::enable_shared_from_this<channel_state> {
 public:
  channel_state(std::shared_ptr<renewed_session> session, std::weak_ptr<client_state> client)
      : session_(std::move(session)), client_(std::move(client)) {}

  asio::awaitable<shared_bytes> invoke(bytes request, std::string method, invoke_options options);
  int dc() const { return session_->dc(); }
  bool alive() const { return session_->connected() && !session_->stopped(); }
  time_point last_heard() const { return session_->last_heard(); }
  void close();

 private:
  std::shared_ptr<renewed_session> session_;
  std::weak_ptr<client_state> client_;
};

}  // namespace mtfetch::client_impl
