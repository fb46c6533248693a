// SPDX-License-Identifier: BSL-1.0
// The salts of one auth key: a new one every half hour, each good for another half hour.
#pragma once

#include <cstdint>
#include <deque>
#include <mtfetch/bytes.hpp>
#include <vector>

namespace mtfetch::testing {

/// Unix time of the server, in seconds.
using unix_seconds = std::int64_t;

struct salt_period {
  unix_seconds valid_since = 0;
  unix_seconds valid_until = 0;
  std::int64_t salt = 0;
};

/// https://core.telegram.org/mtproto/description#server-salt
class salt_schedule {
 public:
  static constexpr unix_seconds new_one_every = 1800;
  static constexpr unix_seconds valid_for = 3600;
  static constexpr std::int32_t most_future_salts = 64;

  /// Begins with the salt that the key exchange gave.
  salt_schedule(std::int64_t first, unix_seconds now, random_source random);
  /// Goes on with stored periods, in order of time.
  salt_schedule(std::vector<salt_period> stored, random_source random);

  /// The newest salt that is valid.
  std::int64_t current(unix_seconds now);
  bool accepts(std::int64_t salt, unix_seconds now);
  /// What get_future_salts answers: the salts valid now or later, `count` (1..64) of them.
  std::vector<salt_period> future(std::int32_t count, unix_seconds now);
  /// Refuses all salts given out so far.
  void begin_anew(unix_seconds now);

  /// All periods that still matter, for storing.
  std::vector<salt_period> periods() const { return {periods_.begin(), periods_.end()}; }

 private:
  void reach(unix_seconds until);
  void forget(unix_seconds now);
  std::int64_t draw();

  random_source random_;
  std::deque<salt_period> periods_;  // in order of time, half an hour apart
};

}  // namespace mtfetch::testing
