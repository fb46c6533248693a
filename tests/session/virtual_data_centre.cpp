// SPDX-License-Identifier: BSL-1.0
#include "tests/session/virtual_data_centre.hpp"

#include <algorithm>
#include <utility>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/testing/protocol/bind_temp_key.hpp"
#include "mtproto/testing/protocol/message_rules.hpp"
#include "mtproto/testing/protocol/server_clock.hpp"

namespace mtfetch::session::testing {

namespace dc = mtfetch::testing;

virtual_data_centre::virtual_data_centre()
    : random_(seeded_random(77)), rsa_(crypto::rsa_private_key::generate()) {}

virtual_data_centre::line& virtual_data_centre::at(int connection) {
  line& found = connections_[connection];
  if (!found.exchange) {
    handshake::server_options options;
    options.keys = {rsa_};
    found.exchange = std::make_unique<handshake::server>(std::move(options), random_);
  }
  return found;
}

std::size_t virtual_data_centre::temporary_keys() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      keys_.all(), [](const auto& each) { return each.second->is_temporary(); }));
}

std::vector<virtual_data_centre::sent_packet> virtual_data_centre::receive(int connection,
                                                                           bytes packet,
                                                                           instant now) {
  line& from = at(connection);
  if (handshake::is_plain(packet)) {
    auto reply = from.exchange->receive(packet, now);
    if (reply.key) {
      dc::salt_schedule salts(reply.key->server_salt, dc::unix_time(now), random_);
      auto key = std::make_shared<dc::server_key>(std::move(reply.key->key), std::move(salts));
      key->expires_at = reply.key->expires_at;
      keys_.add(std::move(key));
    }
    if (!reply.packet) return {};
    return {{connection, std::move(*reply.packet)}};
  }
  const key_pointer key = keys_.find(tl::reader(packet).i64(), dc::unix_time(now));
  if (!key) {
    refused = true;
    return {};
  }
  const auto owner = std::make_shared<bytes>(std::move(packet));
  const auto opened = open_packet(*owner, key->key, crypto::side::client, tail::refuse);
  if (!opened) {
    refused = true;
    return {};
  }
  carried with{key, key->session(opened->head.session_id, random_)};
  const bool known = std::ranges::any_of(
      from.sessions, [&](const carried& one) { return one.session == with.session; });
  if (!known) {
    from.sessions.push_back(with);
    with.session->attached(now);
  }
  dc::client_message message;
  message.id = opened->head.message_id;
  message.seqno = opened->head.seqno;
  message.body = opened->body;
  message.owner = owner;
  with.session->receive(message, opened->head.salt, now);
  serve(with, now);
  return collect(now);
}

void virtual_data_centre::serve(const carried& with, instant now) {
  while (auto event = with.session->poll_event()) {
    if (std::holds_alternative<dc::end_key>(*event)) {
      keys_.erase(with.key->key.id());
      continue;
    }
    const auto* made = std::get_if<dc::call>(&*event);
    if (made == nullptr) continue;
    const byte_view body = made->body.view();
    if (tl::reader(body).u32() == dc::message_rules::bind_temp_auth_key_id) {
      const auto why = dc::bind_temp_key(keys_, *with.key, with.session->id(), made->message_id,
                                         body, dc::unix_time(now));
      if (why) {
        with.session->refuse(made->message_id, why->code, why->error, now);
        continue;
      }
      ++bindings;
      bytes yes;
      tl::writer(yes).boolean(true);
      with.session->answer(made->message_id, std::move(yes), now);
    } else if (keys_.allowed(*with.key, dc::unix_time(now)) == nullptr) {
      with.session->refuse(made->message_id, 401, "AUTH_KEY_PERM_EMPTY", now);
    } else {
      const std::int32_t number = number_in(body);
      ++runs[number];
      late_.emplace(now.mono + takes(number), late_answer{with, made->message_id, number});
    }
  }
}

std::vector<virtual_data_centre::sent_packet> virtual_data_centre::on_deadline(instant now) {
  while (deadline() <= now.mono) {
    const late_answer due = late_.begin()->second;
    late_.erase(late_.begin());
    due.with.session->answer(due.call, reply(due.number), now);
  }
  return collect(now);
}

std::vector<virtual_data_centre::sent_packet> virtual_data_centre::collect(instant now) {
  std::vector<sent_packet> all;
  tl::packet_buffer out;
  for (auto& [number, to] : connections_) {
    for (const carried& one : to.sessions) {
      while (one.session->poll_transmit(out, now)) {
        crypto::seal(out.payload(), one.key->key, crypto::side::server);
        const byte_view sealed = std::as_const(out).payload();
        all.push_back({number, bytes(sealed.begin(), sealed.end())});
        out.clear();
      }
    }
  }
  return all;
}

}  // namespace mtfetch::session::testing
