// SPDX-License-Identifier: BSL-1.0
// Honours FLOOD_WAIT_X and FLOOD_PREMIUM_WAIT_X of one data centre, and learns what it lets
// through.
#pragma once

#include <mtfetch/instant.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mtfetch::engine {

/// A flood wait is a pause, never an error. While it lasts nothing is sent; afterwards one request
/// goes out as a probe, and only when one is answered do all others follow; else a full window
/// would be refused again. A probe may get lost: another follows it after 1 s, then 2, 4 ..., and
/// what was outstanding before the pause holds none up.
///
/// What was let through between two refusals tells the rate that the server allows, in bytes and in
/// requests. Nobody says which of them it counts, so a request goes out when either rate allows it;
/// where that was wrong the next refusal teaches better. The rates creep up until then: so few are
/// refused, and a limit that was lifted is noticed. In the last seconds they do not: a refusal
/// there would make the end wait for its pause. What was not sent during a pause is made up for
/// after it, since the server saves up allowance meanwhile.
class flood_governor {
 public:
  /// The server asked to wait. A nonsensical number is brought into 1 s .. 14 days.
  void on_flood(std::int32_t seconds, std::int64_t bytes, time_point now);
  /// `left` bytes are still to be asked for after these.
  void on_sent(std::int64_t bytes, std::int64_t left, time_point now);
  void on_answer(time_point now) {
    if (now < until_) return;
    probing_ = false;
    patience_ = first_patience;
  }

  bool may_send(time_point now, std::size_t outstanding) const {
    return now >= until_ && (outstanding == 0 || now >= probe_due()) && now >= pace();
  }
  bool paused(time_point now) const { return now < until_; }
  time_point until() const { return until_; }
  /// When the pause is over, no probe is waited for and the rate allows the next request.
  time_point next_send() const { return std::max({pace(), until_, probe_due()}); }
  std::size_t refused() const { return refused_; }
  /// Bytes a second that were let through; 0 while that is unknown.
  double rate() const { return bytes_.rate; }

 private:
  struct measure {
    double let_through = 0;  // sent and not refused since the pause before
    double rate = 0;         // a second; 0 while none is known
    time_point next = time_point::min();
  };
  static constexpr std::chrono::seconds first_patience{1};
  time_point probe_due() const { return probing_ ? next_probe_ : time_point::min(); }
  time_point pace() const { return std::min(bytes_.next, requests_.next); }
  void learn(measure& of) const;
  void count(measure& of, double sent, bool ends_soon, time_point now) const;

  time_point until_ = time_point::min();
  bool probing_ = false;
  time_point next_probe_ = time_point::min();
  duration patience_ = first_patience;  // with a probe
  std::size_t refused_ = 0;
  measure bytes_;
  measure requests_;
  bool news_ = false;  // a refusal that nothing was learned from yet
  time_point refused_at_ = time_point::min();
  time_point refused_before_ = time_point::min();
};

}  // namespace mtfetch::engine
