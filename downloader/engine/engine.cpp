// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/engine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mtfetch::engine {
namespace {

range_set ranges_of(const std::vector<window_record>& windows) {
  range_set ranges;
  for (const window_record& window : windows) ranges.add(window.bytes());
  return ranges;
}

// Trying again would not help: the client itself refuses.
bool is_final(std::error_code code) {
  return code == make_error_code(client_errc::unknown_dc) ||
         code == make_error_code(client_errc::not_signed_in) ||
         code == make_error_code(client_errc::stopped) ||
         code == make_error_code(client_errc::bad_config);
}

}  // namespace

engine::file::file(const file_plan& plan, const cdn_limits& limits)
    : segments(plan.size, ranges_of(plan.complete)),
      hashes(plan.size, plan.verify),
      cdn(plan.cdn && plan.verify, limits),
      waiting(plan.size),
      priority(plan.priority),
      only_wanted(plan.only_wanted),
      most_held(plan.most_held),
      handed_over(segments.complete_bytes()),
      dc(plan.dc) {
  for (const window_record& window : plan.complete) {
    hashes.skip(window.bytes());
    if (window.verified) verified += window.size;
  }
}

engine::engine(engine_config config, random_source random)
    : config_(config), random_(std::move(random)) {
  assert(config_.max_connections > 0 && "a download needs a connection");
}

file_id engine::add(file_plan plan, time_point now) {
  const file_id id{next_file_++};
  file& added = files_.try_emplace(id, plan, config_.cdn).first->second;
  added.began = now;
  for (const window_record& window : plan.candidates) {
    if (!added.hashes.comparing()) break;
    added.segments.set_aside(window.bytes());
    added.candidates.insert(window.offset);
    // No hash is known yet, so that it waits for one.
    static_cast<void>(added.hashes.on_stored(window));
  }
  settle(now);
  return id;
}

void engine::remove(file_id id, time_point now) {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return;
  drop_requests_of(id, std::nullopt);
  in_flight_ -= entry->second.storing;
  files_.erase(entry);
  settle(now);
}

std::vector<window_record> engine::take_unsynced(file_id id) {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return {};
  entry->second.unsynced_bytes = 0;
  entry->second.checkpoint_due = no_deadline;
  return std::exchange(entry->second.unsynced, {});
}

void engine::on_connected(connection_id id, time_point now) {
  const auto entry = connections_.find(id);
  if (entry == connections_.end()) return;
  entry->second.open = true;
  entry->second.window.on_opened(now - entry->second.last_heard);
  entry->second.last_heard = now;
  settle(now);
}

void engine::on_bytes(connection_id id, time_point when) {
  const auto entry = connections_.find(id);
  if (entry == connections_.end() || when <= entry->second.last_heard) return;
  entry->second.last_heard = when;
  entry->second.silence = duration(0);
  entry->second.brought_bytes = true;
  centre_of(entry->second.dc).failures = 0;
}

void engine::on_connection_lost(connection_id id, std::error_code code, const std::string& sentence,
                                time_point now) {
  const auto entry = connections_.find(id);
  if (entry == connections_.end()) return;
  const int dc = entry->second.dc;
  // One that was open for a question that never came owed nothing: the master of a file that
  // comes from a CDN, say.
  const bool owed_nothing = entry->second.open && !entry->second.was_asked;
  const bool brought_nothing = entry->second.answers == 0 && !owed_nothing;
  const bool brought_bytes = entry->second.brought_bytes;
  std::vector<file_id> lost_reuploads;
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto next = std::next(it);
    if (it->second.over == id) {
      const request lost = forget(it);
      tell_end(lost, {.how = ending::lost, .why = sentence}, now);
      give_back(lost, now);
      if (lost.hashes_as == hash_call::reupload) lost_reuploads.push_back(lost.owner);
    }
    it = next;
  }
  connections_.erase(entry);
  count_lost_reuploads(lost_reuploads, sentence, now);
  data_centre& centre = centre_of(dc);
  centre.trouble = sentence;
  if (brought_nothing) {
    ++(brought_bytes ? centre.barren : centre.failures);
    // The next one may be as slow or as short of breath.
    ++centre.spares;
    ask_for_less(centre);
  }
  if (owed_nothing) centre.may_open = std::max(centre.may_open, now + config_.retry.base);
  if (centre.failures > 0) {
    centre.may_open = std::max(centre.may_open, now + config_.retry.wait(centre.failures, random_));
  }
  if (centre.failures >= config_.cdn.connection_failures ||
      centre.barren >= 2 * config_.cdn.connection_failures || is_final(code)) {
    leave_cdns_at(dc, sentence, now);
  }
  if (centre.failures >= config_.max_connection_failures ||
      centre.barren >= config_.max_barren_connections || is_final(code)) {
    centre.failures = 0;
    centre.barren = 0;
    centre.spares = 0;
    fail_data_centre(dc, code, sentence);
  }
  settle(now);
}

void engine::on_stored(file_id id, part what, std::span<const window_record> windows,
                       time_point now) {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return;
  entry->second.storing -= what.size;
  in_flight_ -= what.size;
  if (entry->second.active) {
    for (const window_record& window : windows) {
      const judgement decided = entry->second.hashes.on_stored(window);
      judge(id, decided, now);
    }
  }
  settle(now);
}

void engine::on_storage_failed(file_id id, std::error_code code, std::string sentence,
                               time_point now) {
  fail(id, code, std::move(sentence));
  settle(now);
}

void engine::on_checkpoint(file_id id, time_point now) {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return;
  entry->second.checkpointing = false;
  entry->second.handed_over += std::exchange(entry->second.handing_over, 0);
  settle(now);
}

void engine::on_reference(file_id id, time_point now) {
  const auto entry = files_.find(id);
  if (entry == files_.end()) return;
  entry->second.refreshing = false;
  ++entry->second.generation;
  entry->second.reference_read = now;
  settle(now);
}

void engine::on_reference_failed(file_id id, std::error_code code, std::string sentence,
                                 time_point now) {
  fail(id, code, std::move(sentence));
  settle(now);
}

std::optional<decision> engine::poll_decision() {
  if (decisions_.empty()) return std::nullopt;
  decision next = std::move(decisions_.front());
  decisions_.pop_front();
  return next;
}

void engine::on_deadline(time_point now) {
  note_time(now);
  close_dead_connections(now);
  hedge_late_requests(now);
  leave_slow_cdns(now);
  settle(now);
}

time_point engine::deadline() const {
  time_point soonest = no_deadline;
  for (const auto& [id, made] : requests_) soonest = std::min(soonest, made.late_at);
  for (const auto& [id, open] : connections_) {
    if (open.open && open.outstanding > 0) {
      soonest = std::min(soonest, open.last_heard + dead_after(open));
    }
  }
  for (const auto& [dc, centre] : centres_) {
    bool wanted = false;
    for (const auto& [id, owner] : files_) wanted = wanted || (owner.active && owner.uses(dc));
    if (wanted) {
      // What lies in the past has been acted upon when it came.
      if (centre.governor.next_send() > last_settled_) {
        soonest = std::min(soonest, centre.governor.next_send());
      }
      if (reading(centre, last_settled_)) soonest = std::min(soonest, centre.reading_until);
      if (centre.may_open > last_settled_) soonest = std::min(soonest, centre.may_open);
    }
    if (centre.idle_since != no_deadline) {
      soonest = std::min(soonest, centre.idle_since + config_.idle_close);
    }
  }
  for (const auto& [id, owner] : files_) {
    if (!owner.active) continue;
    const time_point due = owner.segments.next_due();
    if (due > last_settled_) soonest = std::min(soonest, due);
    if (owner.hashes_due > last_settled_) soonest = std::min(soonest, owner.hashes_due);
    if (owner.cdn.following() && centres_.at(owner.parts_dc()).unanswered.runs()) {
      const duration silent = centres_.at(owner.parts_dc()).unanswered.total(last_settled_);
      soonest = std::min(soonest, last_settled_ + (config_.cdn.silence - silent));
    }
    if (owner.cdn.trial_ends() < duration::max() && centres_.at(owner.parts_dc()).full.runs()) {
      const duration busy = centres_.at(owner.parts_dc()).full.total(last_settled_);
      soonest = std::min(soonest, last_settled_ + (owner.cdn.trial_ends() - busy));
    }
    if (!owner.checkpointing) soonest = std::min(soonest, owner.checkpoint_due);
  }
  return soonest;
}

file_progress engine::progress(file_id id) const {
  file_progress seen;
  const auto entry = files_.find(id);
  if (entry == files_.end()) return seen;
  const file& owner = entry->second;
  seen.size = owner.segments.size();
  seen.done = owner.segments.complete_bytes();
  seen.prefix = owner.segments.complete_prefix();
  seen.verified = owner.verified;
  seen.dc = owner.dc;
  seen.repaired = owner.repaired;
  seen.refreshing = owner.refreshing;
  if (owner.cdn.following()) seen.cdn_dc = owner.parts_dc();
  seen.cdn_left = owner.cdn.left_because();
  return seen;
}

}  // namespace mtfetch::engine
