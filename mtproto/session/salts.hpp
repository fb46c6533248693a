// SPDX-License-Identifier: BSL-1.0
// The server salts: the one in use and those that will follow it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mtfetch::session {

/// A salt and the time of the server in which it is taken, in unix seconds.
struct dated_salt {
  std::chrono::seconds valid_since{0};
  std::chrono::seconds valid_until{0};
  std::int64_t salt = 0;
};

/// A salt is taken for an hour and replaced by the next after half of it, so there is always one
/// that is well inside its time. https://core.telegram.org/mtproto/description#server-salt
class salts {
 public:
  static constexpr std::size_t most = 64;

  explicit salts(std::int64_t initial) : current_(initial) {}

  std::int64_t current() const { return current_; }
  /// Goes over to the newest salt whose time has begun. True when the salt is another one now.
  bool advance(std::chrono::seconds server_now);
  /// The server itself named the salt to use. One that was not foretold makes the foretold ones
  /// doubtful: they are dropped. True when the salt is another one now.
  bool replace(std::int64_t salt);
  /// Takes what get_future_salts answered: 64 at the most, those that are over or turned around
  /// left out.
  void foretell(std::vector<dated_salt> future, std::chrono::seconds server_now);
  /// Whether what is known ends within the next hour.
  bool wants_more(std::chrono::seconds server_now) const;

 private:
  std::int64_t current_;
  std::vector<dated_salt> future_;  // by valid_since
};

}  // namespace mtfetch::session
