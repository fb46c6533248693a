// SPDX-License-Identifier: BSL-1.0
// What comes in: the checks of every message, containers, and what came before.
#include "mtproto/testing/protocol/server_session.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mtfetch/mtproto_types.hpp>

#include "mtproto/session/sequence.hpp"
#include "mtproto/testing/protocol/message_rules.hpp"
#include "mtproto/testing/protocol/server_clock.hpp"
#include "mtproto/tl/gzip.hpp"
#include "mtproto/tl/object.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::testing {

namespace {

// What all gzip_packed messages of one packet may inflate to together.
constexpr std::size_t most_unpacked = std::size_t{10} << 20;

std::int64_t draw(const random_source& random) {
  std::array<std::uint8_t, 8> raw{};
  random(raw);
  return tl::reader(raw).i64();
}

}  // namespace

server_session::server_session(std::int64_t id, salt_schedule& salts, random_source random)
    : id_(id), salts_(salts), random_(std::move(random)), unique_id_(draw(random_)) {}

server_session::server_session(snapshot stored, salt_schedule& salts, random_source random)
    : id_(stored.id),
      salts_(salts),
      random_(std::move(random)),
      unique_id_(stored.unique_id),
      content_sent_(stored.content_sent),
      announced_(stored.announced),
      changed_(false),
      received_(std::move(stored.received)) {
  for (kept_message& message : stored.kept) {
    const std::int64_t key = message.id;
    kept_.emplace(key, std::move(message));
  }
  // New messages get higher ids than stored ones, whatever the clock did meanwhile.
  if (!kept_.empty()) {
    instant latest;
    latest.wall += std::chrono::duration_cast<std::chrono::system_clock::duration>(
        tl::exact_unix_time_of(kept_.rbegin()->first) + std::chrono::microseconds(1));
    ids_.next(latest, duration::zero());
  }
  received_.forget_answers_but([&](std::int64_t answer) { return kept_.contains(answer); });
}

server_session::snapshot server_session::store() const {
  snapshot now;
  now.id = id_;
  now.unique_id = unique_id_;
  now.content_sent = content_sent_;
  now.announced = announced_;
  now.received = received_;
  for (const auto& [id, message] : kept_) now.kept.push_back(message);
  for (const queued& waiting : queue_) {
    if (waiting.content_related) now.kept.push_back(waiting.message);
  }
  return now;
}

void server_session::receive(const client_message& message, std::int64_t salt, instant now) {
  if (message.body.size() < 4) return;
  if (const auto wrong = misdated(message.id, now)) {
    return send_bad_message(message, *wrong, now);
  }
  const std::uint32_t constructor = tl::reader(message.body).u32();
  // A bind request holds its own message id, sealed: a client cannot simply send it again with
  // another salt. https://core.telegram.org/method/auth.bindTempAuthKey
  if (constructor != message_rules::bind_temp_auth_key_id &&
      !salts_.accepts(salt, unix_time(now))) {
    mtproto::bad_server_salt wrong;
    wrong.bad_msg_id = message.id;
    wrong.bad_msg_seqno = message.seqno;
    wrong.error_code = 48;
    wrong.new_server_salt = salts_.current(unix_time(now));
    return send_service(tl::serialize(wrong), now);
  }
  changed_ = true;
  unpack_budget_ = most_unpacked;
  if (constructor == session::container_id) return receive_container(message, now);
  announce(message.id, now);
  receive_message(message, now);
}

std::optional<session_event> server_session::poll_event() {
  if (events_.empty()) {
    const auto ready = std::ranges::find_if(
        held_, [&](const held_call& each) { return turn_after(each.earlier) != turn::later; });
    if (ready == held_.end()) return std::nullopt;
    session_event next = std::move(ready->made);
    held_.erase(ready);
    return next;
  }
  session_event next = std::move(events_.front());
  events_.pop_front();
  return next;
}

std::optional<std::int32_t> server_session::misdated(std::int64_t id, instant now) const {
  if (!tl::is_from_client(id)) return 18;
  const unix_seconds sent = tl::unix_time_of(id).count();
  if (sent < unix_time(now) - message_rules::oldest) return 16;
  if (sent > unix_time(now) + message_rules::newest) return 17;
  return std::nullopt;
}

void server_session::receive_container(const client_message& container, instant now) {
  if (received_.find(container.id) != nullptr) return send_bad_message(container, 19, now);
  if (received_.is_forgotten(container.id)) return send_bad_message(container, 20, now);
  if ((container.seqno & 1) != 0) return send_bad_message(container, 34, now);
  const auto parts = message_rules::read_container(container.body, container.id, container.seqno);
  if (!parts) return send_bad_message(container, 64, now);

  std::int64_t first = container.id;
  for (const session::inner_message& part : *parts) first = std::min(first, part.message_id);
  announce(first, now);
  for (const session::inner_message& part : *parts) {
    client_message message;
    message.id = part.message_id;
    message.seqno = part.seqno;
    message.body = part.body;
    message.owner = container.owner;
    // What came before may come again in a new container under its old id, however old that is.
    const auto wrong = misdated(part.message_id, now);
    if (wrong && received_.find(part.message_id) == nullptr) {
      send_bad_message(message, *wrong, now);
    } else {
      receive_message(message, now);
    }
  }
  received_.add(container.id, container.seqno, progress_of_message::received);
}

void server_session::receive_message(const client_message& message, instant now) {
  if (received_.find(message.id) != nullptr) return came_again(message);
  if (received_.is_forgotten(message.id)) return send_bad_message(message, 20, now);
  client_message taken = message;
  std::uint32_t constructor = tl::reader(taken.body).u32();
  if (constructor == mtproto::gzip_packed::tl_id) {
    tl::reader packed(taken.body.subspan(4));
    auto inflated = tl::gunzip(packed.bytes_view(), unpack_budget_);
    if (!inflated || inflated->size() < 4) return send_bad_message(message, 64, now);
    unpack_budget_ -= inflated->size();
    const shared_bytes owned(std::move(*inflated));
    taken.body = owned.view();
    taken.owner = owned.owner();
    constructor = tl::reader(taken.body).u32();
  }
  if (const auto wrong = session::parity_fault(constructor, message.seqno)) {
    return send_bad_message(message, *wrong, now);
  }
  if (const auto wrong = received_.sequence_error(message.id, message.seqno)) {
    return send_bad_message(message, *wrong, now);
  }
  const bool service = message_rules::is_service(constructor);
  received_.add(message.id, message.seqno,
                service ? progress_of_message::received : progress_of_message::running);
  if ((message.seqno & 1) != 0) acks_.push_back(message.id);
  if (service) {
    serve(constructor, taken, now);
  } else {
    events_.push_back(call{message.id, shared_bytes(taken.owner, taken.body)});
  }
}

// The same message id once more: a call is not run twice. Its answer is sent again when it is kept.
void server_session::came_again(const client_message& message) {
  const received_message* known = received_.find(message.id);
  if (known->progress == progress_of_message::answered) {
    const auto kept = kept_.find(known->answer);
    if (kept == kept_.end()) return;  // it waits to be sent
    queued again;
    again.message = kept->second;
    again.content_related = true;
    kept_.erase(kept);
    enqueue(std::move(again));
  } else if ((message.seqno & 1) != 0) {
    acks_.push_back(message.id);
  }
}

void server_session::announce(std::int64_t first_message, instant now) {
  if (announced_) return;
  announced_ = true;
  received_.begin(first_message);
  mtproto::new_session_created created;
  created.first_msg_id = first_message;
  created.unique_id = unique_id_;
  created.server_salt = salts_.current(unix_time(now));
  send_content(0, tl::serialize(created), now);
}

}  // namespace mtfetch::testing
