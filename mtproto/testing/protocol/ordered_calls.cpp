// SPDX-License-Identifier: BSL-1.0
// Calls that wait for others of their session: invokeAfterMsg and invokeAfterMsgs.
#include <algorithm>
#include <utility>

#include "mtproto/testing/protocol/server_session.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t most_held = 1024;

}  // namespace

server_session::turn server_session::turn_after(const std::vector<std::int64_t>& earlier) const {
  turn found = turn::now;
  for (const std::int64_t id : earlier) {
    const received_message* known = received_.find(id);
    if (known == nullptr) {
      // What was forgotten was done long ago; what is not there yet may still come.
      if (!received_.is_forgotten(id)) found = turn::later;
    } else if (known->progress == progress_of_message::running) {
      found = turn::later;
    } else if (known->refused) {
      return turn::never;
    }
  }
  return found;
}

void server_session::hold(call made, std::vector<std::int64_t> earlier, instant now) {
  if (held_.size() == most_held) return refuse(made.message_id, 400, "MSG_WAIT_FAILED", now);
  held_call kept;
  kept.made = std::move(made);
  kept.earlier = std::move(earlier);
  kept.until = now.mono + longest_wait;
  held_.push_back(std::move(kept));
}

void server_session::end_waits(instant now) {
  while (!held_.empty() && held_.front().until <= now.mono) {
    const std::int64_t late = held_.front().made.message_id;
    held_.pop_front();
    refuse(late, 400, "MSG_WAIT_TIMEOUT", now);
  }
}

time_point server_session::next_wait_end() const {
  return held_.empty() ? no_deadline : held_.front().until;
}

}  // namespace mtfetch::testing
