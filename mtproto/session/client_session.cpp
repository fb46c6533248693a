// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/client_session.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "mtproto/session/container.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::session {

client_session::client_session(crypto::auth_key key, std::int64_t salt, duration server_offset,
                               session_config config, random_source random)
    : key_(std::move(key)),
      config_(config),
      random_(std::move(random)),
      clock_(server_offset),
      salts_(salt),
      seen_(config.remembered_ids),
      acks_(config.ack_delay, config.ack_batch),
      questions_(config.question_timeout),
      liveness_(config) {
  // Room for one message of each kind beside the requests, and no more than the protocol allows.
  config_.container_messages =
      std::clamp<std::size_t>(config_.container_messages, 8, most_inner_messages);
  draw_session_id();
}

void client_session::draw_session_id() {
  do {
    std::array<std::uint8_t, 8> drawn{};
    random_(drawn);
    session_id_ = tl::reader(drawn).i64();
  } while (session_id_ == 0);
}

request_id client_session::submit(bytes body, request_options options) {
  const request_id id = requests_.add(std::move(body), options);
  return accept(id, requests_.find(id)->body);
}

request_id client_session::submit(byte_view body, request_options options) {
  const request_id id = requests_.add(body, options);
  return accept(id, body);
}

request_id client_session::accept(request_id id, byte_view body) {
  if (body.size() < 4 || body.size() % 4 != 0 || body.size() > config_.request_bytes) {
    give_up(id, protocol_errc::bad_length);
  } else {
    queue_.push(id);
  }
  return id;
}

void client_session::cancel(request_id id) {
  const request* gone = requests_.find(id);
  if (gone == nullptr) return;
  if (sent_.find(gone->message_id) != nullptr) {
    errands_.push({service::drop_answer, gone->message_id, {}});
  }
  finish(id);
}

void client_session::finish(request_id id) {
  sent_.erase(requests_.find(id)->message_id);
  requests_.remove(id);
}

void client_session::give_up(request_id id, std::error_code why) {
  finish(id);
  events_.push(lost{id, why});
}

void client_session::send_again(request_id id, resend how) {
  request& again = *requests_.find(id);
  const bool waits = again.state == progress::queued;
  again.unchanged = how == resend::unchanged;
  again.state = progress::queued;
  if (!again.unchanged) {
    sent_.erase(again.message_id);
    again.message_id = 0;
  }
  if (!waits) queue_.push(id);
}

void client_session::on_connected(instant now, tail trailing) {
  connected_ = true;
  trailing_ = trailing;
  strays_ = 0;
  clock_.start(now);
  clock_.distrust();
  liveness_.begin(now.mono);
}

void client_session::on_connection_lost() {
  connected_ = false;
  previous_session_ = 0;
  salts_asked_.reset();
  questions_.clear();
  to_ask_.clear();
  sent_.each([&](const sent_requests::entry& each) {
    request& unsettled = *requests_.find(each.request);
    if (unsettled.state != progress::queued) doubt(unsettled);
  });
}

void client_session::on_traffic(instant now) {
  liveness_.heard(now.mono);
}

std::optional<event> client_session::poll_event() {
  if (events_.empty()) return std::nullopt;
  return events_.pop();
}

time_point client_session::deadline() const {
  if (!connected_) return no_deadline;
  return std::min({acks_.deadline(), questions_.deadline(), liveness_.deadline(awaits_answer())});
}

std::error_code client_session::on_deadline(instant now) {
  if (!connected_) return {};
  if (liveness_.dead(now.mono)) return transport_errc::timed_out;
  while (const auto unanswered = questions_.take_overdue(now.mono)) ask_again(unanswered);
  return {};
}

void client_session::replace_key(crypto::auth_key key, std::int64_t salt) {
  key_ = std::move(key);
  salts_ = salts(salt);
  reset_session(std::numeric_limits<std::int64_t>::max());
  previous_session_ = 0;
}

}  // namespace mtfetch::session
