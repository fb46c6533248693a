// SPDX-License-Identifier: BSL-1.0
// The engine's part that closes a connection which is much slower than the others of its data
// centre, so that a new one takes its place.
#include "downloader/engine/engine.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mtfetch::engine {

void engine::begin_round(int dc, data_centre& centre, time_point now) {
  centre.replacing.begin_round(now);
  for (auto& [id, open] : connections_) {
    if (open.dc == dc) open.score.restart(now);
  }
}

std::optional<connection_id> engine::much_slower(int dc, data_centre& centre, time_point now) {
  if (!centre.replacing.may_judge(now)) return std::nullopt;
  // Nobody knows what to expect of a new one. One of eight connections gains a second in eight:
  // what is left has to take so long that this pays for the new one's trial.
  constexpr double least_left = 10;  // seconds at the goodput of all
  double rate = 0;
  for (const auto& [id, open] : connections_) {
    if (open.dc == dc) rate += open.window.rate();
  }
  if (static_cast<double>(centre.wanted_bytes) < least_left * rate) return std::nullopt;
  if (centre.replacing.round_is_over(now)) begin_round(dc, centre, now);
  std::vector<replacement_rule::measured> seen;
  for (const auto& [id, open] : connections_) {
    if (open.dc != dc || !open.open) continue;
    replacement_rule::measured one;
    one.id = id;
    one.busy = open.score.busy(now);
    one.delivered = open.score.delivered();
    for (const auto& [number, made] : requests_) {
      if (made.over != id || made.for_hashes) continue;
      one.owed = std::max<std::int64_t>(one.owed, made.parts.what.size);
    }
    seen.push_back(one);
  }
  return centre.replacing.judge(seen, now);
}

// It is closed before the new one is opened: no data centre ever sees more connections than were
// allowed, and what this one brings meanwhile is next to nothing. Its parts are asked for elsewhere
// as if they never had been: nothing failed.
void engine::replace(connection_id id, time_point now) {
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto next = std::next(it);
    if (it->second.over == id) {
      const request made = forget(it);
      tell_end(made,
               {.how = ending::replaced,
                .why = "its connection was much slower than the others: a new one takes its place"},
               now);
      give_back(made, now);
    }
    it = next;
  }
  close_connection closed;
  closed.connection = id;
  decisions_.emplace_back(closed);
  connections_.erase(id);
}

}  // namespace mtfetch::engine
