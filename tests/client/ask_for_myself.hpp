// SPDX-License-Identifier: BSL-1.0
// The smallest call that needs a login: who am I.
#pragma once

#include <mtfetch/api/users.hpp>
#include <mtfetch/client.hpp>

#include <gtest/gtest.h>
#include <asio/awaitable.hpp>

namespace mtfetch::client_test {

inline api::users::getUsers myself() {
  api::users::getUsers ask;
  ask.id.push_back(api::inputUserSelf());
  return ask;
}

inline asio::awaitable<void> ask_for_myself(client& user, invoke_options options = {}) {
  const auto users = co_await user.invoke(myself(), options);
  EXPECT_EQ(users.size(), 1u);
}

}  // namespace mtfetch::client_test
