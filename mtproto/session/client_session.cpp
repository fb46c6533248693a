// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/client_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/container.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

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
  return accept(requests_.add(std::move(body), options));
}

request_id client_session::submit(byte_view body, request_options options) {
  return accept(requests_.add(body, options));
}

request_id client_session::submit_first(body_maker make) {
  request_options options;
  options.repeatable = repeat::allowed;
  options.alone = true;
  first_ = requests_.add(std::move(make), options);
  return *first_;
}

request_id client_session::accept(request_id id) {
  request& accepted = *requests_.find(id);
  const std::size_t size = accepted.body.size();
  if (size < 4 || size % 4 != 0 || size > config_.request_bytes) {
    give_up(id, protocol_errc::bad_length);
    return id;
  }
  if (config_.pack_from != 0 && size >= config_.pack_from) pack(accepted);
  queue_.push(id);
  return id;
}

// https://core.telegram.org/mtproto/service_messages#packed-object
void client_session::pack(request& large) const {
  // The beginning tells whether there is anything to gain: parts of files are random bytes.
  constexpr std::size_t probe = std::size_t{4} * 1024;
  const auto pays = [](std::size_t packed, std::size_t plain) {
    return packed < plain - plain / 10;
  };
  const byte_view body = large.body;
  if (body.size() > 2 * probe && !pays(tl::gzip(body.first(probe)).size(), probe)) return;
  bytes packed;
  tl::writer out(packed);
  out.u32(mtproto::gzip_packed::tl_id);
  out.bytes(tl::gzip(body));
  if (pays(packed.size(), body.size())) large.body = std::move(packed);
}

void client_session::run_after(request_id later, request_id earlier) {
  request* waiting = requests_.find(later);
  if (waiting == nullptr || (!waits_for(earlier) && !has_failed(earlier))) return;
  waiting->after.push_back(earlier);
}

bool client_session::waits_for(request_id earlier) {
  return requests_.find(earlier) != nullptr;
}

bool client_session::has_failed(request_id id) const {
  for (std::size_t i = 0; i < failed_.size(); ++i) {
    if (failed_[i] == id) return true;
  }
  return false;
}

void client_session::destroy_session(std::int64_t session_id) {
  if (session_id != session_id_) errands_.push({service::end_session, session_id, {}});
}

void client_session::destroy_key() {
  errands_.push({service::end_key, 0, {}});
}

void client_session::cancel(request_id id) {
  const request* gone = requests_.find(id);
  if (gone == nullptr) return;
  if (sent_.find(gone->message_id) != nullptr) {
    errands_.push({service::drop_answer, gone->message_id, {}});
  }
  note_failure(id);  // whether it ran nobody will know: what comes after it may not
  finish(id);
}

void client_session::note_failure(request_id id) {
  constexpr std::size_t remembered = 256;
  failed_.push(id);
  if (failed_.size() > remembered) failed_.pop();
}

void client_session::finish(request_id id) {
  sent_.erase(requests_.find(id)->message_id);
  requests_.remove(id);
}

void client_session::give_up(request_id id, std::error_code why) {
  note_failure(id);
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

void client_session::on_connected(instant now, tail trailing, delivery how) {
  connected_ = true;
  heard_ = false;
  trailing_ = trailing;
  delivery_ = how;
  strays_ = 0;
  clock_.start(now);
  clock_.note_sleep(now);
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
  const time_point acks = delivery_ == delivery::any_time ? acks_.deadline() : no_deadline;
  return std::min(
      {acks, questions_.deadline(), first_due_, liveness_.deadline(awaits_answer())});
}

std::error_code client_session::on_deadline(instant now) {
  if (!connected_) return {};
  if (liveness_.dead(now.mono)) return transport_errc::timed_out;
  if (now.mono >= first_due_) {
    first_due_ = no_deadline;
    // Its answer was lost in the server, or never was one; the server may be told it again.
    if (first_ && requests_.find(*first_) != nullptr) send_again(*first_, resend::anew);
  }
  while (const auto unanswered = questions_.take_overdue(now.mono)) ask_again(unanswered);
  return {};
}

void client_session::replace_key(crypto::auth_key key, std::int64_t salt) {
  key_ = std::move(key);
  salts_ = salts(salt);
  if (first_) {
    // It was made for the key before.
    if (requests_.find(*first_) != nullptr) finish(*first_);
    first_.reset();
  }
  reset_session();
  previous_session_ = 0;
  errands_.clear();  // the session before this one belongs to the other key
}

}  // namespace mtfetch::session
