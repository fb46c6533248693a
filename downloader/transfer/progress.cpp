// SPDX-License-Identifier: BSL-1.0
// The driver's words for people: how far each file is, and why nothing moves.
#include "downloader/transfer/pause_words.hpp"
#include "downloader/transfer/transfer_run.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

namespace mtfetch::transfer {

// Every tenth of a second one of the files under way is told, in turn.
void transfer_run::tick() {
  if (!options_.on_progress) return;
  ticker_.expires_after(std::chrono::milliseconds(100));
  ticker_.async_wait([self = shared_from_this()](std::error_code cancelled) {
    if (cancelled || self->stopping_) return;
    const time_point at = now();
    for (const std::size_t index : self->scheduler_.under_way()) {
      file_state& file = self->files_[index];
      if (file.id && file.at == stage::fetching) {
        file.meter.observe(self->engine_.progress(*file.id).done, at);
      }
    }
    const std::set<std::size_t>& under_way = self->scheduler_.under_way();
    if (!under_way.empty()) {
      auto next = under_way.upper_bound(self->last_told_);
      if (next == under_way.end()) next = under_way.begin();
      self->last_told_ = *next;
      self->tell(*next, false);
    }
    self->tick();
  });
}

template <class Told>
void transfer_run::hand_out(const std::function<void(const Told&)>& callback, const Told& told) {
  if (thrown_) return;
  try {
    callback(told);
  } catch (...) {  // whatever the user throws is thrown again by run()
    thrown_ = std::current_exception();
    changed_.cancel();
  }
}

void transfer_run::tell(std::size_t index, bool finished) {
  if (!options_.on_progress) return;
  progress told = seen(index);
  told.finished = finished;
  hand_out(options_.on_progress, told);
}

progress transfer_run::seen(std::size_t index) const {
  const auto done_of = [this](const file_state& file) {
    if (file.at == stage::waiting) return std::int64_t{0};
    if (file.at == stage::over) return file.outcome.ok() ? file.what.size : file.outcome.resumed;
    return file.id ? engine_.progress(*file.id).done : file.outcome.resumed;
  };
  const file_state& file = files_[index];
  progress out;
  out.file = index;
  out.files = files_.size();
  out.name = file.outcome.path.filename().string();
  out.done = done_of(file);
  out.total = file.what.size;
  out.all_done = over_bytes_;
  for (const std::size_t each : scheduler_.under_way()) out.all_done += done_of(files_[each]);
  out.all_total = all_bytes_;
  out.rate = file.meter.rate();
  out.pause = pause_of(file);
  return out;
}

std::string transfer_run::pause_of(const file_state& file) const {
  if (file.at == stage::claiming) return "looking at what is there already";
  if (file.at == stage::finishing) return "writing the last bytes to the disk";
  if (file.at != stage::fetching || !file.id) return {};
  const time_point at = now();
  const auto why = why_paused(*file.id, at);
  return why ? in_words(*why, at) : std::string();
}

std::optional<engine::pause> transfer_run::why_paused(engine::file_id id, time_point at) const {
  auto why = engine_.why_paused(id, at);
  if (!why || !std::holds_alternative<engine::reads_reference>(*why)) return why;
  const auto held_up = references_.why_paused(index_of_.at(id), at);
  return held_up ? held_up : why;
}

// From within the engine, which must not be called back.
void transfer_run::note_end(const engine::request_end& one) {
  const std::size_t index = index_of_.at(one.file);
  files_[index].totals.add(one);
  if (options_.on_part) ended_parts_.push_back(statistics_of(one, index, began_));
}

void transfer_run::tell_parts() {
  while (!ended_parts_.empty()) {
    for (const part_statistics& one : std::exchange(ended_parts_, {})) {
      hand_out(options_.on_part, one);
    }
  }
}

}  // namespace mtfetch::transfer
