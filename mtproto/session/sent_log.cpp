// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/sent_log.hpp"

#include <algorithm>

namespace mtfetch::session {

void sent_requests::add(std::int64_t message_id, std::int64_t container, request_id request) {
  entries_.push_back({message_id, container, request, true});
}

sent_requests::entry* sent_requests::find(std::int64_t message_id) {
  if (hint_ < first_ || hint_ >= entries_.size() || entries_[hint_].message_id != message_id) {
    const auto from = entries_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto place =
        std::ranges::lower_bound(from, entries_.end(), message_id, {}, &entry::message_id);
    if (place == entries_.end() || place->message_id != message_id) return nullptr;
    hint_ = static_cast<std::size_t>(place - entries_.begin());
  }
  entry& found = entries_[hint_];
  return found.alive ? &found : nullptr;
}

void sent_requests::erase(std::int64_t message_id) {
  entry* gone = find(message_id);
  if (gone == nullptr) return;
  gone->alive = false;
  ++dead_;
  ++hint_;
  tidy();
}

void sent_requests::clear() {
  entries_.clear();
  first_ = hint_ = dead_ = 0;
}

void sent_requests::tidy() {
  while (first_ < entries_.size() && !entries_[first_].alive) {
    ++first_;
    --dead_;
  }
  if (first_ == entries_.size()) return clear();
  // One request that waits long must not keep all the later ones that are done with.
  const std::size_t alive = entries_.size() - first_ - dead_;
  if (entries_.size() < 64 || entries_.size() < 2 * alive) return;
  std::erase_if(entries_, [](const entry& each) { return !each.alive; });
  first_ = dead_ = 0;
  hint_ = 0;
}

void sent_services::add(const entry& sent) {
  entries_[next_] = sent;
  next_ = (next_ + 1) % entries_.size();
}

void sent_services::forget(std::int64_t id) {
  for (entry& each : entries_) {
    if (each.message_id == id || each.container == id) each = {};
  }
}

bool sent_services::was_sent(std::int64_t message_id, service kind) const {
  return message_id != 0 && std::ranges::any_of(entries_, [&](const entry& each) {
           return each.message_id == message_id && each.kind == kind;
         });
}

}  // namespace mtfetch::session
