// SPDX-License-Identifier: BSL-1.0
// What client_session makes of each message that the server sends.
#include <algorithm>
#include <array>
#include <mtfetch/mtproto_types.hpp>
#include <utility>

#include "mtproto/session/client_session.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::session {

namespace {

// Packets in a row that say nothing we believe: then the clocks are to be set anew.
constexpr int most_strays = 64;
// https://core.telegram.org/mtproto/service_messages_about_messages
constexpr std::size_t most_asked_ids = 8192;
// What waits to be told to a server that asks and never reads, in bytes of states.
constexpr std::size_t most_states = 4 * most_asked_ids;

std::uint32_t constructor_of(byte_view body) {
  return tl::reader(body).u32();
}

// What msgs_state_info says of one message.
enum state_byte : std::uint8_t { forgotten = 1, not_received = 2, not_yet = 3, received = 4 };

}  // namespace

std::error_code client_session::receive(byte_span packet, const std::shared_ptr<const void>& owner,
                                        instant now) {
  if (!connected_) return transport_errc::closed;
  const byte_span sealed = to_open(packet);
  if (sealed.empty()) return security_errc::bad_packet;
  if (const std::error_code bad = crypto::open(sealed, key_, crypto::side::server)) return bad;
  return receive_opened(sealed, owner, now);
}

std::error_code client_session::receive_opened(byte_view packet,
                                               const std::shared_ptr<const void>& owner,
                                               instant now) {
  if (!connected_) return transport_errc::closed;
  const std::array<std::int64_t, 2> sessions{session_id_, previous_session_};
  const auto opened = read_plaintext(packet.subspan(crypto::packet_head),
                                     std::span(sessions).first(previous_session_ == 0 ? 1 : 2));
  if (!opened) return opened.error();
  liveness_.heard(now.mono);
  const envelope& head = opened->head;
  // What was on its way when the session was changed is of no use any more.
  if (head.session_id != session_id_) return {};
  if (!tl::is_from_server(head.message_id)) return security_errc::bad_packet;

  belief trust = belief::all;
  clock_.note_sleep(now);
  const server_clock::age age = clock_.age_of(head.message_id, now);
  if (age == server_clock::age::too_old ||
      (age == server_clock::age::too_new && clock_.trusted())) {
    trust = clock_.trusted() ? belief::complaints : belief::beginnings;
  }
  const bool fresh = seen_.check(head.message_id) == seen_ids::verdict::fresh;
  if (trust == belief::all && fresh) {
    strays_ = 0;
  } else if (++strays_ > most_strays) {
    return trust == belief::all ? security_errc::replayed_message : security_errc::stale_message;
  }

  const incoming message{head.message_id, head.seqno, opened->body, owner, now,
                         trust,           false,      false};
  inflate_left_ = config_.gzip_bytes;
  const std::error_code bad = take_message(message);
  if (!bad && trust == belief::all) {
    clock_.observe(head.message_id, now);
    clock_.trust();
    heard_ = heard_ || fresh;
  }
  if (std::exchange(reset_wanted_, false)) reset_session();
  if (clock_.moved(now)) events_.push(time_changed{clock_.offset()});
  return bad;
}

std::error_code client_session::take_message(const incoming& message) {
  if (!tl::is_from_server(message.id)) return security_errc::bad_packet;
  if (!believes(message)) return {};
  switch (seen_.check(message.id)) {
    case seen_ids::verdict::fresh:
      break;
    case seen_ids::verdict::seen:
      // The server sends again what it thinks we have not: it missed the acknowledgement.
      acknowledge(message);
      return {};
    case seen_ids::verdict::too_old:
      return {};
  }
  if (const std::error_code bad = take_object(message)) return bad;
  seen_.record(message.id);
  acknowledge(message);
  return {};
}

bool client_session::believes(const incoming& message) {
  if (message.trust == belief::all) return true;
  switch (constructor_of(message.body)) {
    case container_id:
    case mtproto::bad_msg_notification::tl_id:
    case mtproto::bad_server_salt::tl_id:
      return true;
    case mtproto::new_session_created::tl_id:
      return message.trust == belief::beginnings;
    default:
      return false;
  }
}

void client_session::acknowledge(const incoming& message) {
  if (is_content_related(message.seqno)) acks_.add(message.id, message.now.mono);
}

std::error_code client_session::take_object(const incoming& message) {
  const std::uint32_t constructor = constructor_of(message.body);
  if (constructor != mtproto::bad_msg_notification::tl_id &&
      constructor != mtproto::bad_server_salt::tl_id && constructor != container_id) {
    complaints_ = 0;
  }
  switch (constructor) {
    case mtproto::rpc_result::tl_id:
      return take_result(message);
    case container_id:
      return take_container(message);
    case mtproto::gzip_packed::tl_id:
      return take_packed(message);
    case mtproto::bad_msg_notification::tl_id:
    case mtproto::bad_server_salt::tl_id:
      return take_complaint(message);
    case mtproto::new_session_created::tl_id:
      return take_session_created(message);
    case mtproto::msgs_state_info::tl_id:
      return take_state_info(message);
    case mtproto::msgs_all_info::tl_id:
      return take_all_info(message);
    case mtproto::msg_detailed_info::tl_id:
    case mtproto::msg_new_detailed_info::tl_id:
      return take_detailed_info(message);
    case mtproto::msgs_state_req::tl_id:
    case mtproto::msg_resend_req::tl_id:
      return take_question(message);
    case mtproto::future_salts::tl_id:
      return take_salts(message);
    // That something came is all that a pong says. What was acknowledged is not forgotten: its
    // answer is what counts. The others answer what was asked for its effect.
    case mtproto::pong::tl_id:
    case mtproto::msgs_ack::tl_id:
    case mtproto::destroy_session_ok::tl_id:
    case mtproto::destroy_session_none::tl_id:
      return {};
    case mtproto::destroy_auth_key_ok::tl_id:
    case mtproto::destroy_auth_key_none::tl_id:
      events_.push(key_destroyed{true});
      return {};
    case mtproto::destroy_auth_key_fail::tl_id:
      events_.push(key_destroyed{false});
      return {};
    default:
      events_.push(update{slice(message, message.body)});
      return {};
  }
}

std::error_code client_session::take_container(const incoming& container) {
  if (container.in_container) return protocol_errc::bad_message;
  container_reader messages(container.body);
  while (const auto each = messages.next()) {
    // The window of time is held to the container's id, so no message in it may be newer.
    // https://core.telegram.org/mtproto/service_messages#containers
    if (each->message_id > container.id) return security_errc::bad_packet;
    const incoming inner{each->message_id, each->seqno,     each->body, container.owner,
                         container.now,    container.trust, true,       container.unpacked};
    if (const std::error_code bad = take_message(inner)) return bad;
  }
  return messages.error();
}

std::error_code client_session::take_packed(const incoming& packed) {
  if (packed.unpacked) return protocol_errc::bad_message;
  const auto body = unpack(packed.body);
  if (!body) return body.error();
  return take_object({packed.id, packed.seqno, body->view(), body->owner(), packed.now,
                      packed.trust, packed.in_container, true});
}

// A gzip_packed undone, within what is left for this packet: a container can hold a hundred bombs.
result<shared_bytes> client_session::unpack(byte_view boxed) {
  tl::reader in(boxed);
  in.u32();
  const byte_view packed = in.bytes_view();
  if (in.error()) return in.error();
  auto body = tl::gunzip(packed, inflate_left_);
  if (!body) return body.error();
  inflate_left_ -= body->size();
  if (body->size() < 4) return protocol_errc::truncated;
  return shared_bytes(std::move(*body));
}

std::error_code client_session::take_result(const incoming& message) {
  tl::reader in(message.body);
  in.u32();
  const std::int64_t answered = in.i64();
  const sent_requests::entry* entry = sent_.find(answered);
  const std::uint32_t constructor = in.peek_u32();
  if (in.error()) return in.error();
  if (services_.was_sent(answered, service::drop_answer)) return take_drop_answer(in.rest());
  // An answer to nothing that waits: cancelled, answered before, or never asked.
  if (entry == nullptr) return {};
  const request_id id = entry->request;
  const byte_view rest = in.rest();

  shared_bytes body;
  std::error_code bad;
  if (constructor != mtproto::gzip_packed::tl_id) {
    body = slice(message, rest);
  } else if (message.unpacked) {
    bad = protocol_errc::bad_message;
  } else if (auto unpacked = unpack(rest)) {
    body = std::move(*unpacked);
  } else {
    bad = unpacked.error();
  }
  if (!bad && constructor_of(body) == mtproto::rpc_error::tl_id) {
    tl::reader error(body);
    error.u32();
    const std::int32_t code = error.i32();
    const byte_view text = error.bytes_view();
    bad = error.error();
    if (!bad) {
      auto why = rpc_failure::parse(code, as_text(text));
      if (wait_again(id, why)) return {};
      note_failure(id);
      events_.push(failure{id, std::move(why)});
    }
  } else if (!bad) {
    if (first_ == id) first_.reset();
    events_.push(answer{id, std::move(body)});
  }
  if (bad) {
    // Asked again, the server would only send the same.
    give_up(id, bad);
    return bad;
  }
  finish(id);
  return {};
}

// The server would not wait for what a request comes after: it is sent again when that has ended,
// unless that failed.
bool client_session::wait_again(request_id id, const rpc_failure& why) {
  if (!why.is("MSG_WAIT_FAILED") && !why.is("MSG_WAIT_TIMEOUT")) return false;
  request& later = *requests_.find(id);
  const bool named = !later.prefix.empty();
  const bool hopeless =
      std::ranges::any_of(later.after, [&](request_id each) { return has_failed(each); });
  if (!named || hopeless) return false;
  later.held = true;
  later.prefix.clear();
  send_again(id, resend::anew);
  return true;
}

// https://core.telegram.org/mtproto/service_messages#cancellation-of-an-rpc-query
std::error_code client_session::take_drop_answer(byte_view result) {
  switch (constructor_of(result)) {
    case mtproto::rpc_answer_unknown::tl_id:
      events_.push(answer_dropped{answer_dropped::was::unknown});
      return {};
    case mtproto::rpc_answer_dropped_running::tl_id:
      events_.push(answer_dropped{answer_dropped::was::running});
      return {};
    case mtproto::rpc_answer_dropped::tl_id: {
      const auto told = tl::parse<mtproto::rpc_answer_dropped>(result);
      if (!told) return told.error();
      events_.push(answer_dropped{answer_dropped::was::answered});
      return {};
    }
    default:
      return {};  // an rpc_error: there was nothing to drop
  }
}

std::error_code client_session::take_session_created(const incoming& message) {
  const auto created = tl::parse<mtproto::new_session_created>(message.body);
  if (!created) return created.error();
  if (created->unique_id == created_unique_id_) return {};
  created_unique_id_ = created->unique_id;
  strays_ = 0;
  if (message.trust != belief::all) clock_.set(message.id, message.now);
  use_salt(created->server_salt);
  repeat_forgotten(created->first_msg_id);
  events_.push(session_created{created->unique_id, created->server_salt, created->first_msg_id});
  return {};
}

std::error_code client_session::take_salts(const incoming& message) {
  const auto told = tl::parse<mtproto::future_salts>(message.body);
  if (!told) return told.error();
  if (!services_.was_sent(told->req_msg_id, service::future_salts)) return {};
  std::vector<dated_salt> future;
  for (const auto& each : told->salts) {
    future.push_back({std::chrono::seconds(each.valid_since),
                      std::chrono::seconds(each.valid_until), each.salt});
  }
  salts_.foretell(std::move(future), clock_.server_seconds(message.now));
  return {};
}

// The server holds an answer that it did not send, because it is long or was sent before.
std::error_code client_session::take_detailed_info(const incoming& message) {
  std::int64_t answer_id = 0;
  bool wanted = true;
  if (constructor_of(message.body) == mtproto::msg_detailed_info::tl_id) {
    const auto info = tl::parse<mtproto::msg_detailed_info>(message.body);
    if (!info) return info.error();
    answer_id = info->answer_msg_id;
    wanted = sent_.find(info->msg_id) != nullptr;
  } else {
    const auto info = tl::parse<mtproto::msg_new_detailed_info>(message.body);
    if (!info) return info.error();
    answer_id = info->answer_msg_id;
  }
  const seen_ids::verdict had = seen_.check(answer_id);
  if (wanted && had == seen_ids::verdict::fresh) {
    owe(service::resend, answer_id);  // if not now, it is announced on the next connection again
  } else if (!wanted || had == seen_ids::verdict::seen) {
    acks_.add(answer_id, message.now.mono);
  }
  return {};
}

// msgs_state_req asks what we know of the server's messages, msg_resend_req wants ours again.
std::error_code client_session::take_question(const incoming& message) {
  tl::reader in(message.body);
  const bool resend_wanted = in.u32() == mtproto::msg_resend_req::tl_id;
  if (in.u32() != tl::vector_id) return protocol_errc::wrong_constructor;
  const std::size_t count = in.count(8);
  if (in.error() || count > most_asked_ids) return protocol_errc::bad_length;
  bytes info(count);
  bool all_there = true;
  for (std::uint8_t& state : info) {
    const std::int64_t id = in.i64();
    if (resend_wanted) {
      const sent_requests::entry* entry = sent_.find(id);
      state = entry != nullptr ? received : forgotten;
      if (entry != nullptr) send_again(entry->request, resend::unchanged);
      all_there = all_there && entry != nullptr;
    } else if (id > seen_.highest()) {
      state = not_yet;
    } else {
      const seen_ids::verdict verdict = seen_.check(id);
      state = verdict == seen_ids::verdict::seen    ? received
              : verdict == seen_ids::verdict::fresh ? not_received
                                                    : forgotten;
    }
  }
  if (resend_wanted && all_there) return {};
  // What is not said the server will ask again.
  if (states_waiting_ + count > most_states) return {};
  if (owe(service::state_info, message.id, std::move(info))) states_waiting_ += count;
  return {};
}

// A part of the message that keeps the packet alive; a copy where the packet has no owner.
shared_bytes client_session::slice(const incoming& message, byte_view part) {
  return message.owner ? shared_bytes(message.owner, part) : shared_bytes::copy(part);
}

}  // namespace mtfetch::session
