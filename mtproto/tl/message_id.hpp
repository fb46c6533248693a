// SPDX-License-Identifier: BSL-1.0
// The arithmetic of message ids: unix time in 2^-32 seconds, the sender's kind in the low two bits.
#pragma once

#include <chrono>
#include <cstdint>

#include "mtfetch/instant.hpp"

namespace mtfetch::tl {

/// Who sends a message, in the low two bits of its id.
/// https://core.telegram.org/mtproto/description#message-identifier-msg-id
enum class message_origin : std::int64_t {
  client = 0,
  server_answer = 1,  ///< the server, in answer to a message of the client
  server_notice = 3,  ///< the server, of its own accord
};

/// The low two bits as they are: 0, 1, 2 or 3. 2 is nobody's.
inline std::int64_t low_bits_of(std::int64_t message_id) {
  return message_id & 3;
}
inline bool is_from_client(std::int64_t message_id) {
  return low_bits_of(message_id) == 0;
}
inline bool is_from_server(std::int64_t message_id) {
  return (message_id & 1) != 0;
}

/// Unix time of an id, to the nanosecond.
inline std::chrono::nanoseconds exact_unix_time_of(std::int64_t message_id) {
  const auto bits = static_cast<std::uint64_t>(message_id);
  const std::uint64_t fraction = ((bits & 0xffffffff) * 1'000'000'000) >> 32;
  return std::chrono::seconds(bits >> 32) + std::chrono::nanoseconds(fraction);
}
/// Unix time of an id, in whole seconds.
inline std::chrono::seconds unix_time_of(std::int64_t message_id) {
  return std::chrono::seconds(static_cast<std::uint64_t>(message_id) >> 32);
}

/// The first id of a moment in unix time; its low two bits are 0.
inline std::int64_t message_id_at(std::chrono::nanoseconds unix_time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(unix_time);
  const auto fraction = static_cast<std::uint64_t>((unix_time - second).count());
  const std::uint64_t bits =
      static_cast<std::uint64_t>(second.count()) << 32 | (fraction << 32) / 1'000'000'000;
  return static_cast<std::int64_t>(bits & ~std::uint64_t{3});
}

/// The server's unix time at `now`, when its clock is `server_offset` ahead of our wall clock.
inline std::chrono::nanoseconds server_unix_time(instant now, duration server_offset) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now.wall.time_since_epoch()) +
         std::chrono::duration_cast<std::chrono::nanoseconds>(server_offset);
}

/// Gives the ids of one session's messages: each larger than the one before, whatever the clock
/// does. When the clock was corrected far back, a session begins anew and so does its generator.
class message_id_generator {
 public:
  std::int64_t next(instant now, duration server_offset,
                    message_origin origin = message_origin::client) {
    const std::int64_t id = message_id_at(server_unix_time(now, server_offset));
    last_ = id > last_ ? id : last_ + 4;
    return last_ + static_cast<std::int64_t>(origin);
  }

  /// The id given last, without its low two bits; zero before the first.
  std::int64_t last() const { return last_; }

 private:
  std::int64_t last_ = 0;
};

}  // namespace mtfetch::tl
