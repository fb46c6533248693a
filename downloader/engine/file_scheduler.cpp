// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/file_scheduler.hpp"

namespace mtfetch::engine {

void file_scheduler::add(file_number file, std::int64_t size) {
  (size <= limits_.small_file ? small_ : large_).waiting.push_back(file);
}

std::optional<file_scheduler::file_number> file_scheduler::next_of(kind& of, std::size_t most) {
  if (of.busy >= most || of.waiting.empty()) return std::nullopt;
  const file_number file = of.waiting.front();
  of.waiting.pop_front();
  ++of.busy;
  under_way_.insert(file);
  return file;
}

std::optional<file_scheduler::file_number> file_scheduler::next() {
  const auto small = next_of(small_, limits_.small_at_once);
  if (small) {
    small_under_way_.insert(*small);
    return small;
  }
  return next_of(large_, limits_.large_at_once);
}

void file_scheduler::end(file_number file) {
  if (under_way_.erase(file) == 0) return;
  kind& of = small_under_way_.erase(file) > 0 ? small_ : large_;
  --of.busy;
}

bool file_scheduler::wants_more() const {
  return small_.waiting.size() + large_.waiting.size() < limits_.enough;
}

}  // namespace mtfetch::engine
