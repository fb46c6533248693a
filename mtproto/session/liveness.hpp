// SPDX-License-Identifier: BSL-1.0
// Whether the connection still lives: when to ping, and when silence means that it is dead.
#pragma once

#include <mtfetch/instant.hpp>
#include <optional>

#include "mtproto/session/session_config.hpp"

namespace mtfetch::session {

/// Pings at a fixed interval, so that the server knows that we are here, and earlier when an answer
/// is awaited and nothing comes. A ping after which nothing at all comes means a dead connection.
class liveness {
 public:
  explicit liveness(const session_config& config)
      : interval_(config.ping_interval),
        probe_(config.silence_before_probe),
        timeout_(config.pong_timeout) {}

  /// A new connection: the first ping is due at once.
  void begin(time_point now);
  /// Anything came.
  void heard(time_point now);
  /// A request goes out while no other awaits an answer: silence counts from here.
  void begin_waiting(time_point now) { quiet_since_ = now; }

  /// `waiting`: an answer is awaited.
  bool ping_due(time_point now, bool waiting) const { return now >= next_ping(waiting); }
  void pinged(time_point now);
  /// The ping was refused and is to be sent again.
  void ping_again() { ping_at_ = quiet_since_; }
  bool dead(time_point now) const { return unanswered_ && now >= *unanswered_ + timeout_; }
  time_point deadline(bool waiting) const;

 private:
  time_point next_ping(bool waiting) const;

  duration interval_;
  duration probe_;
  duration timeout_;
  time_point ping_at_;
  time_point quiet_since_;
  std::optional<time_point>
      unanswered_;  // when the first ping since the last sign of life went out
};

}  // namespace mtfetch::session
