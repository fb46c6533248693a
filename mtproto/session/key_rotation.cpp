// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/key_rotation.hpp"

#include <algorithm>

namespace mtfetch::session {

void key_rotation::in_use(time_point now, time_point ends) {
  has_key_ = true;
  failures_ = 0;
  ends_ = ends;
  renew_at_ = now + (ends - now) / 100 * config_.renew_after_percent;
}

void key_rotation::gone() {
  has_key_ = false;
  renew_at_ = ends_ = no_deadline;
}

void key_rotation::made(time_point now, time_point ends) {
  making_ = false;
  if (has_key_) old_ends_ = ends_;
  in_use(now, ends);
}

void key_rotation::failed(time_point now) {
  making_ = false;
  const auto pause = config_.retry_first * (1 << std::min(failures_, 16));
  ++failures_;
  if (has_key_) renew_at_ = now + std::min(pause, config_.retry_most);
}

key_rotation::step key_rotation::next_step(time_point now, bool idle) {
  if (old_ends_ != no_deadline && (idle || now >= old_ends_)) return step::drop_old;
  if (will_make() && now >= renew_at_) {
    making_ = true;
    return step::make;
  }
  return step::wait;
}

time_point key_rotation::deadline() const {
  return std::min(will_make() ? renew_at_ : no_deadline, old_ends_);
}

}  // namespace mtfetch::session
