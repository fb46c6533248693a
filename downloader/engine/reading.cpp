// SPDX-License-Identifier: BSL-1.0
// The engine's part for readers: what they wait for goes first, and does not queue.
#include "downloader/engine/engine.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mtfetch::engine {
namespace {

bool overlap(range a, range b) {
  return a.begin < b.end && b.begin < a.end;
}

duration time_at(double rate, std::int64_t size) {
  const std::chrono::duration<double> takes(static_cast<double>(size) / rate);
  return std::chrono::duration_cast<duration>(takes);
}

}  // namespace

void engine::on_read_wanted(file_id id, reader_id reader, range bytes, time_point deadline,
                            time_point now) {
  const auto entry = files_.find(id);
  if (entry == files_.end() || !entry->second.active) return;
  const range wanted = entry->second.waiting.want(reader, bytes, deadline);
  if (entry->second.only_wanted) drop_unwanted(id, now);
  hurry(id, wanted, deadline, now);
  settle(now);
}

void engine::on_read_over(file_id id, reader_id reader, time_point now) {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return;
  entry->second.waiting.forget(reader);
  if (entry->second.only_wanted) drop_unwanted(id, now);
  settle(now);
}

bool engine::available(file_id id, range bytes) const {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return false;
  bytes.end = std::min(bytes.end, entry->second.segments.size());
  return entry->second.segments.is_complete(bytes);
}

double engine::goodput(file_id id) const {
  const auto entry = files_.find(id);
  double sum = 0;
  for (const auto& [over, open] : connections_) {
    if (entry != files_.end() && open.dc == entry->second.parts_dc()) sum += open.window.rate();
  }
  return sum;
}

// A wish whose bytes are there asks for nothing: the read-ahead of a reader who left, say.
bool engine::is_waited_for(const file& owner) {
  return std::ranges::any_of(owner.waiting.by_deadline(), [&](const auto& entry) {
    return !owner.segments.is_complete(entry.second);
  });
}

// One connection is kept free of what nobody waits for while there are readers, and a little
// longer: the next read is on its way at once then.
void engine::keep_lane(int dc, data_centre& centre, time_point now) {
  for (const auto& [id, owner] : files_) {
    if (!owner.active || !owner.uses(dc)) continue;
    if (is_waited_for(owner)) centre.reading_until = now + config_.reader_linger;
  }
  if (!reading(centre, now) || open_connections(dc) < 2) {
    centre.lane.reset();
    return;
  }
  if (centre.lane && connections_.contains(*centre.lane)) return;
  centre.lane = least_waiting(dc, hash_window, std::nullopt, false, now);
}

// What readers of all files wait for, the soonest deadline first.
void engine::serve_readers(int dc, data_centre& centre, time_point now) {
  struct want {
    time_point deadline;
    file_id id;
    range bytes;
  };
  std::vector<want> wants;
  for (const auto& [id, owner] : files_) {
    if (!owner.active || !owner.uses(dc) || owner.refreshing) continue;
    for (const auto& [who, wanted] : owner.waiting.by_deadline()) {
      if (!owner.segments.is_complete(wanted)) wants.push_back({who.first, id, wanted});
    }
  }
  std::ranges::stable_sort(wants, {}, &want::deadline);
  for (const want& each : wants) {
    file& owner = files_.at(each.id);
    for (bool sent = true; sent;) {
      if (!centre.governor.may_send(now, outstanding(dc)) ||
          in_flight_ + largest_part > config_.max_in_flight + config_.reader_room) {
        return;
      }
      sent = serve(dc, each.id, owner, each.bytes, now);
    }
  }
}

// One request towards these bytes: their hashes first, since without them nothing may be read.
bool engine::serve(int dc, file_id id, file& owner, range wanted, time_point now) {
  if (owner.dc == dc) {
    const auto over = least_waiting(dc, 0, std::nullopt, false, now);
    if (over && send_reupload(id, owner, *over, now)) return true;
  }
  if (owner.dc == dc && question_may_go(owner, now)) {
    const auto over = least_waiting(dc, 0, std::nullopt, false, now);
    if (!over) return false;
    const std::optional<range> asked = owner.hashes.ask_within(wanted);
    if (asked && put_question(id, owner, *asked, *over, now)) return true;
  }
  if (owner.parts_dc() != dc || !part_may_go(id, owner)) return false;
  const auto over = least_waiting(dc, hash_window, std::nullopt, true, now);
  if (!over) {
    centre_of(dc).is_full = true;
    return false;
  }
  const std::optional<job> next = owner.segments.take_within(
      wanted, reader_part_size(owner, connections_.at(*over), wanted), now);
  if (!next) return false;
  centre_of(dc).owed += next->what.size;
  std::optional<connection_id> other;
  if (next->avoid == over) other = least_waiting(dc, next->what.size, over, true, now);
  put_part(id, owner, *next, other.value_or(*over), true, now);
  return true;
}

// Some of the bytes may be under way already, behind much else: those that come too late for the
// reader and would come sooner over another connection are asked for there as well.
void engine::hurry(file_id id, range wanted, time_point deadline, time_point now) {
  std::vector<request_id> late;
  for (auto& [number, made] : requests_) {
    if (made.owner != id || !overlap(made.bytes(), wanted)) continue;
    if (made.hashes_as == hash_call::reupload) continue;
    made.late_at = std::min(made.late_at, late_for_reader(made, deadline, now));
    if (!made.twin && made.due_at > deadline) late.push_back(number);
  }
  for (const request_id each : late) {
    const request& made = requests_.at(each);
    const int dc = connections_.at(made.over).dc;
    const std::int64_t size = made.parts.what.size;
    const auto other = least_waiting(dc, size, made.over, true, now);
    if (!other || !centre_of(dc).governor.may_send(now, outstanding(dc)) ||
        in_flight_ + size > config_.max_in_flight + config_.reader_room ||
        now + wait_for(connections_.at(*other), size, now) + config_.least_help >= made.due_at) {
      continue;
    }
    request copy = made;
    copy.over = *other;
    put(copy, each, now);
  }
}

// Of a file that nobody wants as a whole, what is under way for nobody is dropped.
void engine::drop_unwanted(file_id id, time_point now) {
  const file& owner = files_.at(id);
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto next = std::next(it);
    if (it->second.owner == id && it->second.hashes_as != hash_call::reupload &&
        !owner.waiting.deadline_of(it->second.bytes())) {
      drop_request dropped;
      dropped.request = it->first;
      decisions_.emplace_back(dropped);
      const request made = forget(it);
      tell_end(made, {.how = ending::dropped}, now);
      give_back(made, now);
    }
    it = next;
  }
}

// To be asked for, as far as is known.
std::int64_t engine::wanted_bytes(const file& owner) const {
  constexpr std::int64_t ahead = 8;  // who reads here goes on reading
  const std::int64_t all = owner.segments.wanted_bytes();
  if (!owner.only_wanted) return all;
  std::int64_t sum = 0;
  for (const auto& [who, wanted] : owner.waiting.by_deadline()) {
    sum += ahead * owner.segments.wanted_bytes(wanted);
  }
  return std::min(sum, all);
}

// How long `size` more bytes take over this connection. One that is silent for longer than its
// answers take is taken to stay so for as long again.
duration engine::wait_for(const connection& over, std::int64_t size, time_point now) const {
  const data_centre& centre = centres_.at(over.dc);
  const std::int64_t bytes = over.outstanding_bytes + size;
  duration wait = expected(over);
  if (const auto measured = over.window.time_for(bytes)) {
    wait = *measured;
  } else if (centre.rate > 0) {
    wait += time_at(centre.rate, bytes);
  }
  if (over.outstanding == 0) return wait;
  return wait + std::max(now - over.last_heard - expected(over), duration(0));
}

// `with_room`: readers' bytes do not fill it yet; what else was asked for there does not matter.
std::optional<connection_id> engine::least_waiting(int dc, std::int64_t size,
                                                   std::optional<connection_id> avoid,
                                                   bool with_room, time_point now) const {
  std::optional<connection_id> best;
  std::pair<duration, std::int64_t> least;
  for (const auto& [id, open] : connections_) {
    if (open.dc != dc || !open.open || avoid == id) continue;
    if (with_room && open.reader_bytes >= open.window.window() / 2) continue;
    const std::pair wait(wait_for(open, size, now), open.outstanding_bytes);
    if (best && wait >= least) continue;
    best = id;
    least = wait;
  }
  return best;
}

// Small where little is left of what a reader waits for, so that several connections share it; of
// much, no smaller than a window. Under a limit of requests each brings as much as it may,
// and where bytes arrive damaged a window is one part.
std::int32_t engine::reader_part_size(const file& owner, const connection& over,
                                      range wanted) const {
  constexpr std::int64_t first = 64 * kib;  // before a rate is known
  constexpr std::int64_t least = 16 * kib;
  constexpr std::int64_t most_requests = 32;
  const data_centre& centre = centres_.at(over.dc);
  if (centre.governor.refused() > 0) return centre.part_limit;
  const double rate = over.window.rate() > 0 ? over.window.rate() : centre.rate;
  const double seconds = std::chrono::duration<double>(config_.reader_part_time).count();
  const std::int64_t in_time = rate > 0 ? static_cast<std::int64_t>(rate * seconds) : first;
  const std::int64_t few =
      std::min(owner.segments.wanted_bytes(wanted) / most_requests, hash_window);
  const std::int64_t fitting = std::clamp<std::int64_t>(
      std::max(in_time, few), owner.repaired > 0 ? hash_window : least, centre.part_limit);
  return static_cast<std::int32_t>(std::bit_floor(static_cast<std::uint64_t>(fitting)));
}

// When a copy is asked for: soon enough for another to come before the deadline, but not before
// this one is late by its own measure.
time_point engine::late_for_reader(const request& made, time_point deadline, time_point now) const {
  constexpr duration least = std::chrono::milliseconds(50);
  const duration takes = made.due_at - made.mark.sent;
  duration spare = takes;
  if (deadline - made.due_at < 2 * takes) spare = deadline - made.due_at - takes;
  return std::max(made.due_at + std::max(least, spare), now);
}

}  // namespace mtfetch::engine
