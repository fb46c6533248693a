// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/dc_session.hpp"

#include "mtproto/client/request_header.hpp"
#include "mtproto/tl/object.hpp"

#include <mtfetch/api/help.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>

#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace mtfetch::client_impl {
namespace {

// How often a call is sent again because the data centre wants the session's header once more.
constexpr int header_tries = 3;

bool wants_header(const rpc_failure& failure) {
  return failure.is("CONNECTION_NOT_INITED") || failure.is("CONNECTION_LAYER_INVALID");
}

}  // namespace

// A waiting call's entry in the table; taken out however the wait ends, and the answer with it.
class dc_session::place_in_line {
 public:
  place_in_line(dc_session& owner, session::request_id id, waiting& call, std::uint64_t chain)
      : owner_(owner), id_(id), call_(call), chain_(chain) {
    owner_.waiting_.emplace(id, &call);
  }
  ~place_in_line() {
    owner_.waiting_.erase(id_);
    const auto last = owner_.chains_.find(chain_);
    if (last != owner_.chains_.end() && last->second == id_) owner_.chains_.erase(last);
    owner_.room_.ring_one();
    if (owner_.waiting_.empty() && owner_.tell_.idle) owner_.tell_.idle();
    if (call_.result || !owner_.session_) return;
    owner_.session_->cancel(id_);
    if (owner_.connection_) owner_.connection_->wake();
  }
  place_in_line(const place_in_line&) = delete;
  place_in_line& operator=(const place_in_line&) = delete;

 private:
  dc_session& owner_;
  session::request_id id_;
  waiting& call_;
  std::uint64_t chain_;
};

dc_session::dc_session(std::shared_ptr<environment> shared, duties what, callbacks tell)
    : shared_(std::move(shared)),
      what_(what),
      tell_(std::move(tell)),
      changed_(shared_->executor),
      pause_(shared_->executor),
      key_destroyed_(shared_->executor),
      room_(shared_->executor) {}

void dc_session::start() {
  const auto self = shared_from_this();
  asio::co_spawn(
      shared_->executor, live(),
      asio::bind_cancellation_slot(cancel_.slot(), [self](const std::exception_ptr& thrown) {
        // Only stop() ends it; anything else is a defect and not to be hidden.
        if (thrown && !self->stopped_) std::rethrow_exception(thrown);
      }));
}

void dc_session::stop(outcome with) {
  if (stopped_) return;
  stopped_ = std::move(with);
  fail_waiting(*stopped_, false);
  changed_.ring();
  room_.ring();
  if (connection_) connection_->close(client_errc::stopped);
  if (poller_) poller_->close(client_errc::stopped);
  cancel_.emit(asio::cancellation_type::terminal);
}

asio::awaitable<bool> dc_session::destroy_key(time_point deadline) {
  const auto self = shared_from_this();
  if (session_ && connection_) {
    destroying_ = true;
    session_->destroy_key();
    connection_->wake();
    while (!destroyed_ && connection_ && co_await key_destroyed_.wait(deadline)) {
    }
  }
  co_return destroyed_;
}

void dc_session::destroy_session(std::int64_t session_id) {
  if (!session_ || !connection_ || session_id == 0) return;
  session_->destroy_session(session_id);
  connection_->wake();
}

void dc_session::stay_connected(bool on) {
  stays_ = on;
  subscribe();
  changed_.ring();
}

// https://core.telegram.org/api/updates: a session that has made no call gets none.
void dc_session::subscribe() {
  if (!stays_ || !usable() || subscription_) return;
  call_terms terms;
  terms.repeatable = true;
  subscription_ = submit(tl::serialize(api::help::getConfig()), terms, true);
  if (connection_) connection_->wake();
}

// ---- calls

asio::awaitable<outcome> dc_session::call(byte_view request, call_terms terms) {
  const auto self = shared_from_this();
  // Who was woken for a place in the queue and leaves without it wakes the next.
  const struct pass_on {
    dc_session& owner;
    ~pass_on() {
      if (owner.waiting_.size() < owner.shared_->settings.queue_limit) owner.room_.ring_one();
    }
  } at_end{*this};
  for (int tries = 1;; ++tries) {
    if (stopped_ || !usable()) {
      const outcome here = co_await ready(terms, false);
      if (!here.ok()) co_return here;
    }
    if (waiting_.size() >= shared_->settings.queue_limit) {
      if (!co_await room_.wait(terms.deadline)) {
        co_return failed(client_errc::queue_full,
                         terms.method + ": " + std::to_string(waiting_.size()) +
                             " calls waited for answers until its deadline");
      }
      --tries;  // whatever else happened meanwhile is looked at again
      continue;
    }
    const bool with_header = !inited_;
    const session::request_id id = submit(request, terms, with_header);
    waiting mine{asio::steady_timer(shared_->executor, terms.deadline), terms.fail_fast, {}};
    {
      const place_in_line place(*this, id, mine, terms.chain);
      changed_.ring();
      if (connection_) connection_->wake();
      while (!mine.result && co_await rung(mine.bell)) {
      }
    }
    if (!mine.result) co_return gave_up(terms);
    if (mine.result->ok()) inited_ = inited_ || with_header;
    if (!mine.result->refused || tries == header_tries) co_return std::move(*mine.result);
    if (wants_header(*mine.result->refused)) {
      inited_ = false;
    } else if (mine.result->refused->is("AUTH_KEY_PERM_EMPTY") && temporary_ && !retired_) {
      // The server has forgotten what the key stands for, or another one took its place.
      if (bound_) bind();
    } else {
      co_return std::move(*mine.result);
    }
  }
}

asio::awaitable<outcome> dc_session::reach(call_terms terms) {
  const auto self = shared_from_this();
  outcome reached = co_await ready(std::move(terms), true);
  co_return reached;
}

asio::awaitable<outcome> dc_session::ready(call_terms terms, bool connection_too) {
  const auto seen = troubles_;
  ++reaching_;
  const std::shared_ptr<void> leave(nullptr, [this](void*) { --reaching_; });
  for (bool asked = false;;) {
    if (stopped_) co_return *stopped_;
    if (usable() && (connection_ || !connection_too)) co_return outcome();
    if (troubles_ != seen && trouble_ && (terms.fail_fast || trouble_for_good_)) {
      co_return *trouble_;
    }
    if (std::chrono::steady_clock::now() >= terms.deadline) co_return gave_up(terms);
    if (!std::exchange(asked, true)) changed_.ring();
    co_await changed_.wait(terms.deadline);
  }
}

session::request_id dc_session::submit(byte_view request, const call_terms& terms,
                                       bool with_header) {
  session::request_options options;
  options.repeatable = terms.repeatable ? session::repeat::allowed : session::repeat::never;
  const auto in_order = [&](session::request_id id) {
    if (terms.chain == 0) return id;
    session::request_id& last = chains_[terms.chain];
    if (last != session::request_id{}) session_->run_after(id, last);
    last = id;
    return id;
  };
  if (!with_header && what_.updates && !terms.takeout) {
    return in_order(session_->submit(request, options));
  }
  bytes wrapped;
  const auto append = [&wrapped](byte_view part) {
    wrapped.insert(wrapped.end(), part.begin(), part.end());
  };
  if (with_header) append(what_.key == key_use::cdn ? shared_->cdn_header : shared_->header);
  if (!what_.updates) append(without_updates_header());
  if (terms.takeout) append(takeout_header(*terms.takeout));
  append(request);
  return in_order(session_->submit(std::move(wrapped), options));
}

void dc_session::finish(session::request_id id, outcome result) {
  if (id == binding_) return binding_ended(result);
  if (id == subscription_) {
    subscription_.reset();
    inited_ = inited_ || result.ok();
    return;
  }
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  found->second->result = std::move(result);
  found->second->bell.cancel();
}

void dc_session::fail_waiting(const outcome& with, bool only_hasty) {
  for (const auto& [id, call] : waiting_) {
    if (call->result || (only_hasty && !call->fail_fast)) continue;
    if (session_) session_->cancel(id);
    call->result = with;
    call->bell.cancel();
  }
}

outcome dc_session::gave_up(const call_terms& terms) const {
  if (!connection_ && trouble_) return *trouble_;
  return failed(client_errc::deadline, terms.method + ": no answer from data centre " +
                                           std::to_string(what_.dc) + " before the deadline");
}

void dc_session::take_events() {
  // Of salts only the last counts: a server may name a thousand in one packet, and each write waits
  // for the disk.
  std::optional<std::int64_t> salt;
  while (session_) {
    auto event = session_->poll_event();
    if (!event) break;
    std::visit(
        [this, &salt](auto& it) {
          using kind = std::decay_t<decltype(it)>;
          outcome result;
          if constexpr (std::is_same_v<kind, session::answer>) {
            result.body = std::move(it.body);
            finish(it.id, std::move(result));
          } else if constexpr (std::is_same_v<kind, session::failure>) {
            result.refused = std::move(it.why);
            finish(it.id, std::move(result));
          } else if constexpr (std::is_same_v<kind, session::lost>) {
            finish(it.id, failed(it.why, "data centre " + std::to_string(what_.dc) +
                                             " gave no answer to a call, and it may have run: " +
                                             it.why.message()));
          } else if constexpr (std::is_same_v<kind, session::salts_changed>) {
            salt = it.salt;
          } else if constexpr (std::is_same_v<kind, session::update>) {
            if (tell_.update) tell_.update(std::move(it.body));
          } else if constexpr (std::is_same_v<kind, session::session_created>) {
            if (tell_.update) tell_.update(shared_bytes());
            subscribe();
          } else if constexpr (std::is_same_v<kind, session::key_destroyed>) {
            destroyed_ = true;
            key_destroyed_.ring();
          }
        },
        *event);
  }
  const bool permanent = what_.key == key_use::permanent && what_.makes_keys;
  if (!salt || !permanent || !shared_->store) return;
  write_or_tell([this, &salt] { shared_->store->write_salt(what_.dc, *salt); });
}

}  // namespace mtfetch::client_impl
