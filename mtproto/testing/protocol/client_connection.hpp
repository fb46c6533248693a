// SPDX-License-Identifier: BSL-1.0
// What the data centre does on one connection: key exchanges, sessions, calls, and the faults.
#pragma once

#include <asio/ip/tcp.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>
#include <mtfetch/testing.hpp>
#include <optional>
#include <system_error>
#include <vector>

#include "mtproto/handshake/server.hpp"
#include "mtproto/net/connection.hpp"
#include "mtproto/testing/protocol/call_runner.hpp"
#include "mtproto/testing/protocol/http_hold.hpp"
#include "mtproto/testing/protocol/key_ring.hpp"

namespace mtfetch::testing {

class data_centre;

/// Belongs to the executor of its connection.
class client_connection : public std::enable_shared_from_this<client_connection> {
 public:
  /// `from` is where the connection came from: the address of its socket's other end.
  client_connection(std::shared_ptr<data_centre> home, const asio::ip::tcp::endpoint& from);

  /// The callbacks for the driver loop; they own this object.
  net::machine machine();
  void carried_by(const std::shared_ptr<net::connection>& connection) { carrier_ = connection; }

 private:
  struct carried_session {
    std::shared_ptr<server_key> key;
    std::shared_ptr<server_session> session;
  };

  std::error_code on_packet(transport::packet& packet, instant now);
  void on_plain_packet(byte_view packet, instant now);
  void on_encrypted_packet(transport::packet& packet, instant now);
  bool next_packet(net::outgoing& out, instant now);
  time_point deadline() const;
  std::error_code on_deadline(instant now);
  bool may_read() const;
  bool take_from_sessions(net::outgoing& out, instant now);
  bool may_send_of(const carried_session& one) const;

  carried_session& carry(const std::shared_ptr<server_key>& key, std::int64_t session, instant now);
  void serve(carried_session with, instant now);
  void on_call(carried_session& with, const call& made, instant now);
  void silence();
  void bind_key(carried_session& with, const call& made, instant now);
  bool fails_at_once(const carried_session& with, std::int64_t call, const fault_action& fault,
                     instant now);
  void answer(carried_session& with, std::int64_t call, outcome<message_body> made,
              const std::optional<fault_action>& fault, instant now);
  static void finish(const carried_session& with, std::int64_t call, outcome<message_body> made,
                     instant now);
  void finish_later(carried_session& with, std::int64_t call, outcome<message_body> made,
                    duration delay);
  void acknowledge(byte_view packet, const crypto::auth_key& key);
  void hang_up(std::int32_t transport_error_code);
  void tell_lie(net::outgoing& out, const crypto::auth_key& key);

  // A lie that waits for the next packet of a session.
  struct armed_lie {
    session_lie how;
    std::int64_t call;
  };

  std::shared_ptr<data_centre> home_;
  asio::ip::tcp::endpoint from_;
  std::weak_ptr<net::connection> carrier_;
  handshake::server handshake_;
  std::vector<carried_session> sessions_;
  std::deque<bytes> plain_;  // packets that are not to be sealed: of key exchanges, and lies
  std::optional<armed_lie> lie_;
  bool over_http_ = false;
  http_hold hold_;       // over HTTP: the request that waits for its answer
  bool silent_ = false;  // a fault: deaf and dumb, where no network between does that
  bool reset_ = false;   // a fault: the connection ends without another byte
};

}  // namespace mtfetch::testing
