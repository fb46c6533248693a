// SPDX-License-Identifier: BSL-1.0
// What client_session sends, and what it puts together in one packet.
#include <algorithm>
#include <cassert>

#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/client_session.hpp"
#include "mtproto/session/container.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::session {

namespace {

// Padding of up to 15 blocks more than needed hides the size of small requests.
constexpr std::size_t extra_blocks = 15;
// The server takes ids up to 300 s old. One sent again unchanged arrives a little later; and a copy
// of it still under way is refused for sure only some time after that.
constexpr std::chrono::seconds unchanged_for{250};
constexpr std::chrono::seconds surely_too_old{330};
// How long the answer to get_future_salts is waited for before it is asked again.
constexpr std::chrono::seconds salts_again{60};

}  // namespace

bool client_session::poll_transmit(tl::packet_buffer& out, instant now) {
  if (!connected_) return false;
  plan(now);
  if (plan_.empty()) return false;
  write_plan(out, now);
  return true;
}

bool client_session::poll_http_wait(tl::packet_buffer& out, instant now) {
  // What goes first goes alone, without an http_wait: were its answer to come by this connection,
  // its own would be held.
  if (!connected_ || first_) return false;
  plan_.clear();
  plan_.push_back({false, {}, service::http_wait, config_.http_max_wait.count()});
  if (!acks_.empty()) plan_.push_back({false, {}, service::acks, 0});
  write_plan(out, now);
  return true;
}

void client_session::write_plan(tl::packet_buffer& out, instant now) {
  if (clock_.trusted() && salts_.advance(clock_.server_seconds(now))) {
    events_.push(salts_changed{salts_.current()});
  }
  const auto unchanged = [&](const planned& each) {
    return each.is_request && requests_.find(each.request)->unchanged;
  };
  // A message that is sent again under its old id may not travel alone.
  const bool contained = plan_.size() > 1 || unchanged(plan_.front());
  plan_ids_.clear();
  for (const planned& each : plan_) {
    const bool old = unchanged(each);
    plan_ids_.push_back(old ? requests_.find(each.request)->message_id : clock_.next_id(now));
  }
  const std::int64_t container = contained ? clock_.next_id(now) : 0;
  envelope head{salts_.current(), session_id_, contained ? container : plan_ids_.front(), 0};

  begin_packet(out);
  std::optional<container_writer> inner;
  if (contained) inner.emplace(out);
  const auto put = [&](std::int64_t id, std::int32_t seqno, byte_view body) {
    if (inner) {
      inner->add(id, seqno, body);
    } else {
      head.seqno = seqno;
      out.append_bytes(body);
    }
  };
  for (std::size_t i = 0; i < plan_.size(); ++i) {
    const std::int64_t id = plan_ids_[i];
    if (!plan_[i].is_request) {
      write_service(plan_[i], id, now);
      services_.add({id, container, plan_[i].about, plan_[i].kind});
      put(id, sequence_.next(content::unrelated), service_body_);
      continue;
    }
    request& next = *requests_.find(plan_[i].request);
    next.planned = false;
    if (!awaits_answer()) liveness_.begin_waiting(now.mono);
    if (next.unchanged) {
      sent_.find(id)->container = container;
    } else {
      next.message_id = id;
      next.seqno = sequence_.next(content::related);
      sent_.add(id, container, plan_[i].request);
    }
    put(id, next.seqno, body_of(next, id));
    next.unchanged = false;
    next.state = progress::sent;
    if (first_ == plan_[i].request) first_due_ = now.mono + config_.first_timeout;
  }
  if (inner) {
    inner->finish();
    head.seqno = sequence_.next(content::unrelated);
  }
  seal_packet(out, head, key_, crypto::side::client, random_, extra_blocks);
}

void client_session::plan(instant now) {
  plan_.clear();
  if (plan_requests(now)) return;
  plan_services(now);
  // Else the server would hold its answer, and with it the next request, for up to 25 s.
  if (delivery_ == delivery::as_answers && !plan_.empty()) {
    plan_.push_back({false, {}, service::http_wait, 0});
  }
}

// True when the packet is to hold nothing else.
bool client_session::plan_requests(instant now) {
  if (first_) {
    request* first = requests_.find(*first_);
    if (first == nullptr || first->state != progress::queued) return false;
    plan_.push_back({true, *first_, {}, 0});
    return true;
  }
  affected_.clear();
  const bool alone = take_from_queue(now);
  queue_.put_back(affected_);  // those wait for a later packet, in their places
  return alone;
}

bool client_session::take_from_queue(instant now) {
  // Room for the service messages of every kind but errands.
  constexpr std::size_t services_room = 5;
  std::size_t size = 0;
  while (!queue_.empty() && plan_.size() + services_room < config_.container_messages) {
    const request_id id = queue_.front();
    request* next = requests_.find(id);
    if (next == nullptr) {  // cancelled, or answered after all
      queue_.pop();
      continue;
    }
    if (std::ranges::any_of(next->after, [&](request_id each) { return has_failed(each); })) {
      queue_.pop();
      events_.push(failure{id, rpc_failure::parse(400, "MSG_WAIT_FAILED")});
      note_failure(id);
      finish(id);
      continue;
    }
    if (!may_go(*next)) {
      affected_.push_back(queue_.pop());
      continue;
    }
    const auto age = clock_.server_time(now) - tl::exact_unix_time_of(next->message_id);
    if (next->unchanged && age > surely_too_old) {
      send_again(id, resend::anew);  // the first copy cannot be run any more
    } else if (next->unchanged && age > unchanged_for) {
      affected_.push_back(queue_.pop());
      continue;
    }
    const std::size_t wire_size = inner_head + next->body.size() + 8 * next->after.size();
    const bool alone = next->options.alone || wire_size > config_.container_bytes;
    if (!plan_.empty() && (alone || size + wire_size > config_.container_bytes)) return false;
    plan_.push_back({true, id, {}, 0});
    next->planned = true;
    queue_.pop();
    size += wire_size;
    if (!alone) continue;
    // Over HTTP its answer must not be held either.
    const bool held = delivery_ == delivery::as_answers && !next->options.alone;
    if (held) plan_.push_back({false, {}, service::http_wait, 0});
    return true;
  }
  return false;
}

// Whether the server surely knows the key, where that matters, and those it comes after have their
// ids, so that it can name them.
bool client_session::may_go(const request& next) {
  if (!heard_ && next.options.repeatable == repeat::never) return false;
  return std::ranges::none_of(next.after, [&](request_id each) {
    const request* earlier = requests_.find(each);
    if (earlier == nullptr) return false;
    return next.held || (earlier->state == progress::queued && !earlier->planned);
  });
}

// https://core.telegram.org/method/invokeAfterMsg
bytes client_session::wrapper_of(const request& next) {
  constexpr std::uint32_t invoke_after_msg = 0xcb9f372d;
  constexpr std::uint32_t invoke_after_msgs = 0x3dc4b4f0;
  std::vector<std::int64_t> ids;
  for (const request_id each : next.after) {
    if (const request* earlier = requests_.find(each)) ids.push_back(earlier->message_id);
  }
  bytes made;
  tl::writer out(made);
  if (ids.size() == 1) {
    out.u32(invoke_after_msg);
    out.i64(ids.front());
  } else if (!ids.empty()) {
    out.u32(invoke_after_msgs);
    out.u32(tl::vector_id);
    out.i32(static_cast<std::int32_t>(ids.size()));
    for (const std::int64_t id : ids) out.i64(id);
  }
  return made;
}

// What is sent of a request; what goes out unchanged goes with the same wrapper.
byte_view client_session::body_of(request& next, std::int64_t message_id) {
  if (!next.unchanged) {
    if (next.make) next.body = next.make(message_id, session_id_);
    if (!next.after.empty()) next.prefix = wrapper_of(next);
  }
  if (next.prefix.empty()) return next.body;
  wrapped_body_.assign(next.prefix.begin(), next.prefix.end());
  wrapped_body_.insert(wrapped_body_.end(), next.body.begin(), next.body.end());
  return wrapped_body_;
}

void client_session::plan_services(instant now) {
  const auto add = [&](service kind, std::int64_t about = 0) {
    plan_.push_back({false, {}, kind, about});
  };
  if (liveness_.ping_due(now.mono, awaits_answer())) add(service::ping);
  if (question_waits()) add(service::question);
  const bool goes_out = !plan_.empty() || !errands_.empty();
  // Over HTTP they need no packet of their own: one that waits for messages takes them along.
  const bool due = delivery_ == delivery::any_time && acks_.due(now.mono);
  if (due || (goes_out && !acks_.empty())) add(service::acks);
  if (plan_.empty() && errands_.empty()) return;
  const bool salts_due = !salts_asked_ || now.mono >= *salts_asked_ + salts_again;
  if (config_.future_salts > 0 && salts_due && salts_.wants_more(clock_.server_seconds(now))) {
    add(service::future_salts);
  }
  for (std::size_t i = 0; i < errands_.size() && plan_.size() < config_.container_messages; ++i) {
    add(errands_[i].kind, errands_[i].about);
  }
}

bool client_session::question_waits() {
  while (!to_ask_.empty()) {
    const sent_requests::entry* entry = sent_.find(to_ask_.front());
    if (entry != nullptr && requests_.find(entry->request)->state == progress::doubtful) break;
    to_ask_.pop();
  }
  return !to_ask_.empty();
}

void client_session::write_service(const planned& what, std::int64_t message_id, instant now) {
  service_body_.clear();
  tl::writer out(service_body_);
  switch (what.kind) {
    case service::acks:
      acks_.write(service_body_, message_id);
      return;
    case service::ping: {
      mtproto::ping_delay_disconnect ping;
      ping.ping_id = message_id;
      ping.disconnect_delay = static_cast<std::int32_t>(config_.disconnect_delay.count());
      tl::write_boxed(out, ping);
      liveness_.pinged(now.mono);
      return;
    }
    case service::future_salts: {
      mtproto::get_future_salts ask;
      ask.num = config_.future_salts;
      tl::write_boxed(out, ask);
      salts_asked_ = now.mono;
      return;
    }
    case service::question: {
      mtproto::msgs_state_req ask;
      while (question_waits() && ask.msg_ids.size() < state_questions::most_ids) {
        const std::int64_t asked_about = to_ask_.pop();
        requests_.find(sent_.find(asked_about)->request)->state = progress::asked;
        ask.msg_ids.push_back(asked_about);
      }
      tl::write_boxed(out, ask);
      questions_.add(message_id, std::move(ask.msg_ids), now.mono);
      return;
    }
    case service::http_wait: {
      mtproto::http_wait wait;  // all zero: the answer comes at once
      if (what.about != 0) {
        wait.max_delay = static_cast<std::int32_t>(config_.http_max_delay.count());
        wait.wait_after = static_cast<std::int32_t>(config_.http_wait_after.count());
        wait.max_wait = static_cast<std::int32_t>(what.about);
      }
      tl::write_boxed(out, wait);
      return;
    }
    case service::drop_answer: {
      mtproto::rpc_drop_answer drop;
      drop.req_msg_id = errands_.pop().about;
      tl::write_boxed(out, drop);
      return;
    }
    case service::resend: {
      mtproto::msg_resend_req ask;
      ask.msg_ids.push_back(errands_.pop().about);
      tl::write_boxed(out, ask);
      return;
    }
    case service::end_session: {
      mtproto::destroy_session end;
      end.session_id = errands_.pop().about;
      tl::write_boxed(out, end);
      return;
    }
    case service::end_key:
      errands_.pop();
      tl::write_boxed(out, mtproto::destroy_auth_key());
      return;
    case service::state_info: {
      errand told = errands_.pop();
      states_waiting_ -= told.info.size();
      mtproto::msgs_state_info info;
      info.req_msg_id = told.about;
      info.info = shared_bytes(std::move(told.info));
      tl::write_boxed(out, info);
      return;
    }
  }
}

}  // namespace mtfetch::session
