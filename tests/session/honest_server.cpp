// SPDX-License-Identifier: BSL-1.0
#include "tests/session/honest_server.hpp"

#include <algorithm>
#include <mtfetch/mtproto_types.hpp>

namespace mtfetch::session::testing {

std::vector<bytes> honest_server::receive(tl::packet_buffer& packet, instant now) {
  const std::vector<wire_message> messages = wire_.open(packet);
  current_ = wire_.session_id;
  wire_.salt = salt;
  out_.clear();
  const wire_message& first = messages.front();
  if (wire_.salt_seen != salt) {
    mtproto::bad_server_salt complaint;
    complaint.bad_msg_id = first.container != 0 ? first.container : first.id;
    complaint.error_code = 48;
    complaint.new_server_salt = salt;
    return {wire_.seal(wire_.make(tl::serialize(complaint), content::unrelated, now))};
  }
  state& session = sessions_[current_];
  if (session.first == 0) {
    session.first = std::ranges::min_element(messages, {}, &wire_message::id)->id;
    mtproto::new_session_created created;
    created.unique_id = ++unique_;
    created.server_salt = salt;
    created.first_msg_id = session.first;
    const wire_message told = wire_.make(tl::serialize(created), content::related, now);
    session.unacknowledged[told.id] = told;
    out_.push_back(told);
  }
  for (const wire_message& each : messages) take(session, each, now);
  std::vector<bytes> packets;
  for (const wire_message& each : out_) packets.push_back(wire_.seal(each));
  return packets;
}

void honest_server::take(state& session, const wire_message& message, instant now) {
  const bool again = session.seen.record(message.id) != seen_ids::verdict::fresh;
  if (again) return;  // its answer is kept and was or will be sent
  const auto say = [&](const auto& object) {
    out_.push_back(wire_.make(tl::serialize(object), content::unrelated, now));
  };
  switch (message.constructor()) {
    case ask_id: {
      const std::int32_t number = number_in(message.body);
      ++runs[number];
      const wire_message result = wire_.result(message.id, reply(number), now);
      session.unacknowledged[result.id] = result;
      out_.push_back(result);
      return;
    }
    case mtproto::msgs_ack::tl_id:
      for (const std::int64_t id : message.as<mtproto::msgs_ack>().msg_ids) {
        session.unacknowledged.erase(id);
      }
      return;
    case mtproto::ping_delay_disconnect::tl_id: {
      mtproto::pong pong;
      pong.msg_id = message.id;
      pong.ping_id = message.as<mtproto::ping_delay_disconnect>().ping_id;
      return say(pong);
    }
    case mtproto::msgs_state_req::tl_id: {
      mtproto::msgs_state_info info;
      info.req_msg_id = message.id;
      bytes states;
      for (const std::int64_t id : message.as<mtproto::msgs_state_req>().msg_ids) {
        const bool had = session.seen.check(id) == seen_ids::verdict::seen;
        states.push_back(had ? 4 : id < session.first ? 1 : 2);
      }
      info.info = shared_bytes(std::move(states));
      return say(info);
    }
    default:
      return;
  }
}

std::vector<bytes> honest_server::connected(instant now) {
  std::vector<bytes> packets;
  for (const auto& [id, message] : sessions_[current_].unacknowledged) {
    packets.push_back(wire_.seal({message}, now));
  }
  return packets;
}

void honest_server::forget() {
  sessions_.clear();
}

}  // namespace mtfetch::session::testing
