// SPDX-License-Identifier: BSL-1.0
// The engine's half that decides what to send next, and where.
#include "downloader/engine/engine.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mtfetch::engine {

void engine::settle(time_point now) {
  note_time(now);
  for (auto& [id, owner] : files_) {
    if (!owner.active || !owner.segments.is_complete()) continue;
    owner.active = false;
    drop_requests_of(id, std::nullopt);  // questions for hashes that nothing waits for
    file_complete done;
    done.file = id;
    decisions_.emplace_back(done);
  }
  for (const auto& [id, owner] : files_) {
    if (!owner.active) continue;
    centres_.try_emplace(owner.dc);
    centres_.try_emplace(owner.parts_dc());
  }
  for (auto& [dc, centre] : centres_) {
    open_and_close_connections(dc, centre, now);
    keep_lane(dc, centre, now);
    centre.is_full = false;
    serve_readers(dc, centre, now);
    fill_connections(dc, centre, now);
    const bool owes = outstanding(dc) > 0;
    centre.full.set(centre.is_full && owes, now);
    centre.unanswered.set(owes, now);
  }
  write_checkpoints(now);
}

void engine::open_and_close_connections(int dc, data_centre& centre, time_point now) {
  std::int64_t bytes_left = 0;
  bool used = outstanding(dc) > 0;  // a CDN's last parts, while the master is asked anew
  for (const auto& [id, owner] : files_) {
    if (!owner.active || !owner.uses(dc)) continue;
    used = used || !owner.only_wanted || is_waited_for(owner);
    if (owner.parts_dc() == dc) bytes_left += wanted_bytes(owner);
  }
  centre.wanted_bytes = bytes_left;
  int have = 0;
  int connecting = 0;
  for (const auto& [id, open] : connections_) {
    if (open.dc != dc) continue;
    ++have;
    if (!open.open) ++connecting;
  }
  if (!used) {
    if (have == 0) {
      centre.idle_since = no_deadline;
      return;
    }
    if (centre.idle_since == no_deadline) centre.idle_since = now;
    if (now < centre.idle_since + config_.idle_close) return;
    centre.idle_since = no_deadline;
    std::erase_if(connections_, [&](const auto& entry) {
      if (entry.second.dc != dc) return false;
      close_connection closed;
      closed.connection = entry.first;
      decisions_.emplace_back(closed);
      return true;
    });
    return;
  }
  centre.idle_since = no_deadline;
  if (centre.governor.paused(now) || now < centre.may_open) return;
  const int most = config_.max_connections;
  int wanted = std::max(1, wanted_connections(bytes_left, centre.has_answered, most));
  if (centre.spares > 0) wanted = std::max(wanted, std::min(1 + centre.spares, most));
  // After a failure one connection at a time finds out whether the way is open again.
  if (centre.failures > 0) wanted = std::min(wanted, connecting > 0 ? have : have + 1);
  if (centre.failures == 0 && connecting == 0 && wanted >= have) {
    if (const auto slow = much_slower(dc, centre, now)) {
      replace(*slow, now);
      --have;
    }
  }
  for (; have < wanted; ++have) {
    open_connection opened;
    opened.connection = connection_id{next_connection_++};
    opened.dc = dc;
    connection& added = connections_[opened.connection];
    added.dc = dc;
    added.last_heard = now;
    decisions_.emplace_back(opened);
  }
}

void engine::fill_connections(int dc, data_centre& centre, time_point now) {
  while (centre.governor.may_send(now, outstanding(dc)) &&
         in_flight_ + largest_part <= config_.max_in_flight) {
    const std::optional<connection_id> over = next_for_bulk(dc, centre, now);
    if (!over) {
      centre.is_full = true;
      return;
    }
    if (!send_next(dc, centre, *over, now)) return help_at_the_end(dc, centre, now);
  }
}

// While somebody reads, what others ask for waits in no long queue, and not on the readers' lane.
// Where readers leave nothing, a sixteenth goes to the others all the same.
std::optional<connection_id> engine::next_for_bulk(int dc, const data_centre& centre,
                                                   time_point now) const {
  constexpr std::int64_t share = 16;
  const bool narrow = reading(centre, now);
  std::optional<connection_id> best;
  std::int64_t least = 0;
  for (const auto& [id, open] : connections_) {
    if (open.dc != dc || !open.open || (narrow && centre.lane == id)) continue;
    if (!has_room(open, narrow) && centre.owed < share * largest_part) continue;
    if (best && open.outstanding_bytes >= least) continue;
    best = id;
    least = open.outstanding_bytes;
  }
  return best;
}

// Nothing new is left to ask for. A connection without work asks for what another would bring much
// later: the first answer wins.
void engine::help_at_the_end(int dc, const data_centre& centre, time_point now) {
  for (const auto& [id, idle] : connections_) {
    if (idle.dc != dc || !idle.open || idle.outstanding_parts > 0) continue;
    if (!idle.window.answer_time()) continue;
    request_entry latest = requests_.end();
    time_point comes = time_point::min();
    for (auto it = requests_.begin(); it != requests_.end(); ++it) {
      const request& made = it->second;
      const connection& over = connections_.at(made.over);
      if (made.twin || over.dc != dc || made.hashes_as == hash_call::reupload) continue;
      if (made.due_at > now && !over.window.answer_time()) continue;  // nobody knows
      // What is overdue takes as long again as it took.
      const time_point due = made.due_at > now ? made.due_at : now + (now - made.mark.sent);
      if (due > comes) {
        comes = due;
        latest = it;
      }
    }
    if (latest == requests_.end()) return;
    const request& made = latest->second;
    const duration own = idle.window.time_for(made.parts.what.size).value_or(expected(idle));
    if (comes <= now + std::max(2 * own, own + config_.least_help) ||
        !centre.governor.may_send(now, outstanding(dc)) ||
        in_flight_ + made.parts.what.size > config_.max_in_flight) {
      continue;
    }
    request copy = made;
    copy.over = id;
    put(copy, latest->first, now);
  }
}

// One request over this connection, for the file that has the least left to ask for, interactive
// ones first; every eighth is for the file whose turn it is, so that none stands still.
bool engine::send_next(int dc, data_centre& centre, connection_id over, time_point now) {
  constexpr std::uint32_t fair_share = 8;
  if (files_.size() > 1 && ++centre.turns % fair_share != 0) {
    struct candidate {
      bool later;
      std::int64_t left;
      file_id id;
      auto operator<=>(const candidate&) const = default;
    };
    std::vector<candidate> order;
    for (const auto& [id, owner] : files_) {
      if (!owner.active || !owner.uses(dc) || owner.refreshing || owner.only_wanted) continue;
      order.push_back(
          {owner.priority != file_priority::interactive, owner.segments.wanted_bytes(), id});
    }
    std::ranges::sort(order);
    return std::ranges::any_of(order, [&](const candidate& each) {
      return send_of(dc, each.id, files_.at(each.id), over, now);
    });
  }
  auto entry = files_.lower_bound(file_id{centre.turn});
  for (std::size_t tried = 0; tried < files_.size(); ++tried, ++entry) {
    if (entry == files_.end()) entry = files_.begin();
    file& owner = entry->second;
    if (!owner.active || !owner.uses(dc) || owner.refreshing || owner.only_wanted) continue;
    if (send_of(dc, entry->first, owner, over, now)) {
      centre.turn = static_cast<std::uint32_t>(entry->first) + 1;
      return true;
    }
  }
  return false;
}

bool engine::send_of(int dc, file_id id, file& owner, connection_id over, time_point now) {
  return (owner.dc == dc &&
          (send_reupload(id, owner, over, now) || send_hash_question(id, owner, over, now))) ||
         (owner.parts_dc() == dc && send_next_part(id, owner, over, now));
}

bool engine::send_hash_question(file_id id, file& owner, connection_id over, time_point now) {
  if (!question_may_go(owner, now)) return false;
  const std::optional<range> asked =
      owner.hashes.ask(owner.segments.frontier() + config_.hash_ahead);
  return asked && put_question(id, owner, *asked, over, now);
}

bool engine::question_may_go(const file& owner, time_point now) const {
  constexpr std::size_t most_questions = 64;
  return now >= owner.hashes_due && owner.hashes.questions() < most_questions;
}

bool engine::put_question(file_id id, file& owner, range asked, connection_id over,
                          time_point now) {
  constexpr std::size_t most_untried = 8;  // of requests on a connection without any answer yet
  request made;
  made.owner = id;
  made.over = over;
  made.for_hashes = true;
  made.asked = asked;
  made.hashes_as = owner.cdn.hash_calls();
  made.over = soonest(owner.dc).value_or(over);  // parts wait for hashes in the end
  const connection& chosen = connections_.at(made.over);
  if (chosen.answers == 0 && chosen.outstanding >= most_untried) {
    owner.hashes.on_lost(asked);
    return false;
  }
  put(made, std::nullopt, now);
  return true;
}

bool engine::part_may_go(file_id id, const file& owner) const {
  if (owner.cdn.waits_for_reupload()) return false;
  // One part finds out where the file is to be had now.
  return !owner.cdn.renewing() || !has_part_at_master(id);
}

bool engine::send_next_part(file_id id, file& owner, connection_id over, time_point now) {
  if (!part_may_go(id, owner)) return false;
  const std::int64_t hashes_known =
      owner.hashes.comparing() ? owner.hashes.answered_below() : owner.segments.size();
  const std::int64_t held =
      owner.segments.size() - owner.segments.wanted_bytes() - owner.handed_over;
  const bool fresh =
      owner.segments.frontier() <= hashes_known + config_.hash_lag && held < owner.most_held;
  const std::optional<job> next =
      owner.segments.take(part_size(owner, connections_.at(over)), fresh, now);
  if (!next) return false;
  centre_of(owner.parts_dc()).owed = 0;
  std::optional<connection_id> other;
  if (next->avoid == over) other = roomiest(owner.parts_dc(), over, true);
  put_part(id, owner, *next, other.value_or(over), false, now);
  return true;
}

void engine::put_part(file_id id, file& owner, const job& next, connection_id over, bool for_reader,
                      time_point now) {
  centre_of(owner.parts_dc()).wanted_bytes -= next.what.size;
  request made;
  made.owner = id;
  made.over = over;
  made.parts = next;
  made.wanted = std::max(owner.began, next.since);
  made.for_reader = for_reader;
  made.part_as = owner.cdn.part_calls();
  put(made, std::nullopt, now);
}

void engine::put(request made, std::optional<request_id> twin, time_point now) {
  const request_id id{next_request_++};
  connection& over = connections_.at(made.over);
  if (over.outstanding == 0) over.last_heard = now - over.silence;  // not asked, it says nothing
  ++over.outstanding;
  over.was_asked = true;
  if (!made.for_hashes) ++over.outstanding_parts;
  if (made.is_bulk() && ++over.bulk_parts == 1) over.score.on_outstanding(true, now);
  over.outstanding_bytes += made.parts.what.size;
  if (made.for_reader) over.reader_bytes += made.parts.what.size;
  in_flight_ += made.parts.what.size;
  made.mark = over.window.on_sent(now);
  made.due_at = now + over.window.time_for(over.outstanding_bytes).value_or(2 * expected(over));
  made.late_at = now + late_after(made);
  centre_of(over.dc).governor.on_sent(made.parts.what.size, centre_of(over.dc).wanted_bytes, now);
  if (const auto deadline = files_.at(made.owner).waiting.deadline_of(made.bytes())) {
    made.late_at = std::min(made.late_at, late_for_reader(made, *deadline, now));
  }
  made.twin = twin;
  made.is_copy = twin.has_value();
  made.generation = files_.at(made.owner).generation;
  made.cdn_round = files_.at(made.owner).cdn.round();
  made.cdn_token = files_.at(made.owner).cdn.token();
  if (made.for_hashes) {
    send_hashes sent;
    sent.request = id;
    sent.connection = made.over;
    sent.file = made.owner;
    sent.offset = made.asked.begin;
    sent.call = made.hashes_as;
    decisions_.emplace_back(sent);
  } else {
    send_part sent;
    sent.request = id;
    sent.connection = made.over;
    sent.file = made.owner;
    sent.what = made.parts.what;
    sent.call = made.part_as;
    decisions_.emplace_back(sent);
  }
  if (twin) requests_.at(*twin).twin = id;
  requests_.emplace(id, made);
}

// A late request gets one copy on another connection, and the first answer wins. When the copy is
// late as well, the elder of the two is given up and the younger may be copied again.
void engine::hedge_late_requests(time_point now) {
  std::vector<request_id> late;
  for (const auto& [id, made] : requests_) {
    if (now >= made.late_at) late.push_back(id);
  }
  for (const request_id id : late) {
    const auto entry = requests_.find(id);
    if (entry == requests_.end()) continue;
    request& made = entry->second;
    const connection& over = connections_.at(made.over);
    data_centre& centre = centre_of(over.dc);
    made.late_at = now + late_after(made);
    const bool hurried =
        made.copies == 0 && files_.at(made.owner).waiting.deadline_of(made.bytes()).has_value();
    if (made.twin) {
      if (*made.twin < id) continue;  // the younger copy waits for its elder's end
      drop_request dropped;
      dropped.request = id;
      decisions_.emplace_back(dropped);
      tell_end(forget(entry), {.how = ending::beaten}, now);
      continue;
    }
    const std::optional<connection_id> other =
        hurried ? least_waiting(over.dc, made.parts.what.size, made.over, false, now)
                : roomiest(over.dc, made.over, false);
    if (!other) {
      centre.spares = std::max(centre.spares, 1);
      continue;
    }
    if (!centre.governor.may_send(now, outstanding(over.dc)) ||
        in_flight_ + made.parts.what.size > config_.max_in_flight) {
      continue;
    }
    request copy = made;
    copy.over = *other;
    ++copy.copies;
    put(copy, id, now);
  }
}

void engine::close_dead_connections(time_point now) {
  const std::string not_answered = "the server does not answer";
  std::vector<connection_id> dead;
  for (const auto& [id, open] : connections_) {
    if (open.open && open.outstanding > 0 && now >= open.last_heard + dead_after(open)) {
      dead.push_back(id);
    }
  }
  for (const connection_id id : dead) {
    const int dc = connections_.at(id).dc;
    data_centre& centre = centre_of(dc);
    if (connections_.at(id).answers == 0) {
      centre.patience = std::min(centre.patience * 2, 8);  // perhaps the way is only slow
    }
    close_connection closed;
    closed.connection = id;
    decisions_.emplace_back(closed);
    on_connection_lost(id, make_error_code(transport_errc::timed_out), not_answered, now);
  }
}

void engine::write_checkpoints(time_point now) {
  for (auto& [id, owner] : files_) {
    if (!owner.active || owner.checkpointing || owner.unsynced.empty()) continue;
    if (now < owner.checkpoint_due && owner.unsynced_bytes < config_.checkpoint_bytes) continue;
    checkpoint due;
    due.file = id;
    due.windows = std::exchange(owner.unsynced, {});
    owner.handing_over = std::exchange(owner.unsynced_bytes, 0);
    owner.checkpoint_due = no_deadline;
    owner.checkpointing = true;
    decisions_.emplace_back(std::move(due));
  }
}

std::optional<connection_id> engine::roomiest(int dc, std::optional<connection_id> avoid,
                                              bool with_room) const {
  std::optional<connection_id> best;
  std::int64_t least = 0;
  for (const auto& [id, open] : connections_) {
    if (open.dc != dc || !open.open || avoid == id || (with_room && !has_room(open))) continue;
    if (best && open.outstanding_bytes >= least) continue;
    best = id;
    least = open.outstanding_bytes;
  }
  return best;
}

// The connection that will have sent first all it was asked for.
std::optional<connection_id> engine::soonest(int dc) const {
  std::optional<connection_id> best;
  duration least{0};
  for (const auto& [id, open] : connections_) {
    if (open.dc != dc || !open.open) continue;
    const auto wait = open.window.time_for(open.outstanding_bytes);
    if (!wait || (best && *wait >= least)) continue;
    best = id;
    least = *wait;
  }
  return best;
}

bool engine::has_room(const connection& candidate, bool narrow) const {
  constexpr std::size_t always = 2;  // one in the pipe while the other is answered
  return candidate.outstanding_parts < always ||
         candidate.outstanding_bytes < candidate.window.window() / (narrow ? 2 : 1);
}

std::size_t engine::outstanding(int dc) const {
  std::size_t sum = 0;
  for (const auto& [id, open] : connections_) {
    if (open.dc == dc) sum += open.outstanding;
  }
  return sum;
}

int engine::open_connections(int dc) const {
  return static_cast<int>(std::ranges::count_if(connections_, [dc](const auto& entry) {
    return entry.second.dc == dc && entry.second.open;
  }));
}

std::int32_t engine::part_size(const file& owner, const connection& over) const {
  const data_centre& centre = centres_.at(owner.parts_dc());
  // A reader's part may have to wait behind this one.
  const duration most = reading(centre, last_settled_) ? config_.part_time / 2 : config_.part_time;
  const double seconds = std::chrono::duration<double>(most).count();
  // A new connection is taken to be like those before it.
  const double rate = over.window.rate() > 0 ? over.window.rate() : centre.rate;
  const auto in_time = static_cast<std::int64_t>(rate * seconds);
  // Much is asked for in as few requests as can be, until more is known.
  const std::int64_t start = centre.wanted_bytes >= much ? largest_part : config_.part_size;
  std::int64_t fitting = rate > 0 ? in_time : start;
  if (centre.governor.refused() > 0) {
    fitting = largest_part;  // requests may be what is scarce: each brings as much as it may
  } else {
    // Towards the end smaller ones, so that all connections end together.
    const std::int64_t sharers = open_connections(owner.parts_dc());
    if (sharers > 1) fitting = std::min(fitting, centre.wanted_bytes / (2 * sharers));
  }
  fitting = std::clamp<std::int64_t>(fitting, hash_window, centre.part_limit);
  return static_cast<std::int32_t>(std::bit_floor(static_cast<std::uint64_t>(fitting)));
}

duration engine::expected(const connection& over) const {
  const data_centre& centre = centres_.at(over.dc);
  const duration measured =
      over.window.answer_time().value_or(centre.answer_time.value_or(config_.first_answer));
  return measured * centre.patience;
}

// By what the connection did so far, this size and what waits before it. Each copy gets twice the
// time of the one before: else a part that takes longer would be dropped and asked for again for
// ever.
duration engine::late_after(const request& made) const {
  constexpr int most_doublings = 5;
  const duration once = std::max({config_.least_late, 4 * expected(connections_.at(made.over)),
                                  2 * (made.due_at - made.mark.sent)});
  return once * (1 << std::min(made.copies, most_doublings));
}

duration engine::dead_after(const connection& over) const {
  return std::max(config_.least_dead, 6 * expected(over));
}

}  // namespace mtfetch::engine
