// SPDX-License-Identifier: BSL-1.0
// When the temporary key of a session is replaced by a fresh one: decisions only, without I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <mtfetch/instant.hpp>

namespace mtfetch::session {

struct rotation_config {
  /// A key is replaced when this share of its life, in percent, is over...
  int renew_after_percent = 75;
  /// ... and, where that failed, tried again after a pause that doubles from the first to the most.
  std::chrono::seconds retry_first{5};
  std::chrono::seconds retry_most{600};
  /// So long before its end a key takes no more calls: their answers would not come in time.
  std::chrono::seconds last_call{60};
};

/// The temporary keys of one place that makes calls. The next key is made and bound while the one
/// in use still serves; then the next is the one in use and takes all new calls, and the one before
/// stays until its last call is answered. So a renewal delays no call and loses none.
///
/// Its owner does what `next_step` says, tells what came of it, and asks again at `deadline` or
/// when a call has ended. Times are those of the steady clock: a wall clock that jumps changes
/// nothing. https://core.telegram.org/api/pfs
class key_rotation {
 public:
  enum class step : std::uint8_t {
    wait,      ///< nothing until `deadline`
    make,      ///< make the next key and bind it; said once until `made` or `failed`
    drop_old,  ///< the key before has no calls left, or no time: destroy it; said until `dropped`
  };

  explicit key_rotation(rotation_config config = {}) : config_(config) {}

  /// The key in use was made and bound and ends at that time: the first one, or one in place of a
  /// key that the server refused.
  void in_use(time_point now, time_point ends);
  /// No key: none was made yet, it was refused, or its time was over unused.
  void gone();
  /// The next key is bound: it is the one in use from now on.
  void made(time_point now, time_point ends);
  void failed(time_point now);
  /// The key before was let go.
  void dropped() { old_ends_ = no_deadline; }

  /// `idle`: no call waits for its answer under the key before.
  step next_step(time_point now, bool idle);
  time_point deadline() const;
  /// Whether the key in use may take another call.
  bool takes_calls(time_point now) const { return has_key_ && now < ends_ - config_.last_call; }

 private:
  // One at a time: not while the key before still has calls.
  bool will_make() const { return has_key_ && !making_ && old_ends_ == no_deadline; }

  rotation_config config_;
  bool has_key_ = false;
  bool making_ = false;
  time_point ends_ = no_deadline;
  time_point renew_at_ = no_deadline;
  time_point old_ends_ = no_deadline;  // no_deadline: there is no key before
  int failures_ = 0;                   // in a row
};

}  // namespace mtfetch::session
