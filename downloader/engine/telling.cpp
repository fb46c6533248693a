// SPDX-License-Identifier: BSL-1.0
// The engine's half that tells: what became of a request, and why a file does not move.
#include "downloader/engine/engine.hpp"

#include <algorithm>

namespace mtfetch::engine {

void engine::tell_end(const request& made, end_facts facts, time_point now) const {
  if (!watcher_ || made.for_hashes) return;
  const auto over = connections_.find(made.over);
  request_end told;
  told.file = made.owner;
  told.connection = made.over;
  told.dc = over == connections_.end() ? files_.at(made.owner).dc : over->second.dc;
  told.what = made.parts.what;
  told.attempts = made.parts.attempts;
  told.hedge = made.is_copy;
  told.repair = made.parts.repair;
  told.how = facts.how;
  told.received = facts.received;
  told.wanted = made.wanted;
  told.sent = made.mark.sent;
  told.ended = std::max(now, made.mark.sent);
  told.flood_seconds = facts.flood_seconds;
  told.why = facts.why;
  watcher_(told);
}

std::optional<pause> engine::why_paused(file_id id, time_point now) const {
  const auto entry = files_.find(id);
  if (entry == files_.end() || !entry->second.active) return std::nullopt;
  const file& owner = entry->second;
  const auto home = centres_.find(owner.parts_dc());
  if (home == centres_.end()) return std::nullopt;
  const data_centre& centre = home->second;
  if (centre.governor.paused(now)) return told_to_wait{centre.governor.until(), centre.premium};
  if (owner.refreshing) return reads_reference{};

  std::int64_t storing = 0;
  for (const auto& [other, each] : files_) storing += each.storing;
  if (in_flight_ + largest_part > config_.max_in_flight && 2 * storing > in_flight_) {
    return disk_is_slow{storing};
  }
  if (open_connections(owner.parts_dc()) == 0) {
    no_way shut;
    shut.dc = owner.parts_dc();
    shut.failures = centre.failures + centre.barren;
    shut.last = centre.trouble;
    if (centre.may_open > now) shut.next = centre.may_open;
    return shut;
  }
  if (auto waits = why_unanswered(id, owner, now)) return waits;
  // The next request may be due this moment or the next: it is the rate that holds it all the same.
  constexpr std::chrono::milliseconds near{500};
  if (owner.segments.wanted_bytes() > 0 && centre.governor.rate() > 0 &&
      centre.governor.next_send() > now - near) {
    return paced{centre.governor.rate()};
  }
  return std::nullopt;
}

// By what was asked for and what came of it.
std::optional<pause> engine::why_unanswered(file_id id, const file& owner, time_point now) const {
  std::size_t parts = 0;
  time_point heard = time_point::min();
  time_point asked = no_deadline;  // the eldest question for hashes
  for (const auto& [other, made] : requests_) {
    if (made.owner != id) continue;
    if (made.for_hashes) {
      asked = std::min(asked, made.mark.sent);
    } else {
      ++parts;
      heard = std::max(heard, connections_.at(made.over).last_heard);
    }
  }
  if (parts > 0) {
    if (now < heard + config_.told_silence) return std::nullopt;
    return no_answer{owner.parts_dc(), heard};
  }
  if (owner.storing > 0 && owner.segments.wanted_bytes() == 0) return disk_is_slow{owner.storing};
  if (asked != no_deadline) {
    if (now < asked + config_.told_silence) return std::nullopt;
    return waits_for_hashes{};
  }
  const time_point due =
      std::min(owner.segments.next_due(), owner.hashes_due > now ? owner.hashes_due : no_deadline);
  if (due > now && due != no_deadline) return tries_again{due, owner.trouble};
  return std::nullopt;
}

}  // namespace mtfetch::engine
