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

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/session/events.hpp"
#include "mtproto/session/session_config.hpp"
#include "mtproto/tl/packet_buffer.hpp"

namespace mtfetch::session {

/// Bytes behind an encrypted packet that are not part of it.
enum class tail : std::uint8_t {
  refuse,  ///< the framing gives exact lengths (abridged, intermediate, full)
  cut,     ///< padded intermediate: up to 15 bytes of padding follow
};

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
  /// Forgets a request: no event names it any more. One that was sent is dropped on the server
  /// too (rpc_drop_answer). Unknown and finished ids are ignored.
  void cancel(request_id id);

  /// A connection is there; `trailing` says what its framing leaves behind packets.
  void on_connected(instant now, tail trailing = tail::cut);
  /// The connection is gone. Requests without an answer stay and are asked about on the next.
  void on_connection_lost();

  /// Takes one packet, decrypting it in place; `owner` keeps the bytes alive for the events that
  /// are slices of them. An error means: close the connection, then `on_connection_lost()`.
  [[nodiscard]] std::error_code receive(byte_span packet, std::shared_ptr<const void> owner,
                                        instant now);
  /// Bytes came that are not a whole packet yet: a long answer on a slow way is not silence.
  void on_traffic(instant now);
  /// Writes the next packet, sealed and without framing. False: nothing to send now.
  [[nodiscard]] bool poll_transmit(tl::packet_buffer& out, instant now);
  [[nodiscard]] std::optional<event> poll_event();

  /// When to call `on_deadline`, `no_deadline` if never.
  time_point deadline() const;
  /// Does what is due. An error (transport_errc::timed_out) means the connection is dead: close it.
  [[nodiscard]] std::error_code on_deadline(instant now);

  /// Changes to another key of the same data centre, with a new session. Requests without an
  /// answer are sent again where that is allowed, else they end as `lost`. Between connections.
  void replace_key(crypto::auth_key key, std::int64_t salt);

  const crypto::auth_key& key() const;
  std::int64_t session_id() const;
  /// The salt in use, for storing.
  std::int64_t salt() const;
  /// The server's clock minus the local wall clock, for storing and for other sessions.
  duration server_offset() const;
  /// Requests that wait to be sent or for their answer.
  std::size_t pending() const;
};

}  // namespace mtfetch::session
