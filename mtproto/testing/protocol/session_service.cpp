// SPDX-License-Identifier: BSL-1.0
// MTProto's own requests: acknowledgements, pings, salts, states, dropped answers.
#include <algorithm>
#include <chrono>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/testing/protocol/server_clock.hpp"
#include "mtproto/testing/protocol/server_session.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

// The most ids in one msgs_ack, msgs_state_req or msg_resend_req.
constexpr std::size_t most_ids = 8192;

}  // namespace

void server_session::serve(std::uint32_t constructor, const client_message& message, instant now) {
  switch (constructor) {
    case mtproto::msgs_ack::tl_id:
      return take_acks(message.body);
    case mtproto::ping::tl_id: {
      const auto ping = tl::parse<mtproto::ping>(message.body);
      if (ping) pong(message.id, ping->ping_id, now);
      return;
    }
    case mtproto::ping_delay_disconnect::tl_id: {
      const auto ping = tl::parse<mtproto::ping_delay_disconnect>(message.body);
      if (!ping) return;
      hang_up_at_ = now.mono + std::chrono::seconds(std::max(ping->disconnect_delay, 0));
      return pong(message.id, ping->ping_id, now);
    }
    case mtproto::get_future_salts::tl_id:
      return give_salts(message, now);
    case mtproto::msgs_state_req::tl_id:
      return tell_states(message, now);
    case mtproto::msg_resend_req::tl_id:
      return resend(message, now);
    case mtproto::rpc_drop_answer::tl_id:
      return drop_answer(message, now);
    case mtproto::destroy_session::tl_id: {
      const auto asked = tl::parse<mtproto::destroy_session>(message.body);
      if (asked) events_.push_back(end_session{asked->session_id});
      return;
    }
    case mtproto::destroy_auth_key::tl_id:
      send_service(tl::serialize(mtproto::destroy_auth_key_ok()), now);
      events_.push_back(end_key{});
      return;
    case mtproto::http_wait::tl_id: {
      const auto wait = tl::parse<mtproto::http_wait>(message.body);
      if (wait) http_wait_ = *wait;
      return;
    }
    default:
      // Nothing to do for what the client tells about our messages.
      return;
  }
}

void server_session::take_acks(byte_view body) {
  const auto acks = tl::parse<mtproto::msgs_ack>(body);
  if (!acks || acks->msg_ids.size() > most_ids) return;
  for (const std::int64_t id : acks->msg_ids) release(id, progress_of_message::settled);
}

void server_session::pong(std::int64_t message, std::int64_t ping, instant now) {
  mtproto::pong answer;
  answer.msg_id = message;
  answer.ping_id = ping;
  send_service(tl::serialize(answer), now);
}

void server_session::give_salts(const client_message& message, instant now) {
  const auto asked = tl::parse<mtproto::get_future_salts>(message.body);
  if (!asked) return;
  mtproto::future_salts given;
  given.req_msg_id = message.id;
  given.now = static_cast<std::int32_t>(unix_time(now));
  for (const salt_period& period : salts_.future(asked->num, unix_time(now))) {
    mtproto::future_salt salt;
    salt.valid_since = static_cast<std::int32_t>(period.valid_since);
    salt.valid_until = static_cast<std::int32_t>(period.valid_until);
    salt.salt = period.salt;
    given.salts.push_back(salt);
  }
  send_service(tl::serialize(given), now);
}

void server_session::tell_states(const client_message& message, instant now) {
  const auto asked = tl::parse<mtproto::msgs_state_req>(message.body);
  if (!asked || asked->msg_ids.size() > most_ids) return;
  bytes states;
  for (const std::int64_t id : asked->msg_ids) states.push_back(received_.state_of(id));
  mtproto::msgs_state_info info;
  info.req_msg_id = message.id;
  info.info = std::move(states);
  send_service(tl::serialize(info), now);
}

// Sends again what is kept. When something asked for is not, the states of all are told as well.
void server_session::resend(const client_message& message, instant now) {
  const auto asked = tl::parse<mtproto::msg_resend_req>(message.body);
  if (!asked || asked->msg_ids.size() > most_ids) return;
  bytes states;
  bool missing = false;
  for (const std::int64_t id : asked->msg_ids) {
    const auto kept = kept_.find(id);
    states.push_back(kept == kept_.end() ? received_messages::state_unknown
                                         : received_messages::state_received);
    missing = missing || kept == kept_.end();
    if (kept == kept_.end()) continue;
    queued again;
    again.message = std::move(kept->second);
    again.content_related = true;
    kept_.erase(kept);
    enqueue(std::move(again));
  }
  if (!missing) return;
  mtproto::msgs_state_info info;
  info.req_msg_id = message.id;
  info.info = std::move(states);
  send_service(tl::serialize(info), now);
}

void server_session::drop_answer(const client_message& message, instant now) {
  const auto asked = tl::parse<mtproto::rpc_drop_answer>(message.body);
  if (!asked) return;
  received_message* dropped = received_.find(asked->req_msg_id);
  if (dropped == nullptr || dropped->progress == progress_of_message::received ||
      dropped->progress == progress_of_message::settled) {
    return send_result(message.id, tl::serialize(mtproto::rpc_answer_unknown()), now);
  }
  if (dropped->progress == progress_of_message::running) {
    // `answer` sees that nobody waits any more.
    dropped->progress = progress_of_message::settled;
    return send_result(message.id, tl::serialize(mtproto::rpc_answer_dropped_running()), now);
  }
  mtproto::rpc_answer_dropped outcome;
  outcome.msg_id = dropped->answer;
  if (const auto kept = kept_.find(dropped->answer); kept != kept_.end()) {
    outcome.seq_no = kept->second.seqno;
    outcome.bytes = static_cast<std::int32_t>(wire_size(*kept->second.body));
  }
  const std::int64_t answer = dropped->answer;
  release(answer, progress_of_message::settled);
  std::erase_if(queue_, [&](const queued& waiting) {
    if (waiting.message.id != answer) return false;
    outcome.seq_no = waiting.message.seqno;
    outcome.bytes = static_cast<std::int32_t>(wire_size(*waiting.message.body));
    queued_bytes_ -= wire_size(*waiting.message.body);
    return true;
  });
  dropped->progress = progress_of_message::settled;
  send_result(message.id, tl::serialize(outcome), now);
}

void server_session::destroyed(std::int64_t session, bool existed, instant now) {
  if (existed) {
    mtproto::destroy_session_ok done;
    done.session_id = session;
    send_service(tl::serialize(done), now);
  } else {
    mtproto::destroy_session_none none;
    none.session_id = session;
    send_service(tl::serialize(none), now);
  }
}

}  // namespace mtfetch::testing
