// SPDX-License-Identifier: BSL-1.0
// The keys of a dc_session: the permanent one, the temporary one bound to it, and their ends.
#include "mtproto/client/dc_session.hpp"
#include "mtproto/client/key_trial.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/session/temporary_key.hpp"
#include "mtproto/tl/reader.hpp"

#include <utility>

namespace mtfetch::client_impl {
namespace {

// A key that ends sooner than this is not used for another connection.
constexpr std::chrono::seconds worth_using{60};

std::int64_t unix_time(duration server_offset) {
  const auto now = net::now().wall.time_since_epoch() + server_offset;
  return std::chrono::floor<std::chrono::seconds>(now).count();
}

// boolFalse, and what no schema has, is no success.
bool says_yes(const outcome& ended) {
  return ended.ok() && tl::reader(ended.body.view()).u32() == tl::bool_true_id;
}

}  // namespace

// Sees to it that the session has a key to go on with, made over this connection if need be.
asio::awaitable<net::framed_socket> dc_session::keyed(net::framed_socket way, std::int32_t dc_field,
                                                      const way_finder& finder) {
  const auto still_open = [this] {
    if (!shared_->store) throw error(client_errc::stopped, "the client was stopped");
  };
  const auto options = [&](const std::vector<crypto::rsa_public_key>& keys) {
    handshake::client_options asked;
    asked.keys = keys;
    asked.dc = dc_field;
    return asked;
  };
  still_open();
  std::optional<net::framed_socket> at(std::move(way));
  if (what_.key != key_use::cdn) {
    std::optional<storage::dc_key> key = shared_->store->read_key(what_.dc);
    duration server_offset{};
    if (!key && !what_.makes_keys) {
      throw error(transport_errc::auth_key_unknown,
                  "data centre " + std::to_string(what_.dc) + " has no key yet");
    }
    if (!key) {
      handshake::client_options lasting = options(shared_->keys);
      net::keyed_socket made = co_await net::exchange_key(
          std::move(*at), std::move(lasting), shared_->random, finder.ends(), finder.silence());
      still_open();
      key = storage::dc_key{made.key.key, made.key.server_salt, false};
      key->made = unix_time(made.key.server_offset);
      shared_->store->write_key(what_.dc, *key);
      server_offset = made.key.server_offset;
      at.emplace(std::move(made.way));
    }
    if (permanent_ && permanent_->key.id() != key->key.id()) forget_temporary();
    permanent_ = std::move(key);
    if (what_.key == key_use::permanent) {
      use_key(permanent_->key, permanent_->salt, server_offset);
      bound_ = true;
      co_return std::move(*at);
    }
  }
  if (temporary_ && net::now().mono + worth_using > temporary_ends_) forget_temporary();
  if (!temporary_) {
    const bool cdn = what_.key == key_use::cdn;
    handshake::client_options passing = options(cdn ? shared_->cdn_keys[what_.dc] : shared_->keys);
    passing.expires_in = static_cast<std::int32_t>(session::temporary_key_lifetime.count());
    net::keyed_socket made = co_await net::exchange_key(
        std::move(*at), std::move(passing), shared_->random, finder.ends(), finder.silence());
    still_open();
    at.emplace(std::move(made.way));
    const instant now = net::now();
    // By the steady clock from here on: so long does the server say that it lives.
    const auto server_now = std::chrono::floor<std::chrono::seconds>(now.wall.time_since_epoch()) +
                            made.key.server_offset;
    temporary_ends_ = now.mono + std::chrono::seconds(made.key.expires_at) - server_now;
    temporary_.emplace(std::move(made.key));
  }
  use_key(temporary_->key, temporary_->server_salt, temporary_->server_offset);
  if (what_.key == key_use::cdn) {
    if (!std::exchange(bound_, true) && tell_.key_changed)
      tell_.key_changed(*this, temporary_ends_);
  } else if (!bound_ && !binding_) {
    bind();
  }
  co_return std::move(*at);
}

void dc_session::use_key(const crypto::auth_key& key, std::int64_t salt, duration server_offset) {
  if (!session_) {
    session_.emplace(key, salt, server_offset, session::session_config(), shared_->random);
  } else if (session_->key().id() != key.id()) {
    session_->replace_key(key, salt);
  } else {
    return;
  }
  inited_ = false;
  bound_ = false;
  binding_.reset();
  chains_.clear();
}

// After a binding the data centre wants initConnection again. https://core.telegram.org/api/pfs
void dc_session::bind() {
  bound_ = false;
  inited_ = false;
  binding_ = session_->submit_first(session::binding_of(temporary_->key, permanent_->key,
                                                        temporary_->expires_at, shared_->random));
  if (connection_) connection_->wake();
}

void dc_session::binding_ended(const outcome& with) {
  binding_.reset();
  if (says_yes(with)) {
    bound_ = true;
    bind_refusals_ = key_doubts_ = 0;
    permanent_->bound = unix_time(session_->server_offset());
    write_or_tell([this] {
      if (shared_->store) shared_->store->write_bound(what_.dc, permanent_->bound);
    });
    subscribe();
    if (tell_.key_changed) tell_.key_changed(*this, temporary_ends_);
    if (poller_) poller_->wake();
    changed_.ring();
    return;
  }
  const auto remedy = with.refused ? session::remedy_for_bind(*with.refused)
                                   : session::bind_remedy::another_temporary;
  if (remedy != session::bind_remedy::later) forget_temporary();
  const bool doubtful = remedy == session::bind_remedy::doubt_permanent;
  key_doubts_ = doubtful ? key_doubts_ + 1 : 0;
  in_doubt_ = key_doubts_ >= session::believed_bind_refusals;
  ++bind_refusals_;
  bind_trouble_.emplace();
  bind_trouble_->failed = transport_errc::server_error;
  bind_trouble_->why = "data centre " + std::to_string(what_.dc) +
                       " does not bind a temporary key: " +
                       (with.refused ? with.refused->message
                        : with.ok()  ? "it says no"
                                     : with.why);
  // The next connection binds again, after a pause.
  if (connection_) connection_->close(transport_errc::server_error);
}

// The connection ended because nothing could be bound over it. Said aloud from the second time on.
void dc_session::binding_failed() {
  ++pauses_;
  outcome trouble = *std::exchange(bind_trouble_, std::nullopt);
  if (bind_refusals_ >= session::believed_bind_refusals) note_trouble(std::move(trouble), false);
}

void dc_session::forget_temporary() {
  if (temporary_ && tell_.key_changed) tell_.key_changed(*this, no_deadline);
  temporary_.reset();
  binding_.reset();
  bound_ = false;
}

// The data centre does not know the key in use (-404), and said so often enough.
void dc_session::key_was_refused() {
  key_refusals_ = 0;
  pauses_ = 0;
  if (what_.key == key_use::permanent) {
    in_doubt_ = true;
  } else {
    forget_temporary();
  }
}

// A login may hang on the permanent key, so it is not given up for what a server in trouble says,
// or anybody on the way.
asio::awaitable<void> dc_session::try_key() {
  in_doubt_ = false;
  key_doubts_ = 0;
  const bool refused = bind_trouble_.has_value();
  const bool asks =
      what_.makes_keys && may_be_lost(*permanent_, unix_time(session_->server_offset()));
  bool lost = !what_.makes_keys;  // others only report it to the session that does
  if (asks) lost = co_await is_lost(shared_, what_.dc, refused);
  if (stopped_) co_return;
  if (lost) {
    write_or_tell([this] { permanent_key_was_refused(); });
  } else if (refused && !asks) {
    binding_failed();
  } else {
    bind_trouble_.reset();
    ++pauses_;
  }
}

void dc_session::permanent_key_was_refused() {
  bind_refusals_ = key_doubts_ = 0;
  bind_trouble_.reset();
  pauses_ = 0;
  std::optional<outcome> verdict =
      tell_.key_refused ? tell_.key_refused() : std::optional<outcome>();
  if (verdict) {
    note_trouble(std::move(*verdict), true);
    forget_temporary();
    session_.reset();
    subscription_.reset();
    stays_ = false;  // no login, no updates
    inited_ = bound_ = false;
  } else {
    drop_key();
  }
}

void dc_session::distrust_key() {
  // Under a temporary key only another binding tells what the permanent one is worth.
  forget_temporary();
  if (connection_) connection_->close(transport_errc::closed);
}

void dc_session::drop_key() {
  if (shared_->store) shared_->store->erase_key(what_.dc);
  distrust_key();
}

}  // namespace mtfetch::client_impl
