// SPDX-License-Identifier: BSL-1.0
// The driver's words for people: how far each file is, and why nothing moves.
#include "downloader/transfer/transfer_run.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::transfer {

// Every tenth of a second one of the files under way is told, in turn.
void transfer_run::tick() {
  if (!options_.on_progress) return;
  ticker_.expires_after(std::chrono::milliseconds(100));
  ticker_.async_wait([self = shared_from_this()](std::error_code cancelled) {
    if (cancelled || self->stopping_) return;
    const time_point at = now();
    for (file_state& file : self->files_) {
      if (file.id && file.at == stage::fetching) {
        file.meter.observe(self->engine_.progress(*file.id).done, at);
      }
    }
    for (std::size_t tried = 0; tried < self->files_.size(); ++tried) {
      const std::size_t index = self->next_told_++ % self->files_.size();
      const stage where = self->files_[index].at;
      if (where == stage::waiting || where == stage::over) continue;
      self->tell(index, false);
      break;
    }
    self->tick();
  });
}

void transfer_run::tell(std::size_t index, bool finished) {
  if (!options_.on_progress) return;
  progress told = seen(index);
  told.finished = finished;
  options_.on_progress(told);
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
  for (const file_state& each : files_) {
    out.all_done += done_of(each);
    out.all_total += each.what.size;
  }
  out.rate = file.meter.rate();
  out.pause = pause_of(file);
  return out;
}

std::string transfer_run::pause_of(const file_state& file) const {
  if (file.at == stage::claiming) return "looking at what is there already";
  if (file.at == stage::finishing) return "writing the last bytes to the disk";
  if (file.at != stage::fetching || !file.id) return {};
  const engine::file_progress seen = engine_.progress(*file.id);
  const time_point at = now();
  if (const auto until = engine_.flood_pause(seen.cdn_dc > 0 ? seen.cdn_dc : seen.dc, at)) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(*until - at);
    return "Telegram asks to wait " + std::to_string(left.count()) + " s";
  }
  if (seen.refreshing) return "reading the file reference anew";
  if (connections_.empty()) return "connecting to data centre " + std::to_string(seen.dc);
  return {};
}

}  // namespace mtfetch::transfer
