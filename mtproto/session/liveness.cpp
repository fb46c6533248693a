// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/liveness.hpp"

#include <algorithm>

namespace mtfetch::session {

void liveness::begin(time_point now) {
  ping_at_ = quiet_since_ = now;
  unanswered_.reset();
}

void liveness::heard(time_point now) {
  quiet_since_ = now;
  unanswered_.reset();
}

void liveness::pinged(time_point now) {
  ping_at_ = now + interval_;
  if (!unanswered_) unanswered_ = now;
}

time_point liveness::next_ping(bool waiting) const {
  const bool probe = waiting && !unanswered_;
  return probe ? std::min(ping_at_, quiet_since_ + probe_) : ping_at_;
}

time_point liveness::deadline(bool waiting) const {
  const time_point ping = next_ping(waiting);
  return unanswered_ ? std::min(ping, *unanswered_ + timeout_) : ping;
}

}  // namespace mtfetch::session
