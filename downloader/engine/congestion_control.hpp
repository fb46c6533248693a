// SPDX-License-Identifier: BSL-1.0
// How many bytes one connection may have outstanding, and how many connections are worth having.
#pragma once

#include "downloader/engine/ids.hpp"

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <optional>

namespace mtfetch::engine {

/// The window of one connection: twice what the measured goodput delivers in the least measured
/// answer time. While the window is the limit, each round doubles it; when more bytes outstanding
/// do not bring more goodput it stays; when goodput falls it shrinks.
class connection_window {
 public:
  struct limits {
    std::int64_t start = 1 * mib;
    std::int64_t least = 256 * kib;
    std::int64_t most = 8 * mib;
  };
  /// What a request remembers from when it was sent.
  struct mark {
    time_point sent;
    std::int64_t delivered = 0;
  };

  connection_window() = default;
  explicit connection_window(limits bounds) : bounds_(bounds), window_(bounds.start) {}

  /// It took so long to open: a round trip at least, so that an answer's way is no longer.
  void on_opened(duration took) {
    if (took > duration(0)) longest_way_ = took;
  }
  mark on_sent(time_point now) const { return mark{now, delivered_}; }
  /// `held_back`: more could have been asked for, so that little goodput says nothing.
  void on_answer(mark sent, std::int64_t size, time_point now, bool held_back = false);
  /// The connection or the account was told to slow down, or answers were lost.
  void on_setback() { window_ = bounds_.least; }

  std::int64_t window() const { return window_; }
  double rate() const { return rate_; }  ///< goodput, bytes a second
  /// How long an answer takes behind which nothing waits, and that is the last of so many bytes
  /// outstanding; nothing before the first answer.
  std::optional<duration> time_for(std::int64_t bytes) const;
  /// Smoothed time from request to answer; nothing before the first.
  std::optional<duration> answer_time() const { return answer_time_; }

 private:
  limits bounds_;
  std::int64_t window_ = limits().start;
  std::int64_t delivered_ = 0;
  double rate_ = 0;
  duration least_time_{0};
  duration longest_way_ = duration::max();
  std::optional<duration> answer_time_;
};

/// So much is worth all connections at once.
inline constexpr std::int64_t much = 64 * mib;

/// How many connections `bytes_left` are worth: one for little, four at once for much, all of them
/// once the data centre has answered.
int wanted_connections(std::int64_t bytes_left, bool has_answered, int most);

}  // namespace mtfetch::engine
