// SPDX-License-Identifier: BSL-1.0
// How client_session mends what went wrong: complaints of the server, doubts about what it
// received.
#include <mtfetch/mtproto_types.hpp>
#include <utility>

#include "mtproto/session/client_session.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::session {

namespace {

// What waits for a server that asks, or complains, and never reads.
constexpr std::size_t most_errands = 4096;
// Complaints in a row with nothing else between them: the server will not be content with us.
constexpr int most_complaints = 64;

}  // namespace

std::error_code client_session::take_complaint(const incoming& message) {
  mtproto::bad_server_salt complaint;
  if (tl::reader(message.body).u32() == mtproto::bad_server_salt::tl_id) {
    auto read = tl::parse<mtproto::bad_server_salt>(message.body);
    if (!read) return read.error();
    complaint = *read;
  } else {
    const auto read = tl::parse<mtproto::bad_msg_notification>(message.body);
    if (!read) return read.error();
    complaint.bad_msg_id = read->bad_msg_id;
    complaint.error_code = read->error_code;
    complaint.new_server_salt = salts_.current();
  }
  // Anybody could otherwise make us change our time and salt with an old packet.
  if (!was_sent(complaint.bad_msg_id)) return {};
  if (++complaints_ > most_complaints) return protocol_errc::bad_message;
  strays_ = 0;

  const remedy what = remedy_for(complaint.error_code);
  // It names a message of ours, so it is an answer of now, whatever our clock says.
  const bool wrong_time = what == remedy::fix_time || what == remedy::fix_time_and_session;
  if (wrong_time || message.trust != belief::all) clock_.set(message.id, message.now);
  if (what == remedy::fix_time_and_session) clock_.restart_ids();
  reset_wanted_ =
      reset_wanted_ || what == remedy::fix_time_and_session || what == remedy::new_session;
  if (what == remedy::take_salt) use_salt(complaint.new_server_salt);
  repeat_refused(complaint.bad_msg_id, what, message.now);
  return {};
}

bool client_session::was_sent(std::int64_t message_id) {
  bool sent = sent_.find(message_id) != nullptr;
  sent_.each([&](const sent_requests::entry& each) {
    sent = sent || (message_id != 0 && each.container == message_id);
  });
  services_.each_named(message_id, [&](const sent_services::entry&) { sent = true; });
  return sent;
}

// The message with this id was refused, and with a container all that was in it.
void client_session::repeat_refused(std::int64_t message_id, remedy what, instant now) {
  affected_.clear();
  sent_.each([&](const sent_requests::entry& each) {
    if (each.message_id == message_id || each.container == message_id) {
      affected_.push_back(each.request);
    }
  });
  for (const request_id id : affected_) {
    request& refused = *requests_.find(id);
    if (++refused.refusals > config_.refusals) {
      give_up(id, protocol_errc::bad_message);
    } else if (what == remedy::ask) {
      if (refused.state != progress::queued) doubt(refused);
    } else {
      refused.options.alone = refused.options.alone || what == remedy::without_container;
      send_again(id, resend::anew);
    }
  }
  services_.each_named(message_id, [&](const sent_services::entry& each) {
    switch (each.kind) {
      case service::acks:
        acks_.refused(each.message_id, now.mono);
        break;
      case service::ping:
        liveness_.ping_again();
        break;
      case service::future_salts:
        salts_asked_.reset();
        break;
      case service::question:
        ask_again(questions_.take(each.message_id));
        break;
      case service::drop_answer:
      case service::resend:
      case service::end_session:
      case service::end_key:
        owe(each.kind, each.about);
        break;
      case service::state_info:  // the server will ask again
      case service::http_wait:   // the next one follows its answer
        break;
    }
  });
  // Refused once is refused: what it held waits under new ids, and another complaint says no more.
  services_.forget(message_id);
}

// Something to be told to the server; false when too much waits already.
bool client_session::owe(service kind, std::int64_t about, bytes info) {
  if (errands_.size() >= most_errands) return false;
  errands_.push({kind, about, std::move(info)});
  return true;
}

// The server begins with this message: whatever it was sent before, it knows nothing of.
void client_session::repeat_forgotten(std::int64_t first_id) {
  affected_.clear();
  sent_.each([&](const sent_requests::entry& each) {
    if (each.message_id < first_id && each.container != first_id) affected_.push_back(each.request);
  });
  for (const request_id id : affected_) {
    if (requests_.find(id)->options.repeatable == repeat::allowed) {
      send_again(id, resend::anew);
    } else {
      // Perhaps it was run before the server forgot; perhaps it never arrived. Only one of the two
      // may be tried again, and nobody can say which it is: neither when it was to go out
      // unchanged, for the server that never received it is not the one that may have run it.
      give_up(id, transport_errc::closed);
    }
  }
}

std::error_code client_session::take_state_info(const incoming& message) {
  const auto told = tl::parse<mtproto::msgs_state_info>(message.body, message.owner);
  if (!told) return told.error();
  const auto asked = questions_.take(told->req_msg_id);
  if (!asked && services_.was_sent(told->req_msg_id, service::resend)) {
    // An announced answer is gone. Which request it was for is not worth remembering: one question
    // tells of all.
    sent_.each([&](const sent_requests::entry& each) {
      request& waiting = *requests_.find(each.request);
      if (waiting.state == progress::sent) doubt(waiting);
    });
  }
  if (!asked) return {};
  const byte_view info = told->info;
  if (info.size() != asked->size()) {
    ask_again(asked);
    return protocol_errc::bad_message;
  }
  std::vector<std::int64_t> received;
  for (std::size_t i = 0; i < info.size(); ++i) {
    if (settle((*asked)[i], info[i])) received.push_back((*asked)[i]);
  }
  if (!received.empty()) questions_.put_off(std::move(received), message.now.mono);
  return {};
}

// Told unasked. Only what is new in it counts: a message that was not received after all.
std::error_code client_session::take_all_info(const incoming& message) {
  const auto told = tl::parse<mtproto::msgs_all_info>(message.body, message.owner);
  if (!told) return told.error();
  const byte_view info = told->info;
  if (info.size() != told->msg_ids.size()) return protocol_errc::bad_message;
  for (std::size_t i = 0; i < info.size(); ++i) {
    const sent_requests::entry* entry = sent_.find(told->msg_ids[i]);
    if (entry == nullptr || (info[i] & 4) != 0) continue;
    request& missed = *requests_.find(entry->request);
    if (missed.state == progress::sent) doubt(missed);
  }
  return {};
}

// The answer for one message that was asked about; the low three bits say whether it was received.
// True: its own answer is waited for, and it is asked about again later.
// https://core.telegram.org/mtproto/service_messages_about_messages
bool client_session::settle(std::int64_t message_id, std::uint8_t status) {
  const sent_requests::entry* entry = sent_.find(message_id);
  if (entry == nullptr) return false;
  const request_id id = entry->request;
  const request& asked = *requests_.find(id);
  if (asked.state != progress::asked) return false;
  const bool repeatable = asked.options.repeatable == repeat::allowed;
  switch (status & 7) {
    case 4:
      return true;  // the answer comes, or is offered
    case 2:
    case 3:
      // Not received so far: a copy may still be under way from the old connection. Under its old
      // id the server runs it once, whichever comes first.
      send_again(id, repeatable ? resend::anew : resend::unchanged);
      return false;
    default:
      if (repeatable) {
        send_again(id, resend::anew);
      } else {
        give_up(id, transport_errc::closed);
      }
      return false;
  }
}

void client_session::doubt(request& unsettled) {
  unsettled.state = progress::doubtful;
  to_ask_.push(unsettled.message_id);
}

void client_session::ask_again(const std::optional<std::vector<std::int64_t>>& about) {
  if (!about) return;
  for (const std::int64_t message_id : *about) {
    const sent_requests::entry* entry = sent_.find(message_id);
    if (entry == nullptr) continue;
    request& unsettled = *requests_.find(entry->request);
    if (unsettled.state == progress::asked) doubt(unsettled);
  }
}

void client_session::use_salt(std::int64_t salt) {
  if (salts_.replace(salt)) events_.push(salts_changed{salt});
}

// A new session id; message ids of the old one mean nothing in it. What the server refused is sent
// again; so is what may be repeated. The rest may have been run: its answer is lost with the
// session. (None of it is there when a connection begins with a wrong time: see heard_.)
void client_session::reset_session() {
  affected_.clear();
  sent_.each([&](const sent_requests::entry& each) { affected_.push_back(each.request); });
  for (const request_id id : affected_) {
    const request& open = *requests_.find(id);
    if (open.state == progress::queued || open.options.repeatable == repeat::allowed) {
      send_again(id, resend::anew);
    } else {
      give_up(id, transport_errc::closed);
    }
  }
  previous_session_ = session_id_;
  draw_session_id();
  created_unique_id_ = 0;
  sequence_ = {};
  seen_.clear();
  acks_.clear();
  services_.clear();
  errands_.clear();
  states_waiting_ = 0;
  to_ask_.clear();
  questions_.clear();
  salts_asked_.reset();
  destroy_session(previous_session_);
}

}  // namespace mtfetch::session
