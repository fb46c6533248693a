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
#include <map>
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
  /// What the session's packets are encrypted with.
  enum class key_use : std::uint8_t {
    temporary,  ///< a key of its own, kept in memory only and bound to the permanent one
    permanent,  ///< the permanent key itself
    cdn,        ///< a temporary key that is bound to none: CDN data centres know no logins
  };
  struct duties {
    int dc = 0;
    net::purpose what = net::purpose::calls;
    bool makes_keys = true;  ///< one session of a data centre makes its key, the others use it
    bool updates = true;     ///< false: every call goes out with invokeWithoutUpdates
    key_use key = key_use::temporary;
  };
  struct callbacks {
    /// Asked when the data centre has lost the permanent key (of a session that makes none: when it
    /// refuses it twice in a row): may another be made? When not, the waiting calls end with this
    /// outcome.
    std::function<std::optional<outcome>()> key_refused;
    /// A temporary key is ready for calls until that time, or (no_deadline) there is none any more.
    std::function<void(const dc_session& of, time_point ends)> key_changed;
    /// There is a connection, with a key if not yet a binding.
    std::function<void()> connected;
    /// A call has ended, and no other waits.
    std::function<void()> idle;
    /// A message that no call asked for; empty: some may have been missed before this.
    std::function<void(shared_bytes)> update;
  };

  dc_session(std::shared_ptr<environment> shared, duties what, callbacks tell);

  /// Begins to live; once. Ends with stop().
  void start();
  /// Ends the waiting calls and every later one with this outcome, and the connection. A temporary
  /// key is left to its end: what destroy_auth_key under a bound one does to the login stands
  /// nowhere.
  void stop(outcome with);
  /// Has the server forget the permanent key, which must be the one in use. Whether it did, in
  /// time.
  asio::awaitable<bool> destroy_key(time_point deadline);
  /// Has the server forget another session of this session's key, if there is a connection.
  void destroy_session(std::int64_t session_id);

  /// Makes one call. The request, a serialized method without wrappers, must live until the end.
  /// Cancelled, it throws operation_aborted after the answer was dropped.
  asio::awaitable<outcome> call(byte_view request, call_terms terms);
  /// Waits until there is a connection and a key; the outcome says why there is none.
  asio::awaitable<outcome> reach(call_terms terms);

  /// Whether it came over the connection of now: an earlier one may have had another key.
  bool expects(const arrival& come) const { return session_ && connection_ == come.over; }
  /// Takes a packet that the opener has decrypted, or failed to.
  void take(const arrival& opened, std::error_code bad);

  /// Keeps the connection although nobody asks, so that updates come: dials again when it is lost,
  /// and makes a call where a session begins, without which the server sends none.
  void stay_connected(bool on);

  /// The key may be useless: closes the connection, so that the next one finds out.
  void distrust_key();
  /// The key is useless: another one is made before the next call.
  void drop_key();
  /// Another session took over: this one binds its key no more, which could undo the other's.
  void retire() {
    retired_ = true;
    stays_ = false;
  }

  int dc() const { return what_.dc; }
  /// Of what comes over the connection of now; null before there is one.
  const crypto::auth_key* key() const { return session_ ? &session_->key() : nullptr; }
  /// The permanent key in use, 0 before there is one.
  std::int64_t key_id() const { return permanent_ ? permanent_->key.id() : 0; }
  std::int64_t session_id() const { return session_ ? session_->session_id() : 0; }
  bool connected() const { return connection_ != nullptr; }
  /// When bytes of a packet came last, complete or not; the beginning of time before any did.
  time_point last_heard() const { return last_heard_; }
  bool stopped() const { return stopped_.has_value(); }
  bool idle() const { return waiting_.empty(); }
  bool runs_chain(std::uint64_t chain) const { return chains_.contains(chain); }
  /// When the temporary key ends that calls are sent under; no_deadline without one.
  time_point key_ends() const { return temporary_ && bound_ ? temporary_ends_ : no_deadline; }

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
  bool usable() const { return session_ && bound_; }
  asio::awaitable<net::framed_socket> keyed(net::framed_socket way, std::int32_t dc_field,
                                            const way_finder& finder);
  void use_key(const crypto::auth_key& key, std::int64_t salt, duration server_offset);
  void bind();
  void binding_ended(const outcome& with);
  void binding_failed();
  asio::awaitable<void> try_key();
  void permanent_key_was_refused();
  void forget_temporary();
  void take_events();
  void finish(session::request_id id, outcome result);
  void fail_waiting(const outcome& with, bool only_hasty);
  void connection_ended(std::error_code why, duration lived);
  void note_trouble(outcome why, bool for_good);
  // Outside of calls there is nobody to throw at: those that wait are told what the file refuses.
  template <class Write>
  void write_or_tell(Write write) {
    try {
      write();
    } catch (const error& e) {
      note_trouble(failed(e.code(), e.what()), true);
    }
  }
  void subscribe();
  void key_was_refused();
  outcome gave_up(const call_terms& terms) const;
  session::request_id submit(byte_view request, const call_terms& terms, bool with_header);

  std::shared_ptr<environment> shared_;
  duties what_;
  callbacks tell_;

  std::optional<storage::dc_key> permanent_;
  // Never written to disk: what a stolen session file could open would then be all that was sent
  // under it. A new one costs some milliseconds.
  std::optional<handshake::established> temporary_;
  time_point temporary_ends_ = no_deadline;
  std::optional<session::request_id> binding_;
  bool bound_ = false;     // calls may be sent under the session's key
  int bind_refusals_ = 0;  // in a row
  int key_doubts_ = 0;     // of these, in a row, those that speak against the permanent key
  bool in_doubt_ = false;  // the permanent key is to be tried before anything else
  bool retired_ = false;
  bool stays_ = false;                               // connected, also while nobody asks
  std::optional<session::request_id> subscription_;  // the call that makes updates come
  std::optional<outcome> bind_trouble_;
  std::optional<session::client_session> session_;
  std::shared_ptr<net::connection> connection_;
  std::unordered_map<session::request_id, waiting*> waiting_;
  std::size_t reaching_ = 0;  // callers that wait for a session or a connection
  condition changed_;         // connected, failed, stopped, or somebody asks
  asio::steady_timer pause_;
  condition key_destroyed_;
  bool destroying_ = false;
  bool destroyed_ = false;
  std::map<std::uint64_t, session::request_id> chains_;  // the last call of each that waits
  condition room_;                                       // one waiting call less
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
  std::string step_name_;                    // of the way, as way_memory calls it
  duration silence_{};                       // how long the way may say nothing at first
  time_point answer_by_ = no_deadline;       // until when this connection must be proven
  time_point last_heard_ = time_point::min();
};

}  // namespace mtfetch::client_impl
