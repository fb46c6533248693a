// SPDX-License-Identifier: BSL-1.0
// A Telegram client: a login, and typed calls to whichever data centre has the answer.
#pragma once

#include "mtproto/tl/object.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/channel.hpp>
#include <mtfetch/config.hpp>
#include <mtfetch/invoke.hpp>
#include <mtfetch/peers.hpp>
#include <mtfetch/sign_in.hpp>
#include <mtfetch/updates.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <memory>
#include <string>

namespace mtfetch {

namespace client_impl {
class client_state;
}

/// One account (or none yet) on one network. Keeps a connection to the home data centre and makes
/// further ones, with their keys and authorization, when a call needs them.
///
/// Belongs to its executor: one thread, or a strand; every call is made on it. Two clients must not
/// use one session file at a time. Coroutines may be awaited in any number at once.
///
/// Errors: mtfetch::error and its child rpc_error; a cancelled call throws std::system_error with
/// asio::error::operation_aborted. Their sentences never hold a token, code, password or key.
class client {
 public:
  client(asio::any_io_executor executor, config settings);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Opens the session file and reaches the home data centre, making a key there if there is none.
  /// Throws client_errc::bad_config for a missing api_id or api_hash,
  /// storage_errc::bad_session_file or locked with the file's path, transport_errc::unreachable
  /// with the addresses tried, or a security_errc when the data centre fails a check. May be called
  /// again after it failed.
  asio::awaitable<void> connect();

  /// Whether the session file holds a login that Telegram has not ended, as far as is known.
  bool signed_in() const;
  bool is_bot() const;
  /// 0 when not signed in.
  std::int64_t user_id() const;
  /// The data centre that this login lives on.
  int home_dc() const;
  /// The data centres as known now: the configured ones, on Telegram's own networks brought up to
  /// date by help.getConfig.
  const network& known_network() const;

  /// Signs in as a bot. A wrong token is rpc_error ACCESS_TOKEN_INVALID or ACCESS_TOKEN_EXPIRED.
  /// https://core.telegram.org/method/auth.importBotAuthorization
  asio::awaitable<void> sign_in_bot(std::string token);
  /// Asks for a login code. https://core.telegram.org/api/auth
  asio::awaitable<sent_code> request_code(std::string phone);
  /// Asks to have the code sent again, by the next route.
  asio::awaitable<sent_code> resend_code(sent_code sent);
  asio::awaitable<sign_in_step> submit_code(sent_code sent, std::string code);
  /// The account's 2FA password, by SRP: the password itself is not sent, and the server's
  /// parameters are checked first (security_errc::bad_srp_parameters).
  /// https://core.telegram.org/api/srp
  asio::awaitable<sign_in_step> submit_password(std::string password);
  /// Ends the login on the server and in the session file, keys included.
  asio::awaitable<void> log_out();

  /// Makes a call and gives its typed answer. Serializes at once: the request may be a temporary.
  ///
  /// Done inside: initConnection and the layer, *_MIGRATE_n (at most 5 hops), authorization on
  /// other data centres, FLOOD_WAIT up to config::flood_wait_limit, server errors of calls that
  /// may be repeated, reconnects. What remains is thrown: rpc_error; client_errc::deadline,
  /// not_signed_in, unknown_dc, too_many_migrations, stopped, queue_full; transport_errc with the
  /// data centre and the addresses tried; security_errc. Cancelled (terminal), the server is told
  /// to drop the answer.
  template <tl::method M>
  asio::awaitable<typename M::result> invoke(const M& request, invoke_options options = {}) {
    return client_impl::typed_answer<M>(
        invoke_bytes(tl::serialize(request), std::string(M::tl_name), options));
  }
  /// The same for a serialized method of the layer; `method_name` is for errors and for what may
  /// be repeated. Gives the boxed answer.
  asio::awaitable<shared_bytes> invoke_bytes(bytes serialized, std::string method_name,
                                             invoke_options options = {});

  /// One more connection, with a session of its own, to this data centre: for downloads. Comes back
  /// when it is up and, for a signed-in client, authorized there. A media_only address is
  /// preferred. A CDN data centre knows no logins; its RSA keys are asked for once
  /// (help.getCdnConfig, which answers people only: for a bot it is rpc_error BOT_METHOD_INVALID).
  asio::awaitable<std::shared_ptr<channel>> open_channel(int dc, invoke_options options = {});

  /// What Telegram sends unasked over the connection to the home data centre, kept from the first
  /// call of this on, up to config::update_limit. From then on the connection is kept up without
  /// calls, too; where one was lost there is a missed_updates.
  update_stream updates();

  /// Peers resolved before; empty until connect().
  peer_cache& peers();

  /// Closes every connection; waiting calls end with client_errc::stopped. The session file is
  /// released.
  void stop();

 private:
  std::shared_ptr<client_impl::client_state> state_;
};

}  // namespace mtfetch
