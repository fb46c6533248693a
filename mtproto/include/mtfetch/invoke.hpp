// SPDX-License-Identifier: BSL-1.0
// What one call may be told: how long, where to, and whether it may be sent twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace mtfetch {

/// Options of one call. Trivially destructible, so that it may be written inline with co_await.
struct invoke_options {
  /// From the call to its answer, everything that is waited for in between included.
  std::chrono::milliseconds deadline{30000};
  /// The data centre to ask; the home one when absent. Ignored by a channel, which has its own.
  std::optional<int> dc;
  /// Whether FLOOD_WAIT up to config::flood_wait_limit is waited for inside the call.
  bool wait_for_floods = true;
  /// Whether the call may be made again after a server's error (500, -503). When absent, methods
  /// that only read (get..., resolve..., check..., search..., but for some that act) may.
  std::optional<bool> repeatable;
  /// Calls to one data centre with the same number, other than 0, are run by the server in the
  /// order in which they were made, without waiting here for each other's answers (invokeAfterMsg).
  /// When one fails, those that wait for it end with rpc_error MSG_WAIT_FAILED, not run.
  /// https://core.telegram.org/method/invokeAfterMsg
  std::uint64_t chain = 0;
  /// The takeout session that the call is part of (takeout::id, invokeWithTakeout).
  std::optional<std::int64_t> takeout;
};

}  // namespace mtfetch
