// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/state_questions.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::session {

void state_questions::add(std::int64_t message_id, std::vector<std::int64_t> about,
                          time_point now) {
  open_.push_back({message_id, now + timeout_, std::move(about)});
}

std::optional<std::vector<std::int64_t>> state_questions::take(std::int64_t message_id) {
  const auto found = std::ranges::find(open_, message_id, &question::message_id);
  if (message_id == 0 || found == open_.end()) return std::nullopt;
  std::vector<std::int64_t> about = std::move(found->about);
  open_.erase(found);
  return about;
}

std::optional<std::vector<std::int64_t>> state_questions::take_overdue(time_point now) {
  const auto found = std::ranges::min_element(open_, {}, &question::due);
  if (found == open_.end() || found->due > now) return std::nullopt;
  std::vector<std::int64_t> about = std::move(found->about);
  open_.erase(found);
  return about;
}

time_point state_questions::deadline() const {
  const auto found = std::ranges::min_element(open_, {}, &question::due);
  return found == open_.end() ? no_deadline : found->due;
}

}  // namespace mtfetch::session
