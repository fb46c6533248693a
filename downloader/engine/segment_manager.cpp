// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/segment_manager.hpp"

#include <algorithm>

namespace mtfetch::engine {

segment_manager::segment_manager(std::int64_t size, const range_set& complete) : size_(size) {
  missing_.add({0, size});
  for (auto have = complete.first(); have && have->begin < size; have = complete.first(have->end)) {
    const range kept{have->begin, std::min(have->end, size)};
    missing_.remove(kept);
    complete_.add(kept);
  }
}

std::optional<job> segment_manager::take(std::int32_t most, bool fresh, time_point now) {
  const auto due = std::ranges::min_element(again_, {}, &delayed::when);
  if (due != again_.end() && due->when <= now) {
    return take_again(due, due->what.what.end(), most);
  }
  const std::optional<range> gap = missing_.first();
  if (!gap || !fresh) return std::nullopt;
  job next;
  next.what = plan_part(gap->begin, gap->end, size_, most);
  missing_.remove({next.what.offset, next.what.end()});
  frontier_ = std::max(frontier_, next.what.end());
  return next;
}

std::optional<job> segment_manager::take_within(range wanted, std::int32_t most, time_point now) {
  const auto overlaps = [&](const delayed& waiting) {
    const part& what = waiting.what.what;
    return waiting.when <= now && what.offset < wanted.end && wanted.begin < what.end();
  };
  // What failed is not cut further: a window of many pieces would fail more easily again.
  const std::int32_t uncut = std::max(most, static_cast<std::int32_t>(hash_window));
  const auto due = std::ranges::find_if(again_, overlaps);
  if (due != again_.end()) {
    part& what = due->what.what;
    if (what.offset < wanted.begin) {  // the rest of it has time
      delayed before = *due;
      before.what.what.size = static_cast<std::int32_t>(wanted.begin - what.offset);
      what.size = static_cast<std::int32_t>(what.end() - wanted.begin);
      what.offset = wanted.begin;
      const auto index = due - again_.begin();
      again_.push_back(before);
      return take_again(again_.begin() + index, wanted.end, uncut);
    }
    return take_again(due, wanted.end, uncut);
  }
  const std::optional<range> gap = missing_.first(wanted.begin);
  if (!gap || gap->begin >= wanted.end) return std::nullopt;
  job next;
  next.what = plan_part(gap->begin, std::min(gap->end, wanted.end), size_, most);
  missing_.remove({next.what.offset, next.what.end()});
  return next;
}

job segment_manager::take_again(std::vector<delayed>::iterator due, std::int64_t end,
                                std::int32_t most) {
  job next = due->what;
  next.what = plan_part(next.what.offset, std::min(next.what.end(), end), size_,
                        std::min(most, next.what.limit));
  if (next.what.end() < due->what.what.end()) {
    part& rest = due->what.what;
    rest.size = static_cast<std::int32_t>(rest.end() - next.what.end());
    rest.offset = next.what.end();
  } else {
    again_.erase(due);
  }
  return next;
}

void segment_manager::give_back(job failed, time_point when) {
  failed.since = when;
  again_.push_back(delayed{when, failed});
}

time_point segment_manager::next_due() const {
  time_point soonest = no_deadline;
  for (const delayed& waiting : again_) soonest = std::min(soonest, waiting.when);
  return soonest;
}

std::int64_t segment_manager::wanted_bytes() const {
  std::int64_t sum = missing_.bytes();
  for (const delayed& waiting : again_) sum += waiting.what.what.size;
  return sum;
}

std::int64_t segment_manager::wanted_bytes(range within) const {
  std::int64_t sum = 0;
  for (auto gap = missing_.first(within.begin); gap && gap->begin < within.end;
       gap = missing_.first(gap->end)) {
    sum += std::min(gap->end, within.end) - gap->begin;
  }
  for (const delayed& waiting : again_) {
    const part& what = waiting.what.what;
    sum += std::max<std::int64_t>(
        0, std::min(what.end(), within.end) - std::max(what.offset, within.begin));
  }
  return sum;
}

std::int64_t segment_manager::complete_prefix() const {
  const std::optional<range> front = complete_.first();
  return front && front->begin == 0 ? front->end : 0;
}

}  // namespace mtfetch::engine
