// SPDX-License-Identifier: BSL-1.0
// What a client is inside: its login, a session for each data centre, and what is done about
// answers.
#pragma once

#include "mtproto/client/answer_policy.hpp"
#include "mtproto/client/condition.hpp"
#include "mtproto/client/environment.hpp"
#include "mtproto/client/renewed_session.hpp"
#include "mtproto/client/session_store.hpp"
#include "mtproto/client/update_queue.hpp"
#include "mtproto/tl/object.hpp"

#include <mtfetch/api/base.hpp>
#include <mtfetch/channel.hpp>
#include <mtfetch/config.hpp>
#include <mtfetch/invoke.hpp>
#include <mtfetch/peers.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtfetch::client_impl {

/// Held by shared_ptr: every call under way keeps it. One executor.
class client_state : public std::enable_shared_from_this<client_state> {
 public:
  client_state(asio::any_io_executor executor, config settings);

  asio::awaitable<void> connect();
  void stop();

  /// A call with all that client::invoke promises.
  asio::awaitable<shared_bytes> invoke(bytes request, std::string method, invoke_options options);
  template <tl::method M>
  asio::awaitable<typename M::result> invoke(const M& request, invoke_options options = {}) {
    return typed_answer<M>(invoke(tl::serialize(request), std::string(M::tl_name), options));
  }

  /// A session for files, connected, with key and login.
  asio::awaitable<std::shared_ptr<renewed_session>> open_files_session(int dc,
                                                                       invoke_options options);
  /// A session of the permanent key has ended: the server is told by the main one.
  void session_ended(int dc, std::int64_t session_id);

  /// The queue of the home data centre's updates, filled from the first call on.
  std::shared_ptr<update_queue> updates();

  // ---- the login

  const storage::login& who() const { return login_; }
  int home_dc() const { return login_.home_dc; }
  bool signed_in() const { return login_.user_id != 0; }
  /// A sign-in succeeded at the home data centre.
  void signed_in_as(const api::user& user);
  /// The login was ended by us: everything stored of it goes, sessions end.
  void logged_out();
  /// Has every data centre forget its permanent key, as far as they can be reached soon.
  asio::awaitable<void> destroy_keys();
  /// The login was found to be over. Gives the outcome for whoever found out.
  outcome login_ended(std::string_view why, bool key_too);

  /// Sees to it that this data centre knows the login: exports it from home and imports it there,
  /// once for its key; all who need it wait for the same import.
  /// https://core.telegram.org/api/datacenter#authorization-transfer
  asio::awaitable<void> authorize(int dc, time_point deadline);
  /// The data centre says that it does not know the login. `imports` is what imports_of gave before
  /// the call: an import made since then counts as the answer.
  void forget_authorization(int dc, std::uint64_t imports);
  std::uint64_t imports_of(int dc) { return import_of(dc).count; }
  /// Has the data centre's key tried, and another one made when it is refused.
  asio::awaitable<void> heal_key(int dc, time_point deadline);

  const std::shared_ptr<environment>& shared() const { return shared_; }
  mtfetch::peer_cache& peers() { return peers_; }

 private:
  asio::awaitable<void> learn_who(call_terms terms);
  struct import {
    explicit import(const asio::any_io_executor& executor) : ended(executor) {}
    bool running = false;
    std::int64_t key_id = 0;  // the key that is authorized; 0: none
    std::uint64_t count = 0;
    condition ended;
  };

  void must_be_open() const;
  std::shared_ptr<renewed_session> session_of(int dc);
  dc_session::key_use key_use_here() const;
  std::shared_ptr<renewed_session> open_session(const dc_session::duties& duties);
  asio::awaitable<bool> destroy_key(int dc, time_point deadline);
  asio::awaitable<void> learn_cdn_keys(int dc, time_point deadline, bool anew);
  asio::awaitable<void> ask_for_cdn_keys(time_point deadline);
  void take_update(int dc, shared_bytes body);
  void keep_updates_coming();
  bool is_cdn(int dc) const;
  bool is_authorized(int dc);
  bool needs_authorization(int dc, std::string_view method);
  import& import_of(int dc);
  void forget_imports();
  void move_home(int dc);
  void stop_sessions(const outcome& with);
  void take_addresses(const api::config& answer);
  asio::awaitable<void> import_login(int dc, time_point deadline);
  [[noreturn]] void throw_unknown(int dc) const;

  std::shared_ptr<environment> shared_;
  storage::login login_;
  bool open_ = false;
  std::map<int, std::shared_ptr<renewed_session>> sessions_;
  std::vector<std::weak_ptr<renewed_session>> file_sessions_;
  std::shared_ptr<update_queue> updates_;  // null while nobody has asked for them
  std::map<int, import> imports_;
  bool asking_for_cdn_keys_ = false;
  std::uint64_t cdn_answers_ = 0;
  condition cdn_keys_came_;  // or did not
  mtfetch::peer_cache peers_{nullptr};
};

/// The error that an outcome without an answer is to the caller.
[[noreturn]] void throw_outcome(const outcome& ended, const std::string& method);

/// What a call by these options is told; its deadline counts from now.
call_terms terms_of(std::string method, const invoke_options& options);

/// Milliseconds left until then, at least one.
invoke_options until(time_point deadline);

}  // namespace mtfetch::client_impl
