// SPDX-License-Identifier: BSL-1.0
// The client's side of an encrypted session, without I/O: packets and the time go in, packets,
// events and the next deadline come out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <optional>
#include <system_error>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/session/bad_message.hpp"
#include "mtproto/session/clock.hpp"
#include "mtproto/session/events.hpp"
#include "mtproto/session/fifo.hpp"
#include "mtproto/session/liveness.hpp"
#include "mtproto/session/packet.hpp"
#include "mtproto/session/pending_acks.hpp"
#include "mtproto/session/request_table.hpp"
#include "mtproto/session/salts.hpp"
#include "mtproto/session/seen_ids.hpp"
#include "mtproto/session/sent_log.hpp"
#include "mtproto/session/sequence.hpp"
#include "mtproto/session/session_config.hpp"
#include "mtproto/session/state_questions.hpp"
#include "mtproto/tl/packet_buffer.hpp"

namespace mtfetch::session {

/// How messages of the server come: at any time, or over HTTP only as answers, one to each packet.
enum class delivery : std::uint8_t { any_time, as_answers };

/// One session with one data centre under one auth key. It has at most one connection at a time
/// and outlives it: what was not answered on one connection is settled on the next.
///
/// The owner's loop, after any call: take all `poll_event`, send all `poll_transmit`, arm one timer
/// to `deadline()`. Nothing blocks, throws for what the peer sends, or asks a clock.
/// Not thread-safe: one executor at a time.
/// https://core.telegram.org/mtproto/description
class client_session {
 public:
  /// `server_offset` is the server's clock minus ours, as the handshake or a stored session has it.
  client_session(crypto::auth_key key, std::int64_t salt, duration server_offset,
                 session_config config, random_source random);

  /// Queues a serialized method (already wrapped in invokeWithLayer where that is needed). It is
  /// sent with the next packet; requests submitted together travel in one container. A body that
  /// is empty, too large or not a multiple of 4 long ends as `lost`.
  request_id submit(bytes body, request_options options = {});
  /// The same with a copy into a buffer of the session: allocates nothing once warm.
  request_id submit(byte_view body, request_options options = {});
  /// Sends this before every other request, alone in its packet, however often it must be sent
  /// again; the others wait until it has succeeded. Its body is made from the id of the very
  /// message that carries it: for auth.bindTempAuthKey. After it failed, or was lost, call it again
  /// or replace_key.
  request_id submit_first(body_maker make);
  /// The server is to run `later` only when `earlier` was done with success (invokeAfterMsg); call
  /// it before the next packet is written. When the earlier one fails, the later one ends as
  /// `failure` MSG_WAIT_FAILED. An `earlier` that has ended well already costs nothing.
  void run_after(request_id later, request_id earlier);
  /// Forgets a request: no event names it any more, and what comes after it fails. One that was
  /// sent is dropped on the server too (rpc_drop_answer). Unknown and finished ids are ignored.
  void cancel(request_id id);
  /// Has the server forget another session of this key that nobody will use again.
  void destroy_session(std::int64_t session_id);
  /// Has the server forget the key. The answer comes as `key_destroyed`; the server may also answer
  /// with -404 (transport_errc::auth_key_unknown), which means the same here.
  void destroy_key();

  /// A connection is there; `trailing` says what its framing leaves behind packets.
  void on_connected(instant now, tail trailing = tail::cut, delivery how = delivery::any_time);
  /// The connection is gone. Requests without an answer stay and are asked about on the next. That
  /// the key is unknown (-404) proves nothing of what was sent: anybody on the way can say it.
  void on_connection_lost();

  /// Takes one packet, decrypting it in place; `owner` keeps the bytes alive for the events that
  /// are slices of them. An error means: close the connection, then `on_connection_lost()`.
  [[nodiscard]] std::error_code receive(byte_span packet, const std::shared_ptr<const void>& owner,
                                        instant now);
  /// The two halves of it, for an owner who opens the packets of several sessions together: what
  /// `to_open` gives is decrypted by crypto::open_batch with key(), and then taken.
  byte_span to_open(byte_span packet) const { return sealed_part(packet, trailing_); }
  [[nodiscard]] std::error_code receive_opened(byte_view packet,
                                               const std::shared_ptr<const void>& owner,
                                               instant now);
  /// Bytes came that are not a whole packet yet: a long answer on a slow way is not silence.
  void on_traffic(instant now);
  /// Writes the next packet, sealed and without framing. False: nothing to send now.
  [[nodiscard]] bool poll_transmit(tl::packet_buffer& out, instant now);
  /// Over HTTP: writes a packet that the server may answer late (http_wait, and acknowledgements
  /// that wait), so that answers and updates without a request of their own have a way to come. For
  /// a connection of its own: no request can follow it before it is answered. False: not connected,
  /// or what `submit_first` sent waits for its answer.
  [[nodiscard]] bool poll_http_wait(tl::packet_buffer& out, instant now);
  [[nodiscard]] std::optional<event> poll_event();

  /// When to call `on_deadline`, `no_deadline` if never.
  time_point deadline() const;
  /// Does what is due. An error (transport_errc::timed_out) means the connection is dead: close it.
  [[nodiscard]] std::error_code on_deadline(instant now);

  /// Changes to another key of the same data centre, with a new session. Requests without an
  /// answer are sent again where that is allowed, else they end as `lost`. Between connections.
  void replace_key(crypto::auth_key key, std::int64_t salt);

  const crypto::auth_key& key() const { return key_; }
  std::int64_t session_id() const { return session_id_; }
  /// The salt in use, for storing.
  std::int64_t salt() const { return salts_.current(); }
  /// The server's clock minus the local wall clock, for storing and for other sessions.
  duration server_offset() const { return clock_.offset(); }
  /// Requests that wait to be sent or for their answer.
  std::size_t pending() const { return requests_.size(); }

 private:
  // How much a packet is believed whose message id is not of our time.
  enum class belief : std::uint8_t {
    all,         // its time is right
    beginnings,  // complaints about our messages, and new sessions
    complaints,  // complaints only: each names an id that we sent, so it is no replay
  };
  // A message taken out of its packet, container or gzip.
  struct incoming {
    std::int64_t id;
    std::int32_t seqno;
    byte_view body;
    const std::shared_ptr<const void>& owner;
    instant now;
    belief trust;
    bool in_container;
    bool unpacked;
  };
  // What one packet will hold.
  struct planned {
    bool is_request;
    request_id request;
    service kind;
    std::int64_t about;
  };
  // A service message that waits for its packet.
  struct errand {
    service kind;
    std::int64_t about;
    bytes info;
  };
  enum class resend : std::uint8_t { anew, unchanged };

  // client_session.cpp
  request_id accept(request_id id);
  void pack(request& large) const;
  bool may_go(const request& next);
  bool waits_for(request_id earlier);
  bool has_failed(request_id id) const;
  void finish(request_id id);
  void note_failure(request_id id);
  void give_up(request_id id, std::error_code why);
  void send_again(request_id id, resend how);
  bool awaits_answer() const { return !sent_.empty(); }

  // transmit.cpp
  void write_plan(tl::packet_buffer& out, instant now);
  void plan(instant now);
  bool plan_requests(instant now);
  bool take_from_queue(instant now);
  void plan_services(instant now);
  bool question_waits();
  bytes wrapper_of(const request& next);
  byte_view body_of(request& next, std::int64_t message_id);
  void write_service(const planned& what, std::int64_t message_id, instant now);

  // dispatch.cpp
  std::error_code take_message(const incoming& message);
  std::error_code take_object(const incoming& message);
  std::error_code take_container(const incoming& container);
  std::error_code take_packed(const incoming& packed);
  std::error_code take_result(const incoming& message);
  std::error_code take_session_created(const incoming& message);
  std::error_code take_salts(const incoming& message);
  std::error_code take_drop_answer(byte_view result);
  bool wait_again(request_id id, const rpc_failure& why);
  std::error_code take_detailed_info(const incoming& message);
  std::error_code take_question(const incoming& message);
  static bool believes(const incoming& message);
  void acknowledge(const incoming& message);
  result<shared_bytes> unpack(byte_view boxed);
  static shared_bytes slice(const incoming& message, byte_view part);

  // recovery.cpp
  std::error_code take_complaint(const incoming& message);
  std::error_code take_state_info(const incoming& message);
  std::error_code take_all_info(const incoming& message);
  bool was_sent(std::int64_t message_id);
  bool owe(service kind, std::int64_t about, bytes info = {});
  void repeat_refused(std::int64_t message_id, remedy what, instant now);
  void repeat_forgotten(std::int64_t first_id);
  bool settle(std::int64_t message_id, std::uint8_t status);
  void doubt(request& unsettled);
  void ask_again(const std::optional<std::vector<std::int64_t>>& about);
  void use_salt(std::int64_t salt);
  void reset_session();
  void draw_session_id();

  crypto::auth_key key_;
  session_config config_;
  random_source random_;

  std::int64_t session_id_ = 0;
  // The session before this one on the same connection, 0 if none: its packets may still come.
  std::int64_t previous_session_ = 0;
  std::int64_t created_unique_id_ = 0;  // of the last new_session_created
  server_clock clock_;
  salts salts_;
  std::optional<time_point> salts_asked_;
  sequence sequence_;
  seen_ids seen_;
  pending_acks acks_;
  std::size_t inflate_left_ = 0;  // of this packet
  int strays_ = 0;                // packets in a row that were not of our time or not new
  int complaints_ = 0;            // complaints in a row with no other message between them

  request_table requests_;
  fifo<request_id> queue_;
  std::optional<request_id> first_;     // set until it succeeded: nothing else goes before it
  time_point first_due_ = no_deadline;  // then it is sent anew: all others wait for its answer
  fifo<request_id> failed_;             // the last few that failed, for those that come after them
  sent_requests sent_;
  sent_services services_;
  fifo<errand> errands_;
  std::size_t states_waiting_ = 0;  // bytes of info in them
  fifo<std::int64_t> to_ask_;       // message ids of doubtful requests; those settled are skipped
  state_questions questions_;
  fifo<event> events_;

  bool connected_ = false;
  // A good packet came over this connection: the server knows the key. What may run only once
  // waits for it, since it could not be told from what ran when the server says -404.
  bool heard_ = false;
  tail trailing_ = tail::cut;
  delivery delivery_ = delivery::any_time;
  liveness liveness_;
  // A complaint asked for a new session: begun when the packet has been read to its end.
  bool reset_wanted_ = false;

  // Used again from packet to packet.
  std::vector<planned> plan_;
  std::vector<std::int64_t> plan_ids_;
  bytes service_body_;
  bytes wrapped_body_;
  std::vector<request_id> affected_;
};

}  // namespace mtfetch::session
