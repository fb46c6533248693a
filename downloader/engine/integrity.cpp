// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/integrity.hpp"

#include <algorithm>

namespace mtfetch::engine {
namespace {

// How far beyond the question an answer's hashes are kept: what a server sends unasked is bounded.
constexpr std::int64_t farthest_answer = 64 * mib;
constexpr int most_fruitless = 2;
// What one answer is taken to reach over before the first came.
constexpr std::int64_t likely_span = 8 * hash_window;

}  // namespace

integrity::integrity(std::int64_t size, bool compare) : size_(size), comparing_(compare) {
  if (!comparing_) return;
  unknown_.add({0, size});
  unanswered_.add({0, size});
}

void integrity::skip(range complete) {
  unknown_.remove(complete);
  unanswered_.remove(complete);
}

std::optional<range> integrity::ask(std::int64_t up_to) {
  if (!comparing_ || (span_ == 0 && questions_ > 0)) return std::nullopt;
  std::optional<range> gap = unknown_.first();
  if (gap && gap->begin >= up_to) gap = gap_of_waiting();
  if (!gap) return std::nullopt;
  const std::int64_t reach = std::max(span_, hash_window);
  const range asked{gap->begin, std::min(gap->end, gap->begin + reach)};
  unknown_.remove(asked);
  ++questions_;
  return asked;
}

std::optional<range> integrity::ask_within(range wanted) {
  if (!comparing_) return std::nullopt;
  const std::optional<range> gap = unknown_.first(wanted.begin);
  if (!gap || gap->begin >= wanted.end) return std::nullopt;
  const std::int64_t reach = span_ > 0 ? span_ : std::min(wanted.end - gap->begin, likely_span);
  const range asked{gap->begin, std::min(gap->end, gap->begin + reach)};
  unknown_.remove(asked);
  ++questions_;
  return asked;
}

// What waits for its hash is asked about wherever it lies: nothing else may be left to be fetched.
std::optional<range> integrity::gap_of_waiting() const {
  for (auto gap = unknown_.first(); gap; gap = unknown_.first(gap->end)) {
    const auto waits = waiting_.lower_bound(gap->begin);
    if (waits == waiting_.end()) return std::nullopt;
    if (waits->first < gap->end) return range{waits->first, gap->end};
  }
  return std::nullopt;
}

void integrity::on_lost(range asked) {
  if (!comparing_) return;
  --questions_;
  for (auto left = unanswered_.first(asked.begin); left && left->begin < asked.end;
       left = unanswered_.first(left->end)) {
    unknown_.add({left->begin, std::min(left->end, asked.end)});
  }
}

bool integrity::fits_grid(const server_hash& hash) const {
  if (hash.offset < 0 || hash.offset % hash_window != 0 || hash.offset >= size_) return false;
  return hash.limit == hash_window || (hash.limit > 0 && hash.limit == size_ - hash.offset);
}

std::vector<judgement> integrity::on_hashes(range asked, std::span<const server_hash> hashes) {
  std::vector<judgement> decided;
  if (!comparing_) return decided;
  std::int64_t reach = 0;
  bool fruitful = false;
  for (const server_hash& hash : hashes) {
    if (!fits_grid(hash) || hash.offset > asked.begin + farthest_answer) continue;
    fruitful = fruitful || hash.offset == asked.begin;
    reach = std::max(reach, hash.offset + hash_window - asked.begin);
    learn(hash, decided);
  }
  if (fruitful) {
    fruitless_ = 0;
    span_ = std::max(reach, hash_window);
  } else if (unanswered_.contains({asked.begin, std::min(asked.begin + 1, size_)}) &&
             ++fruitless_ >= most_fruitless) {
    const std::vector<judgement> rest = give_up();
    decided.insert(decided.end(), rest.begin(), rest.end());
    return decided;
  }
  on_lost(asked);  // what the answer left open of the question
  return decided;
}

// One hash on the grid, and the window that it decides.
void integrity::learn(const server_hash& hash, std::vector<judgement>& decided) {
  const range window{hash.offset, std::min(hash.offset + hash_window, size_)};
  if (!unanswered_.contains(window)) return;
  unanswered_.remove(window);
  unknown_.remove(window);
  const auto stored = waiting_.find(hash.offset);
  if (stored == waiting_.end()) {
    expected_.emplace(hash.offset, hash.sha256);
    return;
  }
  decided.push_back(compare(stored->second, hash.sha256));
  if (decided.back().outcome == verdict::bad) expected_.emplace(hash.offset, hash.sha256);
  waiting_.erase(stored);
}

std::vector<judgement> integrity::on_unasked(std::span<const server_hash> hashes) {
  std::vector<judgement> decided;
  if (!comparing_) return decided;
  for (const server_hash& hash : hashes.first(std::min(hashes.size(), most_unasked))) {
    if (fits_grid(hash)) learn(hash, decided);
  }
  return decided;
}

bool integrity::answers(range asked, std::span<const server_hash> hashes) const {
  return std::ranges::any_of(hashes, [&](const server_hash& hash) {
    return hash.offset == asked.begin && fits_grid(hash);
  });
}

std::vector<judgement> integrity::give_up() {
  std::vector<judgement> decided;
  comparing_ = false;
  questions_ = 0;
  for (const auto& [offset, window] : waiting_) decided.push_back({window, verdict::unchecked});
  waiting_.clear();
  unknown_ = {};
  unanswered_ = {};
  return decided;
}

judgement integrity::on_stored(window_record window) {
  const auto expected = expected_.find(window.offset);
  if (expected != expected_.end()) {
    judgement decided = compare(window, expected->second);
    // A bad window is fetched again, and compared with the same hash then.
    if (decided.outcome == verdict::good) expected_.erase(expected);
    return decided;
  }
  if (!comparing_ || !unanswered_.intersects(window.bytes())) return {window, verdict::unchecked};
  waiting_[window.offset] = window;
  return {window, verdict::waiting};
}

judgement integrity::compare(window_record window, const digest& expected) const {
  window.verified = window.sha256 == expected;
  return {window, window.verified ? verdict::good : verdict::bad};
}

std::int64_t integrity::answered_below() const {
  const std::optional<range> open = unanswered_.first();
  return open ? open->begin : size_;
}

}  // namespace mtfetch::engine
