// SPDX-License-Identifier: BSL-1.0
// The server's time as far as we know it, and the message ids made from it.
#pragma once

#include <chrono>
#include <cstdint>
#include <mtfetch/instant.hpp>

#include "mtproto/tl/message_id.hpp"

namespace mtfetch::session {

/// Runs by the local steady clock from where it was last set, so that a wall clock that is wrong or
/// jumps does not matter after the first word of the server.
///
/// The ids of authenticated messages can be delayed by whoever carries them but not made newer, so
/// they move the clock forward only. Back it goes only by `set`, on the server's complaint.
class server_clock {
 public:
  /// How far an id may be off. https://core.telegram.org/mtproto/security_guidelines
  static constexpr std::chrono::seconds oldest{300};
  static constexpr std::chrono::seconds newest{30};

  enum class age : std::uint8_t { fine, too_old, too_new };

  explicit server_clock(duration server_offset) : offset_(server_offset) {}

  /// Begins to run by the wall clock and the offset known so far, unless it runs already.
  void start(instant now);
  /// The server's unix time.
  std::chrono::nanoseconds server_time(instant now) const {
    return base_ +
           std::chrono::duration_cast<std::chrono::nanoseconds>(now.mono.time_since_epoch());
  }
  std::chrono::seconds server_seconds(instant now) const {
    return std::chrono::floor<std::chrono::seconds>(server_time(now));
  }

  /// How the id of a server's message stands to our time.
  age age_of(std::int64_t message_id, instant now) const;
  /// An authenticated message came: the server's time is that of its id at least.
  void observe(std::int64_t message_id, instant now);
  /// The server refused our time: the id of its complaint tells the right one.
  void set(std::int64_t message_id, instant now);

  /// Whether the server has accepted or corrected this time since the connection began. The steady
  /// clock stands still while a machine sleeps, so each connection begins in doubt.
  /// While connected `note_sleep` finds that out by the wall clock, which went on.
  bool trusted() const { return trusted_; }
  void trust() { trusted_ = true; }
  void distrust() { trusted_ = false; }
  void note_sleep(instant now);

  /// The server's clock minus the wall clock as it stood at the last `moved`.
  duration offset() const { return offset_; }
  /// True when that offset is another one now by a second or more; it is then taken anew.
  bool moved(instant now);

  /// The next id for a message of ours: larger than all before it.
  std::int64_t next_id(instant now);
  /// Lets ids begin anew, for a new session after the clock was set back.
  void restart_ids() { ids_ = {}; }

 private:
  duration offset_;
  bool running_ = false;
  bool trusted_ = false;
  std::chrono::nanoseconds lead_{0};  // the wall clock minus the steady one, as last looked at
  std::chrono::nanoseconds base_{0};  // server's unix time minus the steady clock
  tl::message_id_generator ids_;
};

}  // namespace mtfetch::session
