// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine of a test to its end on a loop of its own.
#pragma once

#include <gtest/gtest.h>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace mtfetch::net_test {

/// Fails the test when the coroutine does not end in time: nothing here may hang.
inline void run(asio::io_context& loop, asio::awaitable<void> work,
                std::chrono::seconds limit = std::chrono::seconds(20)) {
  bool ended = false;
  std::exception_ptr failure;
  asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown) {
    ended = true;
    failure = thrown;
    loop.stop();
  });
  loop.run_for(limit);
  loop.restart();
  ASSERT_TRUE(ended) << "did not end within its time";
  if (failure) std::rethrow_exception(failure);
}

}  // namespace mtfetch::net_test
