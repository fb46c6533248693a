// SPDX-License-Identifier: BSL-1.0
// The settings of a session: intervals and limits, each with the value that suits Telegram.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace mtfetch::session {

/// May the server be made to run this request twice?
enum class repeat : std::uint8_t {
  never,    ///< it changes state: where a first run cannot be ruled out, it ends as `lost`
  allowed,  ///< it only reads: it is sent again until there is an answer
};

struct request_options {
  repeat repeatable = repeat::never;
  bool alone = false;  ///< in a packet of its own, never in a container
};

struct session_config {
  /// ping_delay_disconnect goes out this often; the server hangs up `disconnect_delay` after one.
  std::chrono::seconds ping_interval{60};
  std::chrono::seconds disconnect_delay{75};
  /// Nothing came for this long while requests wait: a ping asks whether the connection lives.
  std::chrono::seconds silence_before_probe{10};
  /// Nothing came for this long after a ping: the connection is dead.
  std::chrono::seconds pong_timeout{15};
  /// Acknowledgements wait this long for a packet that goes out anyway, and this many at the most.
  std::chrono::seconds ack_delay{10};
  std::size_t ack_batch = 64;
  /// A msgs_state_req without an answer is put again after this time.
  std::chrono::seconds question_timeout{10};
  /// What `submit_first` sent is sent anew when it has no answer after this time.
  std::chrono::seconds first_timeout{15};
  /// What one packet of ours holds: 1020 messages or 2^15 bytes. A larger request travels in a
  /// packet of its own. https://core.telegram.org/mtproto/service_messages#containers
  std::size_t container_messages = 1020;  // 8 at least, 1020 at most
  std::size_t container_bytes = std::size_t{32} * 1024;
  /// The largest request: data centres close the connection on packets above about 1 MiB.
  std::size_t request_bytes = std::size_t{1024} * 1024 - 2048;
  /// Requests from this size on are sent as gzip_packed when that saves a tenth; 0: never.
  std::size_t pack_from = 1024;
  /// What all the gzip_packed of one packet may inflate to together.
  std::size_t gzip_bytes = std::size_t{16} * 1024 * 1024;
  /// How many message ids of the server are remembered to recognise a replay.
  std::size_t remembered_ids = 4096;
  /// How many future salts are asked for (1..64); 0 asks for none.
  std::int32_t future_salts = 64;
  /// Over HTTP the server holds its answer to http_wait for up to `http_max_wait` while it has
  /// nothing to say, for `http_wait_after` after each message, no message for more than
  /// `http_max_delay`. https://core.telegram.org/mtproto/service_messages#http-waitlong-poll
  std::chrono::milliseconds http_max_delay{100};
  std::chrono::milliseconds http_wait_after{30};
  std::chrono::milliseconds http_max_wait{25000};
  /// A request that the server refuses this often (wrong salt, wrong time ...) ends as `lost`.
  int refusals = 16;
};

}  // namespace mtfetch::session
