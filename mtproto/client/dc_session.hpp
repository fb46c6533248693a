// SPDX-License-Identifier: BSL-1.0
// One MTProto session with one data centre, kept connected for as long as somebody asks.
#pragma once

#include "mtproto/client/call_outcome.hpp"
#include "mtproto/client/condition.hpp"
#include "mtproto/client/environment.hpp"
#include "mtproto/client/packet_opener.hpp"
#include "mtproto/client/way_finder.hpp"
#include "mtproto/net/connection.hpp"
#include "mtproto/net/dialing.hpp"
#include "mtproto/net/key_exchange.hpp"
#include "mtproto/session/client_session.hpp"

#include <mtfetch/error.hpp>

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace mtfetch::client_impl {

/// The session, its connection, and the calls that wait for answers. The connection is dialled when
/// a call needs it and again when it is lost, with growing pauses; the session outlives it.
/// Held by shared_ptr. One executor.
class dc_session : public std::enable_shared_from_this<dc_session> {
 public:
  struct duties {
    int dc = 0;
    net::purpose what = net::purpose::calls;
    bool makes_keys = true;  ///< one session of a data centre makes its key, the others use it
    bool updates = true;     ///< false: every call goes out with invokeWithoutUpdates
  };
  /// Asked when the data centre refuses the key twice in a row: may another be made? When not, the
  /// waiting calls end with this outcome.
  using key_refused = std::function<std::optional<outcome>()>;

  dc_session(std::shared_ptr<environment> shared, duties what, key_refused on_refused);

  /// Begins to live; once. Ends with stop().
  void start();
  /// Ends the connection, the waiting calls and every later one with this outcome.
  void stop(outcome with);

  /// Makes one call. The request, a serialized method without wrappers, must live until the end.
  /// Cancelled, it throws operation_aborted after the answer was dropped.
  asio::awaitable<outcome> call(byte_view request, call_terms terms);
  /// Waits until there is a connection and a key; the outcome says why there is none.
  asio::awaitable<outcome> reach(call_terms terms);

  /// Whether it came over the connection of now: an earlier one may have had another key.
  bool expects(const arrival& come) const { return session_ && connection_ == come.over; }
  /// Takes a packet that the opener has decrypted, or failed to.
  void take(const arrival& opened, std::error_code bad);

  /// The key may be useless: closes the connection, so that the next one finds out.
  void distrust_key();
  /// The key is useless: another one is made before the next call.
  void drop_key();

  int dc() const { return what_.dc; }
  /// The key in use, 0 before there is one.
  const crypto::auth_key* key() const { return session_ ? &session_->key() : nullptr; }
  std::int64_t key_id() const { return session_ ? session_->key().id() : 0; }
  bool connected() const { return connection_ != nullptr; }
  bool stopped() const { return stopped_.has_value(); }

 private:
  struct waiting {
    asio::steady_timer bell;  // expires at the call's deadline, is cancelled for its answer
    bool fail_fast;
    std::optional<outcome> result;
  };
  class place_in_line;

  asio::awaitable<void> live();
  asio::awaitable<void> attempt();
  asio::awaitable<void> pause_before_next();
  asio::awaitable<net::framed_socket> open_socket();
  asio::awaitable<net::framed_socket> open_keyed(net::way_plan plan, const way_finder& finder);
  asio::awaitable<void> poll_over_http(std::shared_ptr<net::connection> main);
  asio::awaitable<outcome> ready(call_terms terms, bool connection_too);
  net::machine machine();
  std::error_code open(transport::packet& packet, instant now);
  net::machine poll_machine();
  void adopt(const storage::dc_key& key);
  void take_events();
  void finish(session::request_id id, outcome result);
  void fail_waiting(const outcome& with, bool only_hasty);
  void connection_ended(std::error_code why, duration lived);
  void note_trouble(outcome why, bool for_good);
  void key_was_refused();
  outcome gave_up(const call_terms& terms) const;
  session::request_id submit(byte_view request, const call_terms& terms, bool with_header);

  std::shared_ptr<environment> shared_;
  duties what_;
  key_refused on_refused_;

  std::optional<session::client_session> session_;
  std::shared_ptr<net::connection> connection_;
  std::unordered_map<session::request_id, waiting*> waiting_;
  std::size_t reaching_ = 0;  // callers that wait for a session or a connection
  condition changed_;         // connected, failed, stopped, or somebody asks
  asio::steady_timer pause_;
  asio::cancellation_signal cancel_;
  std::optional<outcome> stopped_;

  dc_option way_;         // of the connection now or last
  std::string way_name_;  // the same, as way_memory calls it; empty: none was opened
  net::way_plan plan_;    // the same, for a second connection
  std::shared_ptr<net::connection> poller_;  // over HTTP
  std::optional<outcome> trouble_;           // why there is no connection
  bool trouble_for_good_ = false;            // another try would end the same way
  std::uint64_t troubles_ = 0;               // so that a waiter sees a new one
  int pauses_ = 0;                           // how often in a row a pause was needed
  int key_refusals_ = 0;                     // in a row
  bool proven_ = false;                      // an encrypted packet came over this connection
  bool inited_ = false;                      // a call with the header has succeeded
};

}  // namespace mtfetch::client_impl
