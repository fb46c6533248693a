// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/client_connection.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <mtfetch/error.hpp>
#include <utility>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/testing/faults/handshake_lies.hpp"
#include "mtproto/testing/faults/session_lies.hpp"
#include "mtproto/testing/faults/spoiled_answer.hpp"
#include "mtproto/testing/protocol/bind_temp_key.hpp"
#include "mtproto/testing/protocol/data_centre.hpp"
#include "mtproto/testing/protocol/message_rules.hpp"
#include "mtproto/testing/protocol/server_clock.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::testing {

namespace {

constexpr std::int32_t key_unknown = -404;
// Sessions that one connection carries; the one named longest ago is let go.
constexpr std::size_t most_sessions = 64;
constexpr std::string_view binding_method = "auth.bindTempAuthKey";

handshake::server_options exchange_options(data_centre& home) {
  handshake::server_options options;
  options.keys = {home.rsa_key()};
  options.dc = home.id();
  options.key_exists = [&keys = home.keys()](std::int64_t id) { return keys.contains(id); };
  lie_in_handshakes(
      options,
      [faults = home.shared().faults, dc = home.id()] { return faults->ask_handshake(dc); },
      home.shared().random);
  return options;
}

const streamed_body* part_in(const outcome<message_body>& answer) {
  const auto* body = std::get_if<message_body>(&answer);
  return body == nullptr ? nullptr : std::get_if<streamed_body>(body);
}

}  // namespace

client_connection::client_connection(std::shared_ptr<data_centre> home,
                                     const asio::ip::tcp::endpoint& from)
    : home_(std::move(home)),
      from_(from),
      handshake_(exchange_options(*home_), home_->shared().random) {}

net::machine client_connection::machine() {
  const auto self = shared_from_this();
  net::machine driven;
  driven.on_packet = [self](transport::packet& packet, instant now) {
    return self->on_packet(packet, self->home_->shared().at(now));
  };
  driven.next_packet = [self](net::outgoing& out, instant now) {
    return self->next_packet(out, self->home_->shared().at(now));
  };
  driven.deadline = [self] { return self->deadline(); };
  driven.on_deadline = [self](instant now) {
    return self->on_deadline(self->home_->shared().at(now));
  };
  driven.sealer = home_->shared().sealer;
  driven.may_read = [self] { return self->may_read(); };
  return driven;
}

std::error_code client_connection::on_packet(transport::packet& packet, instant now) {
  if (silent_) return {};
  if (packet.answer_due) {
    over_http_ = true;
    hold_.begin(now.mono);
  }
  if (handshake::is_plain(packet.data)) {
    on_plain_packet(packet.data, now);
  } else {
    on_encrypted_packet(packet, now);
  }
  return reset_ ? make_error_code(transport_errc::closed) : std::error_code();
}

void client_connection::on_plain_packet(byte_view packet, instant now) {
  auto reply = handshake_.receive(packet, now);
  if (reply.key) {
    salt_schedule salts(reply.key->server_salt, unix_time(now), home_->shared().random);
    auto key = std::make_shared<server_key>(std::move(reply.key->key), std::move(salts));
    key->expires_at = reply.key->expires_at;
    home_->key_made(std::move(key));
  }
  if (reply.packet) plain_.push_back(std::move(*reply.packet));
  if (reply.transport_error) hang_up(*reply.transport_error);
}

void client_connection::on_encrypted_packet(transport::packet& packet, instant now) {
  if (packet.data.size() < 8) return hang_up(key_unknown);
  const std::int64_t key_id = tl::reader(packet.data).i64();
  const auto key = home_->keys().find(key_id, unix_time(now));
  if (!key) return hang_up(key_unknown);
  const auto opened =
      session::open_packet(packet.data, key->key, crypto::side::client, session::tail::cut);
  if (!opened || opened->head.session_id == 0) return hang_up(key_unknown);
  if (packet.quick_ack_requested) acknowledge(packet.data, key->key);
  client_message message;
  message.id = opened->head.message_id;
  message.seqno = opened->head.seqno;
  message.body = opened->body;
  message.owner = packet.owner;
  const carried_session with = carry(key, opened->head.session_id, now);
  with.session->receive(message, opened->head.salt, now);
  const auto wait = with.session->take_http_wait();
  if (wait && over_http_) {
    using std::chrono::milliseconds;
    if (wait->max_wait > 0) with.session->set_poller(this);
    hold_.wait(milliseconds(wait->max_delay), milliseconds(wait->wait_after),
               milliseconds(wait->max_wait), now.mono);
  }
  serve(with, now);
  // One answer carries one packet; for more there may be another request that waits.
  if (over_http_) home_->wake_connections();
}

void client_connection::acknowledge(byte_view packet, const crypto::auth_key& key) {
  const byte_view text = packet.subspan(crypto::packet_head);
  const byte_view whole_blocks = text.first(text.size() / 16 * 16);
  if (const auto carrier = carrier_.lock()) {
    carrier->acknowledge(crypto::quick_ack_token(whole_blocks, key));
  }
}

client_connection::carried_session& client_connection::carry(const std::shared_ptr<server_key>& key,
                                                             std::int64_t session, instant now) {
  const auto known = std::ranges::find_if(sessions_, [&](const carried_session& one) {
    return one.key == key && one.session->id() == session;
  });
  if (known != sessions_.end()) {
    known->session->set_carrier(this);
    return *known;
  }
  if (sessions_.size() == most_sessions) sessions_.erase(sessions_.begin());
  auto& begun = sessions_.emplace_back();
  begun.key = key;
  begun.session = key->session(session, home_->shared().random);
  begun.session->set_carrier(this);
  begun.session->attached(now);
  return begun;
}

void client_connection::serve(carried_session with, instant now) {
  while (auto event = with.session->poll_event()) {
    if (const auto* made = std::get_if<call>(&*event)) {
      on_call(with, *made, now);
    } else if (const auto* ended = std::get_if<end_session>(&*event)) {
      const bool other = ended->session_id != with.session->id();
      const bool existed = other && with.key->sessions.erase(ended->session_id) != 0;
      if (existed) home_->session_destroyed(*with.key, ended->session_id);
      with.session->destroyed(ended->session_id, existed, now);
    } else {
      home_->key_destroyed(*with.key);
    }
  }
}

void client_connection::on_call(carried_session& with, const call& made, instant now) {
  if (tl::reader(made.body.view()).u32() == message_rules::bind_temp_auth_key_id) {
    return bind_key(with, made, now);
  }
  auto unwrapped = unwrap(made.body);
  if (auto* refused = std::get_if<refusal>(&unwrapped)) {
    return finish(with, made.message_id, std::move(*refused), now);
  }
  cluster_core& core = home_->shared();
  unwrapped_call& inner = std::get<unwrapped_call>(unwrapped);
  switch (with.session->turn_after(inner.after)) {
    case server_session::turn::now:
      break;
    case server_session::turn::later:
      return with.session->hold(made, std::move(inner.after), now);
    case server_session::turn::never:
      return finish(with, made.message_id, bad_request("MSG_WAIT_FAILED"), now);
  }
  const bool updates_too = !inner.without_updates;
  const prepared_call ready = home_->runner().prepare(*with.key, std::move(inner), unix_time(now));
  core.counts->call(ready.method != nullptr ? ready.method->name : ready.refused->error);
  if (ready.refused) return finish(with, made.message_id, *ready.refused, now);
  if (ready.takeout) core.counts->takeout_call(ready.method->name);
  if (updates_too) with.session->want_updates();

  auto fault = core.faults->ask(ready.method->name, home_->id());
  if (fault && fails_at_once(with, made.message_id, *fault, now)) return;
  outcome<message_body> result = home_->runner().run(*with.key, ready, unix_time(now));
  if (const auto* file = part_in(result)) {
    if (!fault) {
      const authorization* allowed = home_->keys().allowed(*with.key, unix_time(now));
      fault = core.parts.meet(allowed == nullptr ? 0 : allowed->account, file->size, now.mono);
    }
    if (fault && fails_at_once(with, made.message_id, *fault, now)) return;
    core.counts->file_bytes(file->size);
  }
  if (with.key->allowed.changed) home_->key_changed(*with.key);
  const std::string_view name = ready.method->name;
  if (core.faults->hashes_hidden() &&
      (name == "upload.getFileHashes" || name == "upload.getCdnFileHashes" ||
       name == "upload.reuploadCdnFile")) {
    hide_hashes(result);
  }
  answer(with, made.message_id, std::move(result), fault, now);
}

// The faults that end a call before it is run.
bool client_connection::fails_at_once(const carried_session& with, std::int64_t call,
                                      const fault_action& fault, instant now) {
  if (const auto* error = std::get_if<answer_error>(&fault)) {
    finish(with, call, refusal{error->code, error->message}, now);
    return true;
  }
  if (const auto* error = std::get_if<transport_error>(&fault)) {
    with.session->forget(call);
    hang_up(error->code);
    return true;
  }
  return false;
}

void client_connection::answer(carried_session& with, std::int64_t call, outcome<message_body> made,
                               const std::optional<fault_action>& fault, instant now) {
  if (!fault) return finish(with, call, std::move(made), now);
  if (const auto* delay = std::get_if<delay_answer>(&*fault)) {
    return finish_later(with, call, std::move(made), delay->by);
  }
  if (std::holds_alternative<drop_answer>(*fault)) return;
  cluster_core& core = home_->shared();
  random_source& random = core.random;
  const auto afterwards = [&core](const std::function<void()>& todo) {
    if (todo) asio::post(core.executor, todo);
  };
  if (std::holds_alternative<reset_connection>(*fault)) reset_ = true;
  if (std::holds_alternative<silence_connection>(*fault)) silence();
  if (std::holds_alternative<new_salts>(*fault)) afterwards(core.beyond.change_salts);
  if (std::holds_alternative<restart_cluster>(*fault)) {
    reset_ = true;
    afterwards(core.beyond.restart);
  }
  if (std::holds_alternative<garbage_packet>(*fault)) plain_.push_back(noise(random, 160));
  if (const auto* lie = std::get_if<session_lie>(&*fault)) lie_ = {*lie, call};
  spoil(made, *fault, random);
  finish(with, call, std::move(made), now);
}

void client_connection::silence() {
  cluster_core& core = home_->shared();
  core.counts->silenced();
  silent_ = !core.beyond.silence || !core.beyond.silence(home_->id(), from_);
}

// https://core.telegram.org/method/auth.bindTempAuthKey
void client_connection::bind_key(carried_session& with, const call& made, instant now) {
  cluster_core& core = home_->shared();
  core.counts->call(binding_method);
  const auto fault = core.faults->ask(binding_method, home_->id());
  if (fault && fails_at_once(with, made.message_id, *fault, now)) return;
  const auto refused = bind_temp_key(home_->keys(), *with.key, with.session->id(), made.message_id,
                                     made.body.view(), unix_time(now));
  if (refused) return finish(with, made.message_id, *refused, now);
  home_->key_changed(*with.key);
  bytes yes;
  tl::writer(yes).boolean(true);
  answer(with, made.message_id, message_body(std::move(yes)), fault, now);
}

void client_connection::finish(const carried_session& with, std::int64_t call,
                               outcome<message_body> made, instant now) {
  if (const auto* refused = std::get_if<refusal>(&made)) {
    with.session->refuse(call, refused->code, refused->error, now);
  } else {
    with.session->answer(call, std::get<message_body>(std::move(made)), now);
  }
}

// The session may be on another connection by then, or on none: the answer is kept in it.
void client_connection::finish_later(carried_session& with, std::int64_t call,
                                     outcome<message_body> made, duration delay) {
  const auto timer = std::make_shared<asio::steady_timer>(home_->shared().executor, delay);
  const auto held = std::make_shared<outcome<message_body>>(std::move(made));
  const std::weak_ptr<data_centre> home = home_;
  const std::weak_ptr<client_connection> weak = weak_from_this();
  timer->async_wait([home, weak, with, call, held, timer](std::error_code) {
    const auto alive = home.lock();
    if (!alive) return;
    const instant now = alive->shared().now();
    finish(with, call, std::move(*held), now);
    // Others may have waited for it.
    if (const auto self = weak.lock()) self->serve(with, now);
    alive->wake_connections();
  });
}

void client_connection::hang_up(std::int32_t transport_error_code) {
  hold_.answered();  // by the error
  if (const auto carrier = carrier_.lock()) {
    carrier->close_with_transport_error(transport_error_code);
  }
}

bool client_connection::next_packet(net::outgoing& out, instant now) {
  if (silent_ || reset_ || (over_http_ && !hold_.is_open())) return false;
  if (!plain_.empty()) {
    out.packet.append_bytes(plain_.front());
    plain_.pop_front();
    hold_.answered();
    return true;
  }
  if (!over_http_) return take_from_sessions(out, now);
  const bool ready = std::ranges::any_of(sessions_, [&](const carried_session& one) {
    return may_send_of(one) && one.session->has_output();
  });
  if (!hold_.due(ready, now.mono)) return false;
  hold_.answered();
  take_from_sessions(out, now);  // nothing to say is an answer, too
  return true;
}

bool client_connection::may_send_of(const carried_session& one) const {
  return over_http_ ? one.session->may_use(this) : one.session->is_carried_by(this);
}

bool client_connection::take_from_sessions(net::outgoing& out, instant now) {
  return std::ranges::any_of(sessions_, [&](carried_session& one) {
    if (!may_send_of(one) || !one.session->poll_transmit(out.packet, now)) return false;
    if (lie_) {
      tell_lie(out, one.key->key);
      return true;
    }
    out.seal_with = {one.key, &one.key->key};
    out.sender = crypto::side::server;
    return true;
  });
}

// In the packet's stead goes the first of the lie's; the others follow.
void client_connection::tell_lie(net::outgoing& out, const crypto::auth_key& key) {
  const armed_lie lie = *std::exchange(lie_, std::nullopt);
  const true_packet truth{out.packet.payload(), lie.call};
  for (bytes& each : lie_about(truth, lie.how, key, home_->shared().random)) {
    plain_.push_back(std::move(each));
  }
  out.packet.clear();
  out.packet.append_bytes(plain_.front());
  plain_.pop_front();
}

time_point client_connection::deadline() const {
  if (silent_) return no_deadline;
  time_point earliest = hold_.deadline();  // what is due over HTTP is an answer
  for (const carried_session& one : sessions_) {
    if (!one.session->is_carried_by(this)) continue;
    earliest = std::min({earliest, one.session->hang_up_at(), one.session->next_wait_end()});
  }
  return earliest;
}

std::error_code client_connection::on_deadline(instant now) {
  for (const carried_session& one : sessions_) {
    if (!one.session->is_carried_by(this)) continue;
    if (one.session->hang_up_at() <= now.mono) return transport_errc::timed_out;
    one.session->end_waits(now);
  }
  return {};
}

bool client_connection::may_read() const {
  return std::ranges::none_of(sessions_, [&](const carried_session& one) {
    return one.session->is_carried_by(this) && one.session->is_full();
  });
}

}  // namespace mtfetch::testing
