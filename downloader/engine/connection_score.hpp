// SPDX-License-Identifier: BSL-1.0
// Which of a data centre's connections is so much slower than the others that a new one is better.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/stopwatch.hpp"

#include <mtfetch/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mtfetch::engine {

/// What a connection delivered in this round, and how long it had something to deliver. Time
/// without a part outstanding does not count, nor do the small parts of readers, which do not fill
/// it.
class connection_score {
 public:
  void on_outstanding(bool any, time_point now) { busy_.set(any, now); }
  void on_delivered(std::int64_t bytes) { delivered_ += bytes; }
  /// A new round; also after a refusal, which is no slowness.
  void restart(time_point now) {
    busy_.restart(now);
    delivered_ = 0;
  }
  duration busy(time_point now) const { return busy_.total(now); }
  std::int64_t delivered() const { return delivered_; }

 private:
  stopwatch busy_;
  std::int64_t delivered_ = 0;
};

struct replacement_limits {
  /// Of the median's goodput. Connections that share a way differ by less; one that TCP or a bad
  /// path holds down brings a few hundredths.
  double least_share = 1.0 / 8;
  /// With fewer there is no telling which of them is the odd one.
  std::size_t least_connections = 3;
  /// Shorter troubles are met by copies of what is late.
  duration least_busy = std::chrono::seconds(3);
  /// All are judged over the same time, so that what stops them all favours none.
  duration round = std::chrono::seconds(10);
  /// Between two replacements; doubled when the next is needed before a round went well, since
  /// then new connections do not help.
  duration least_wait = std::chrono::seconds(5);
  duration most_wait = std::chrono::minutes(5);
};

/// The rule for one data centre. A connection is replaced when it would be below `least_share` of
/// the median even if the largest part it owes came this moment: so that one is met that answers
/// slowly and one that does not answer, and large parts on slow ways are waited for. Nothing has to
/// be timed: where no other connection brings anything, there is nothing to compare with.
class replacement_rule {
 public:
  struct measured {
    connection_id id{};
    duration busy{0};
    std::int64_t delivered = 0;
    std::int64_t owed = 0;  ///< the largest part that is outstanding
  };

  replacement_rule() = default;
  explicit replacement_rule(replacement_limits limits) : limits_(limits) {}

  /// Judging more often tells nothing new.
  bool may_judge(time_point now) const { return now >= judge_at_; }
  /// The connection to replace, if any: it is taken to be done.
  std::optional<connection_id> judge(std::span<const measured> connections, time_point now);
  /// Whether the scores are to begin anew.
  bool round_is_over(time_point now) const { return over_ || now < began_; }
  void begin_round(time_point now) {
    began_ = now;
    over_ = false;
  }

 private:
  double median(std::span<const measured> connections) const;

  replacement_limits limits_;
  time_point began_ = time_point::max();
  time_point judge_at_ = time_point::min();
  time_point may_replace_ = time_point::min();
  duration wait_ = limits_.least_wait;
  bool over_ = false;
};

}  // namespace mtfetch::engine
