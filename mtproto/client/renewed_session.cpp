// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/renewed_session.hpp"

#include "mtproto/net/clock.hpp"

#include <asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace mtfetch::client_impl {
namespace {

// How long the next session may take to be reached and bound. The one in use serves meanwhile.
constexpr std::chrono::seconds renewal_time{60};
// How often a call is made again that the key before this one could not serve any more.
constexpr int most_moves = 3;

}  // namespace

renewed_session::renewed_session(std::shared_ptr<environment> shared, dc_session::duties what,
                                 key_refused on_refused, on_update updates)
    : shared_(std::move(shared)),
      what_(what),
      on_refused_(std::move(on_refused)),
      updates_(std::move(updates)),
      rotation_(shared_->rotation),
      bell_(shared_->executor),
      moved_(shared_->executor) {}

std::shared_ptr<dc_session> renewed_session::make_session() {
  dc_session::callbacks tell;
  tell.key_refused = on_refused_;
  tell.update = updates_;
  const std::weak_ptr<renewed_session> weak = weak_from_this();
  tell.key_changed = [weak](const dc_session& of, time_point ends) {
    if (const auto self = weak.lock()) self->key_changed(of, ends);
  };
  tell.connected = [weak] {
    if (const auto self = weak.lock()) self->bell_.cancel();
  };
  tell.idle = [weak] {
    const auto self = weak.lock();
    if (!self) return;
    if (self->old_) self->bell_.cancel();
    self->moved_.ring();
  };
  const auto made = std::make_shared<dc_session>(shared_, what_, std::move(tell));
  made->stay_connected(stays_);
  return made;
}

void renewed_session::stay_connected(bool on) {
  stays_ = on;
  current_->stay_connected(on);
}

void renewed_session::start() {
  current_ = make_session();
  current_->start();
  if (what_.key == dc_session::key_use::permanent) return;
  asio::co_spawn(shared_->executor, keep_fresh(),
                 [self = shared_from_this()](const std::exception_ptr& thrown) {
                   if (thrown && !self->stopped_) std::rethrow_exception(thrown);
                 });
}

void renewed_session::stop(const outcome& with) {
  if (std::exchange(stopped_, true)) return;
  for (const auto& each : {current_, next_, old_}) {
    if (each) each->stop(with);
  }
  bell_.cancel();
  moved_.ring();
}

asio::awaitable<outcome> renewed_session::call(byte_view request, call_terms terms) {
  const auto self = shared_from_this();
  for (int tries = 1;; ++tries) {
    // Calls that follow each other stay where the first went: only there can it be named.
    const bool follows = terms.chain != 0 && old_ && old_->runs_chain(terms.chain);
    const auto by = follows ? old_ : current_;
    const bool temporary = by->key_ends() != no_deadline;
    if (by == current_ && temporary && !rotation_.takes_calls(net::now().mono) && !stopped_) {
      if (!by->idle()) {
        // What waits under the key may be answered yet: this call goes under the next one.
        if (!co_await moved_.wait(terms.deadline)) {
          co_return failed(client_errc::deadline,
                           terms.method + ": the temporary key of data centre " +
                               std::to_string(what_.dc) + " ended, and none came in its place");
        }
        --tries;
        continue;
      }
      by->distrust_key();
    }
    outcome ended = co_await by->call(request, terms);
    const bool moved =
        by != current_ && !stopped_ && ended.refused && ended.refused->is("AUTH_KEY_PERM_EMPTY");
    if (!moved || tries == most_moves) co_return ended;
  }
}

asio::awaitable<outcome> renewed_session::reach(call_terms terms) {
  const auto self = shared_from_this();
  const auto by = current_;
  outcome reached = co_await by->reach(std::move(terms));
  co_return reached;
}

void renewed_session::key_changed(const dc_session& of, time_point ends) {
  if (&of != current_.get()) return;
  if (ends == no_deadline) {
    rotation_.gone();
  } else {
    rotation_.in_use(net::now().mono, ends);
  }
  bell_.cancel();
  moved_.ring();
}

asio::awaitable<void> renewed_session::keep_fresh() {
  using step = session::key_rotation::step;
  while (!stopped_) {
    if (!old_ && !current_->connected()) {
      // Nobody uses it. Who connects next rings, and what is due by then is done at once.
      bell_.expires_at(no_deadline);
      co_await rung(bell_);
      continue;
    }
    switch (rotation_.next_step(net::now().mono, !old_ || old_->idle())) {
      case step::make:
        co_await renew();
        break;
      case step::drop_old:
        drop_old();
        break;
      case step::wait:
        bell_.expires_at(rotation_.deadline());
        co_await rung(bell_);
        break;
    }
  }
}

asio::awaitable<void> renewed_session::renew() {
  next_ = make_session();
  const auto made = next_;
  made->start();
  call_terms terms;
  terms.method = "the renewal of a temporary key";
  terms.deadline = net::now().mono + renewal_time;
  terms.fail_fast = true;
  outcome reached = co_await made->reach(std::move(terms));
  next_.reset();
  moved_.ring();
  if (stopped_) co_return;
  if (!reached.ok()) {
    made->stop(std::move(reached));
    rotation_.failed(net::now().mono);
    co_return;
  }
  old_ = std::exchange(current_, made);
  old_->retire();
  rotation_.made(net::now().mono, made->key_ends());
}

void renewed_session::drop_old() {
  rotation_.dropped();
  if (!old_) return;
  outcome with;
  with.failed = transport_errc::closed;
  with.why = "the temporary key of data centre " + std::to_string(what_.dc) + " came to its end";
  std::exchange(old_, nullptr)->stop(std::move(with));
}

}  // namespace mtfetch::client_impl
