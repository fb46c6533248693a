// SPDX-License-Identifier: BSL-1.0
// Takeout sessions: who exports what of an account. https://core.telegram.org/api/takeout
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace mtfetch::testing {

struct takeout_session {
  std::int64_t id = 0;
  std::optional<std::int64_t> file_max_size;  ///< absent: no files
};

/// One at a time for each account, good on all data centres. One thread at a time.
class takeouts {
 public:
  /// The first wish of an account has to wait so long; the person may confirm it before.
  explicit takeouts(std::int64_t delay_seconds) : delay_(delay_seconds) {}

  /// How many seconds this account has to wait; the first question begins the wait.
  std::int64_t wait_of(std::int64_t account, std::int64_t unix_time);
  /// As if every person had agreed on another device.
  void confirm() { delay_ = 0; }

  /// A new one ends the one before.
  const takeout_session& begin(std::int64_t account, takeout_session wanted) {
    return open_[account] = wanted;
  }
  /// Null when it is over, or another account's.
  const takeout_session* find(std::int64_t account, std::int64_t id) const;
  void end(std::int64_t account) { open_.erase(account); }

 private:
  std::int64_t delay_;
  std::map<std::int64_t, std::int64_t> asked_;  // when, by account
  std::map<std::int64_t, takeout_session> open_;
};

}  // namespace mtfetch::testing
