// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/clock.hpp"

#include <algorithm>

namespace mtfetch::session {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using wall_clock = std::chrono::system_clock;

namespace {

nanoseconds since_epoch(auto point) {
  return duration_cast<nanoseconds>(point.time_since_epoch());
}

}  // namespace

void server_clock::start(instant now) {
  if (running_) return;
  running_ = true;
  base_ = tl::server_unix_time(now, offset_) - since_epoch(now.mono);
}

server_clock::age server_clock::age_of(std::int64_t message_id, instant now) const {
  const nanoseconds off = tl::exact_unix_time_of(message_id) - server_time(now);
  if (off < -oldest) return age::too_old;
  return off > newest ? age::too_new : age::fine;
}

void server_clock::observe(std::int64_t message_id, instant now) {
  base_ = std::max(base_, tl::exact_unix_time_of(message_id) - since_epoch(now.mono));
}

void server_clock::set(std::int64_t message_id, instant now) {
  base_ = tl::exact_unix_time_of(message_id) - since_epoch(now.mono);
  trusted_ = true;
}

void server_clock::note_sleep(instant now) {
  const nanoseconds lead = since_epoch(now.wall) - since_epoch(now.mono);
  if (std::chrono::abs(lead - lead_) < std::chrono::seconds(1)) return;
  lead_ = lead;
  distrust();
}

bool server_clock::moved(instant now) {
  const nanoseconds offset = server_time(now) - since_epoch(now.wall);
  if (std::chrono::abs(offset - offset_) < std::chrono::seconds(1)) return false;
  offset_ = duration_cast<duration>(offset);
  return true;
}

std::int64_t server_clock::next_id(instant now) {
  now.wall = wall_clock::time_point(duration_cast<wall_clock::duration>(server_time(now)));
  return ids_.next(now, duration{});
}

}  // namespace mtfetch::session
