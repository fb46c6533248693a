// SPDX-License-Identifier: BSL-1.0
// What goes out: answers, what is kept until it is acknowledged, containers and packets.
#include <algorithm>
#include <chrono>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/container.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/testing/protocol/server_clock.hpp"
#include "mtproto/testing/protocol/server_session.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::size_t pack_from = 512;   // bytes of a result worth a try with gzip
constexpr std::size_t most_kept = 1024;  // messages without an acknowledgement
constexpr std::size_t batch_messages = 100;
constexpr std::size_t batch_bytes = 32 * 1024;
// A message older than this is sent again under a new id: clients refuse ids older than 300 s.
constexpr std::chrono::seconds id_grows_stale{240};

bytes packed_if_smaller(bytes result) {
  if (result.size() <= pack_from) return result;
  bytes packed;
  tl::writer out(packed);
  out.u32(mtproto::gzip_packed::tl_id);
  out.bytes(tl::gzip(result));
  return packed.size() < result.size() - result.size() / 10 ? packed : result;
}

bytes result_head(std::int64_t call) {
  bytes head;
  tl::writer out(head);
  out.u32(mtproto::rpc_result::tl_id);
  out.i64(call);
  return head;
}

}  // namespace

void server_session::answer(std::int64_t call, message_body result, instant now) {
  const received_message* asked = received_.find(call);
  // Dropped by the client meanwhile, or so long ago that it was forgotten.
  if (asked == nullptr || asked->progress != progress_of_message::running) return;
  if (auto* plain = std::get_if<bytes>(&result)) result = packed_if_smaller(std::move(*plain));
  send_result(call, std::move(result), now);
}

void server_session::refuse(std::int64_t call, std::int32_t code, std::string_view error,
                            instant now) {
  if (received_message* asked = received_.find(call)) asked->refused = true;
  mtproto::rpc_error refused;
  refused.error_code = code;
  refused.error_message = error;
  answer(call, tl::serialize(refused), now);
}

void server_session::forget(std::int64_t call) {
  received_.forget(call);
  std::erase(acks_, call);
}

void server_session::send_result(std::int64_t call, message_body result, instant now) {
  bytes head = result_head(call);
  if (auto* plain = std::get_if<bytes>(&result)) {
    plain->insert(plain->begin(), head.begin(), head.end());
  } else {
    bytes& first = std::get<streamed_body>(result).head;
    first.insert(first.begin(), head.begin(), head.end());
  }
  std::erase(acks_, call);  // the answer says that the call came
  send_content(call, std::move(result), now);
}

void server_session::notify(bytes object, instant now) {
  send_content(0, message_body(std::move(object)), now, tl::message_origin::server_notice);
}

void server_session::send_content(std::int64_t answers, message_body body, instant now,
                                  tl::message_origin origin) {
  queued message;
  message.message.id = ids_.next(now, duration::zero(), origin);
  message.message.seqno = 2 * content_sent_++ + 1;
  message.message.answers = answers;
  message.message.body = std::make_shared<const message_body>(std::move(body));
  message.content_related = true;
  if (received_message* call = received_.find(answers)) {
    call->progress = progress_of_message::answered;
    call->answer = message.message.id;
  }
  changed_ = true;
  enqueue(std::move(message));
}

void server_session::send_service(bytes body, instant now) {
  queued message;
  message.message.id = ids_.next(now, duration::zero(), tl::message_origin::server_answer);
  message.message.seqno = 2 * content_sent_;
  message.message.body = std::make_shared<const message_body>(std::move(body));
  enqueue(std::move(message));
}

void server_session::send_bad_message(const client_message& message, std::int32_t code,
                                      instant now) {
  mtproto::bad_msg_notification bad;
  bad.bad_msg_id = message.id;
  bad.bad_msg_seqno = message.seqno;
  bad.error_code = code;
  send_service(tl::serialize(bad), now);
}

void server_session::enqueue(queued message) {
  queued_bytes_ += wire_size(*message.message.body);
  queue_.push_back(std::move(message));
}

void server_session::queue_acks(instant now) {
  if (acks_.empty()) return;
  mtproto::msgs_ack acks;
  acks.msg_ids = std::move(acks_);
  acks_.clear();
  send_service(tl::serialize(acks), now);
}

void server_session::keep(const kept_message& message) {
  kept_[message.id] = message;
  changed_ = true;
  while (kept_.size() > most_kept) {
    // Nobody will get this answer any more; the call may be made again.
    received_.forget(kept_.begin()->second.answers);
    kept_.erase(kept_.begin());
  }
}

void server_session::release(std::int64_t id, progress_of_message outcome) {
  const auto kept = kept_.find(id);
  if (kept == kept_.end()) return;
  if (received_message* call = received_.find(kept->second.answers)) call->progress = outcome;
  kept_.erase(kept);
  changed_ = true;
}

void server_session::attached(instant now) {
  hang_up_at_ = no_deadline;
  std::deque<queued> again;
  const auto fresh = std::chrono::duration_cast<std::chrono::seconds>(
      tl::server_unix_time(now, duration::zero()) - id_grows_stale);
  for (auto& [id, message] : kept_) {
    queued one;
    one.message = std::move(message);
    one.content_related = true;
    if (tl::unix_time_of(id) < fresh) {
      one.message.id = ids_.next(now, duration::zero(), tl::message_origin::server_answer);
      one.message.seqno = 2 * content_sent_++ + 1;
      if (received_message* call = received_.find(one.message.answers)) {
        call->answer = one.message.id;
      }
    }
    again.push_back(std::move(one));
  }
  kept_.clear();
  for (queued& one : again) enqueue(std::move(one));
}

// How many of the waiting messages go into the next packet: a large one goes alone.
std::size_t server_session::batch_size() const {
  std::size_t count = 0;
  std::size_t size = 0;
  for (const queued& waiting : queue_) {
    size += wire_size(*waiting.message.body) + 16;
    if (count > 0 && (size > batch_bytes || count == batch_messages)) break;
    ++count;
  }
  return count;
}

server_session::queued server_session::take_next() {
  queued next = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= wire_size(*next.message.body);
  return next;
}

// Appends a message's body. A file that can no longer be read becomes an error in its place.
void server_session::write_body(queued& next, bytes& out) {
  if (append_body(*next.message.body, out)) return;
  mtproto::rpc_error gone;
  gone.error_code = 500;
  gone.error_message = "FILE_READ_FAILED";
  bytes body = result_head(next.message.answers);
  const bytes error = tl::serialize(gone);
  body.insert(body.end(), error.begin(), error.end());
  next.message.body = std::make_shared<const message_body>(std::move(body));
  append_body(*next.message.body, out);
}

bool server_session::poll_transmit(tl::packet_buffer& out, instant now) {
  queue_acks(now);
  if (queue_.empty()) return false;
  session::envelope head;
  head.salt = salts_.current(unix_time(now));
  head.session_id = id_;
  session::begin_packet(out);
  const std::size_t count = batch_size();
  if (count == 1) {
    queued next = take_next();
    head.message_id = next.message.id;
    head.seqno = next.message.seqno;
    write_body(next, out.tail());
    if (next.content_related) keep(next.message);
  } else {
    head.message_id = ids_.next(now, duration::zero(), tl::message_origin::server_answer);
    head.seqno = 2 * content_sent_;
    session::container_writer container(out);
    bytes body;
    for (std::size_t i = 0; i < count; ++i) {
      queued next = take_next();
      body.clear();
      write_body(next, body);
      container.add(next.message.id, next.message.seqno, body);
      if (next.content_related) keep(next.message);
    }
    container.finish();
  }
  session::close_packet(out, head, random_);
  return true;
}

}  // namespace mtfetch::testing
