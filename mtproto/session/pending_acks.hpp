// SPDX-License-Identifier: BSL-1.0
// The received messages that are still to be acknowledged.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <vector>

namespace mtfetch::session {

/// Collects message ids until a packet goes out anyway, until `batch` of them wait, or until the
/// oldest has waited for `delay`.
/// https://core.telegram.org/mtproto/service_messages_about_messages#acknowledgment-of-receipt
class pending_acks {
 public:
  pending_acks(duration delay, std::size_t batch) : delay_(delay), batch_(batch) {}

  /// With 32768 waiting one more is left out.
  void add(std::int64_t message_id, time_point now);
  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  /// Whether they want a packet of their own now.
  bool due(time_point now) const {
    return waiting_.size() >= batch_ || (!waiting_.empty() && now >= oldest_ + delay_);
  }
  /// When they will; `no_deadline` with none waiting.
  time_point deadline() const { return waiting_.empty() ? no_deadline : oldest_ + delay_; }

  /// Appends one msgs_ack with the ids that wait (8192 of them at most; the rest waits on).
  /// `message_id` is the one it is sent under.
  void write(bytes& out, std::int64_t message_id);
  /// The server refused the msgs_ack sent under this id: its ids wait again.
  void refused(std::int64_t message_id, time_point now);
  void clear();

 private:
  // The last few that were sent, in case they are refused. Forgetting older ones is harmless: the
  // server sends again what it thinks was not received, and that is acknowledged again.
  struct sent_batch {
    std::int64_t message_id = 0;
    std::vector<std::int64_t> ids;
  };

  duration delay_;
  std::size_t batch_;
  std::vector<std::int64_t> waiting_;
  time_point oldest_;
  std::array<sent_batch, 8> sent_;
  std::size_t next_sent_ = 0;
};

}  // namespace mtfetch::session
