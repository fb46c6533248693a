// SPDX-License-Identifier: BSL-1.0
// The server's side of an encrypted session, without I/O: messages and the time go in; calls to
// run, and packets to send, come out.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/mtproto_types.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mtproto/testing/protocol/message_body.hpp"
#include "mtproto/testing/protocol/received_messages.hpp"
#include "mtproto/testing/protocol/salt_schedule.hpp"
#include "mtproto/tl/message_id.hpp"
#include "mtproto/tl/packet_buffer.hpp"

namespace mtfetch::testing {

/// One message of the client, alone in its packet or part of a container. The owner keeps the
/// body's bytes alive.
struct client_message {
  std::int64_t id = 0;
  std::int32_t seqno = 0;
  byte_view body;
  std::shared_ptr<const void> owner;
};

/// A method call to be run. `server_session::answer` or `refuse` ends it, at any later time.
struct call {
  std::int64_t message_id = 0;
  shared_bytes body;
};
/// The client wants another session of its key destroyed; `destroyed` takes what came of it.
struct end_session {
  std::int64_t session_id = 0;
};
/// The client wants its key destroyed. The answer is on its way already.
struct end_key {};
using session_event = std::variant<call, end_session, end_key>;

/// A message that the client has not acknowledged yet, as it is stored.
struct kept_message {
  std::int64_t id = 0;
  std::int32_t seqno = 0;
  std::int64_t answers = 0;  ///< the call's message id; 0 for new_session_created
  std::shared_ptr<const message_body> body;
};

/// One session of one auth key. It outlives connections: what was not acknowledged is sent again on
/// the next one. What the client sends can only make it answer with an error; it never throws for
/// it, and everything it remembers is bounded. One thread at a time.
/// https://core.telegram.org/mtproto/service_messages
class server_session {
 public:
  /// The salts are the key's and must outlive it.
  server_session(std::int64_t id, salt_schedule& salts, random_source random);

  std::int64_t id() const { return id_; }

  /// Takes what one packet carried, and the salt that stood in it.
  void receive(const client_message& message, std::int64_t salt, instant now);
  std::optional<session_event> poll_event();

  /// The result of a call, serialized. It is packed with gzip when that pays.
  void answer(std::int64_t call, message_body result, instant now);
  void refuse(std::int64_t call, std::int32_t code, std::string_view error, instant now);
  /// As if a call had never come: its connection ends, and it may be made again.
  void forget(std::int64_t call);
  /// Keeps a call that came with invokeAfterMsg until those it names are done: it then comes as an
  /// event again. After `longest_wait` it is refused with MSG_WAIT_TIMEOUT.
  /// https://core.telegram.org/method/invokeAfterMsg
  enum class turn : std::uint8_t { now, later, never };
  static constexpr std::chrono::seconds longest_wait{5};
  /// Whether a call may be run that comes after these messages; never: one of them failed.
  turn turn_after(const std::vector<std::int64_t>& earlier) const;
  void hold(call made, std::vector<std::int64_t> earlier, instant now);
  /// Refuses the calls that were held too long.
  void end_waits(instant now);
  time_point next_wait_end() const;

  /// It made a call that asked for updates too.
  void want_updates() { wants_updates_ = true; }
  bool wants_updates() const { return wants_updates_; }
  /// Sends an object that nobody asked for.
  void notify(bytes object, instant now);

  /// The outcome of end_session.
  void destroyed(std::int64_t session, bool existed, instant now);

  /// A new connection carries the session: what was not acknowledged is sent again.
  void attached(instant now);
  /// The connection that the client used last: answers go there, and nowhere else.
  void set_carrier(const void* connection) { carrier_ = connection; }
  bool is_carried_by(const void* connection) const { return carrier_ == connection; }

  /// The connection whose HTTP request waits for what there is to say: messages may go there too.
  void set_poller(const void* connection) { poller_ = connection; }
  bool may_use(const void* connection) const {
    return carrier_ == connection || poller_ == connection;
  }
  /// The http_wait of the packet received last, if it had one. Asked once.
  std::optional<mtproto::http_wait> take_http_wait() { return std::exchange(http_wait_, {}); }
  /// Whether poll_transmit would write anything.
  bool has_output() const { return !queue_.empty() || !acks_.empty(); }

  /// Writes the next packet, ready for crypto::seal. False when there is nothing to send.
  bool poll_transmit(tl::packet_buffer& out, instant now);
  /// So much waits to be sent that no more should be read.
  bool is_full() const { return queue_.size() >= 256 || queued_bytes_ > (4u << 20); }
  /// When ping_delay_disconnect wants the connection closed; no_deadline when it does not.
  time_point hang_up_at() const { return hang_up_at_; }

  /// What a restart must not lose.
  struct snapshot {
    std::int64_t id = 0;
    std::int64_t unique_id = 0;
    std::int32_t content_sent = 0;
    bool announced = false;
    received_messages received;
    std::vector<kept_message> kept;
  };
  snapshot store() const;
  server_session(snapshot stored, salt_schedule& salts, random_source random);
  /// Whether anything was added to the snapshot since the last time this was asked.
  bool take_changed() { return std::exchange(changed_, false); }

 private:
  struct queued {
    kept_message message;
    bool content_related = false;
  };

  std::optional<std::int32_t> misdated(std::int64_t id, instant now) const;
  void receive_container(const client_message& container, instant now);
  void receive_message(const client_message& message, instant now);
  void came_again(const client_message& message);
  void announce(std::int64_t first_message, instant now);

  void serve(std::uint32_t constructor, const client_message& message, instant now);
  void take_acks(byte_view body);
  void drop_answer(const client_message& message, instant now);
  void resend(const client_message& message, instant now);
  void tell_states(const client_message& message, instant now);
  void give_salts(const client_message& message, instant now);
  void pong(std::int64_t message, std::int64_t ping, instant now);

  void send_bad_message(const client_message& message, std::int32_t code, instant now);
  void send_service(bytes body, instant now);
  void send_result(std::int64_t call, message_body result, instant now);
  void send_content(std::int64_t answers, message_body body, instant now,
                    tl::message_origin origin = tl::message_origin::server_answer);
  void enqueue(queued message);
  void keep(const kept_message& message);
  void release(std::int64_t id, progress_of_message outcome);
  void queue_acks(instant now);
  std::size_t batch_size() const;
  queued take_next();
  void write_body(queued& next, bytes& out);

  std::int64_t id_;
  salt_schedule& salts_;
  random_source random_;
  tl::message_id_generator ids_;
  std::int64_t unique_id_ = 0;
  std::int32_t content_sent_ = 0;
  bool announced_ = false;
  bool changed_ = true;
  received_messages received_;
  std::map<std::int64_t, kept_message> kept_;  // by id: sent and not acknowledged
  std::deque<queued> queue_;
  std::size_t queued_bytes_ = 0;
  std::vector<std::int64_t> acks_;  // messages of the client that wait for an acknowledgement
  std::deque<session_event> events_;
  struct held_call {
    call made;
    std::vector<std::int64_t> earlier;
    time_point until;
  };
  std::deque<held_call> held_;
  bool wants_updates_ = false;
  std::size_t unpack_budget_ = 0;
  time_point hang_up_at_ = no_deadline;
  const void* carrier_ = nullptr;
  const void* poller_ = nullptr;
  std::optional<mtproto::http_wait> http_wait_;
};

}  // namespace mtfetch::testing
