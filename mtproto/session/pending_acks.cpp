// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/pending_acks.hpp"

#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/wire.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::session {

namespace {
/// https://core.telegram.org/mtproto/service_messages_about_messages
constexpr std::size_t most_ids = 8192;
// A server that sends and never reads would make them grow without end. It sends again what it
// thinks was not received, so nothing is lost by leaving some out.
constexpr std::size_t most_waiting = 4 * most_ids;
}  // namespace

void pending_acks::add(std::int64_t message_id, time_point now) {
  if (waiting_.size() >= most_waiting) return;
  if (waiting_.empty()) oldest_ = now;
  waiting_.push_back(message_id);
}

void pending_acks::write(bytes& out, std::int64_t message_id) {
  sent_batch& sent = sent_[next_sent_];
  next_sent_ = (next_sent_ + 1) % sent_.size();
  sent.message_id = message_id;
  sent.ids.clear();
  std::swap(sent.ids, waiting_);
  if (sent.ids.size() > most_ids) {
    waiting_.assign(sent.ids.begin() + most_ids, sent.ids.end());
    sent.ids.resize(most_ids);
  }
  // By hand, not by the generated type: this is on the way of every packet and must not allocate.
  const std::size_t begin = out.size();
  out.resize(begin + 12 + 8 * sent.ids.size());
  std::uint8_t* at = out.data() + begin;
  at = store_i32(at, static_cast<std::int32_t>(mtproto::msgs_ack::tl_id));
  at = store_i32(at, static_cast<std::int32_t>(tl::vector_id));
  at = store_i32(at, static_cast<std::int32_t>(sent.ids.size()));
  for (const std::int64_t id : sent.ids) at = store_i64(at, id);
}

void pending_acks::refused(std::int64_t message_id, time_point now) {
  for (sent_batch& sent : sent_) {
    if (sent.message_id != message_id) continue;
    for (const std::int64_t id : sent.ids) add(id, now);
    sent.ids.clear();
  }
}

void pending_acks::clear() {
  waiting_.clear();
  for (sent_batch& sent : sent_) sent.ids.clear();
}

}  // namespace mtfetch::session
