// SPDX-License-Identifier: BSL-1.0
// What a session of a client stands on, for tests of the session by itself.
#pragma once

#include "mtproto/client/client_state.hpp"
#include "mtproto/client/request_header.hpp"
#include "mtproto/crypto/random.hpp"
#include "mtproto/net/clock.hpp"

#include <mtfetch/api/help.hpp>

#include <gtest/gtest.h>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace mtfetch::client_test {

inline std::shared_ptr<client_impl::environment> environment_of(asio::io_context& loop,
                                                                config settings) {
  const auto shared = std::make_shared<client_impl::environment>();
  shared->executor = loop.get_executor();
  shared->opener = std::make_shared<client_impl::packet_opener>(shared->executor);
  shared->settings = std::move(settings);
  shared->known = shared->settings.network;
  shared->random = crypto::system_random();
  shared->keys.push_back(crypto::rsa_public_key::from_pem(shared->known.rsa_keys.at(0)).value());
  shared->header = client_impl::session_header(shared->settings);
  shared->store = std::make_shared<storage::session_store>("", shared->known.name);
  return shared;
}

/// A session of DC 2 that has begun to live.
inline std::shared_ptr<client_impl::renewed_session> session_on(
    const std::shared_ptr<client_impl::environment>& shared) {
  client_impl::dc_session::duties duties;
  duties.dc = 2;
  const auto session = std::make_shared<client_impl::renewed_session>(
      shared, duties, [] { return std::optional<client_impl::outcome>(); });
  session->start();
  return session;
}

/// help.getNearestDc, which must be answered.
inline asio::awaitable<void> ask_nearest(std::shared_ptr<client_impl::renewed_session> session,
                                         bool repeatable = true) {
  const bytes request = tl::serialize(api::help::getNearestDc());
  client_impl::call_terms terms;
  terms.method = "help.getNearestDc";
  terms.repeatable = repeatable;
  terms.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const client_impl::outcome ended = co_await session->call(request, terms);
  EXPECT_TRUE(ended.ok()) << ended.why << (ended.refused ? ended.refused->message : "");
}

/// Comes back when it is true; the test fails when that takes too long.
inline asio::awaitable<void> until(std::function<bool()> is_true) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (!is_true() && std::chrono::steady_clock::now() < end) {
    pause.expires_after(std::chrono::milliseconds(2));
    co_await pause.async_wait(asio::use_awaitable);
  }
  EXPECT_TRUE(is_true());
}

}  // namespace mtfetch::client_test
