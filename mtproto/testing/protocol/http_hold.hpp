// SPDX-License-Identifier: BSL-1.0
// How long the answer to an HTTP request is held back, as http_wait asks.
#pragma once

#include <algorithm>
#include <chrono>
#include <mtfetch/instant.hpp>
#include <optional>

namespace mtfetch::testing {

/// One HTTP connection's open request. No I/O, no clock.
/// https://core.telegram.org/mtproto/service_messages#http-waitlong-poll
class http_hold {
 public:
  using milliseconds = std::chrono::milliseconds;

  /// A request came: unless wait() follows it is answered with the first message, or after 25 s.
  void begin(time_point now) {
    open_ = true;
    until_ = now + longest;
    together_ = {};
    ready_at_.reset();
  }
  /// Its packet held an http_wait: with nothing to say the answer waits for `max_wait`; the first
  /// message waits for others that may follow, but for no longer than `max_delay`.
  void wait(milliseconds max_delay, milliseconds wait_after, milliseconds max_wait,
            time_point now) {
    until_ = now + std::clamp(max_wait, milliseconds(0), longest);
    together_ = std::clamp(std::min(max_delay, wait_after), milliseconds(0), longest);
  }
  bool is_open() const { return open_; }
  /// Whether the answer goes out now; `ready`: there is something to say.
  bool due(bool ready, time_point now) {
    if (!open_) return false;
    if (ready && !ready_at_) {
      ready_at_ = now;
      until_ = std::min(until_, now + together_);
    }
    return now >= until_;
  }
  time_point deadline() const { return open_ ? until_ : no_deadline; }
  void answered() { open_ = false; }

 private:
  static constexpr milliseconds longest{25000};

  bool open_ = false;
  time_point until_;
  duration together_{};
  std::optional<time_point> ready_at_;
};

}  // namespace mtfetch::testing
