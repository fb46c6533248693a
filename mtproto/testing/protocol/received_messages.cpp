// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/received_messages.hpp"

#include <algorithm>
#include <iterator>

namespace mtfetch::testing {

namespace {

constexpr std::int32_t seqno_too_low = 32;
constexpr std::int32_t seqno_too_high = 33;

bool is_odd(std::int32_t number) {
  return (number & 1) != 0;
}

// More bits of a state byte.
constexpr std::uint8_t needs_no_ack = 16;
constexpr std::uint8_t rpc_taken = 32;
constexpr std::uint8_t answer_made = 64;

}  // namespace

received_message* received_messages::find(std::int64_t id) {
  const auto found = messages_.find(id);
  return found == messages_.end() ? nullptr : &found->second;
}

const received_message* received_messages::find(std::int64_t id) const {
  const auto found = messages_.find(id);
  return found == messages_.end() ? nullptr : &found->second;
}

void received_messages::add(std::int64_t id, std::int32_t seqno, progress_of_message progress) {
  messages_[id] = received_message{seqno, progress, 0};
  while (messages_.size() > remembered) {
    floor_ = std::max(floor_, messages_.begin()->first);
    messages_.erase(messages_.begin());
  }
}

void received_messages::forget(std::int64_t id) {
  messages_.erase(id);
}

std::optional<std::int32_t> received_messages::sequence_error(std::int64_t id,
                                                              std::int32_t seqno) const {
  const auto newer = messages_.upper_bound(id);
  if (newer != messages_.begin()) {
    const std::int32_t older = std::prev(newer)->second.seqno;
    if (older > seqno || (older == seqno && is_odd(seqno))) return seqno_too_low;
  }
  if (newer != messages_.end()) {
    const std::int32_t later = newer->second.seqno;
    if (later < seqno || (later == seqno && is_odd(seqno))) return seqno_too_high;
  }
  return std::nullopt;
}

std::uint8_t received_messages::state_of(std::int64_t id) const {
  const received_message* known = find(id);
  if (known == nullptr) {
    if (is_forgotten(id) || id < begun_) return state_unknown;
    const bool above_all = messages_.empty() || id > messages_.rbegin()->first;
    return above_all ? state_too_high : state_not_received;
  }
  std::uint8_t state = state_received;
  if (!is_odd(known->seqno)) state |= needs_no_ack;
  if (known->progress != progress_of_message::received) state |= rpc_taken;
  if (known->progress == progress_of_message::answered) state |= answer_made;
  return state;
}

void received_messages::restore(std::map<std::int64_t, received_message> messages,
                                std::int64_t floor) {
  messages_ = std::move(messages);
  floor_ = floor;
}

}  // namespace mtfetch::testing
