// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/dc_session.hpp"

#include "mtproto/client/request_header.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/open_way.hpp"
#include "mtproto/session/bad_message.hpp"
#include "mtproto/transport/stream.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <algorithm>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace mtfetch::client_impl {
namespace {

// A connection that lived this long and worked is dialled again without a pause.
constexpr std::chrono::seconds good_life{2};
// How often a call is sent again because the data centre wants the session's header once more.
constexpr int header_tries = 3;
// The data centre must refuse a key this often in a row before it is believed: a login may hang on
// it, and a server in trouble says the same.
constexpr int believed_refusals = 2;
// How many pauses with no connection that worked before one is given more time to answer.
constexpr int soon_pauses = 4;
// How many pauses a flood (-429) counts for.
constexpr int flood_pauses = 4;
// How long stop() waits for the server to have destroyed a temporary key.
constexpr std::chrono::seconds farewell_time{1};

bool wants_header(const rpc_failure& failure) {
  return failure.is("CONNECTION_NOT_INITED") || failure.is("CONNECTION_LAYER_INVALID");
}

bool is_ours(const std::error_category& category) {
  return category == transport_category() || category == security_category() ||
         category == protocol_category() || category == client_category() ||
         category == storage_category() || category == proxy_category();
}

// A lasting reason: another try would fail the same check, meet the same full disk or be refused by
// the proxy for the same password.
bool lasts(std::error_code code) {
  return code == proxy_errc::login_required || code == proxy_errc::login_refused ||
         code == proxy_errc::login_kind_unknown || code == proxy_errc::too_long ||
         code.category() == security_category() || code.category() == storage_category() ||
         code.category() == client_category();
}

outcome failed(std::error_code code, std::string why) {
  outcome out;
  out.failed = is_ours(code.category()) ? code : make_error_code(transport_errc::unreachable);
  out.why = std::move(why);
  return out;
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
      farewell_(shared_->executor),
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
  const bool temporary = temporary_ && session_ && !destroyed_;
  if (!temporary || !connection_ || !connection_->is_open()) return end_connection();
  session_->destroy_key();
  connection_->wake();
  farewell_.expires_after(farewell_time);
  farewell_.async_wait([self = shared_from_this()](std::error_code) { self->end_connection(); });
}

void dc_session::end_connection() {
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

// ---- calls

asio::awaitable<outcome> dc_session::call(byte_view request, call_terms terms) {
  const auto self = shared_from_this();
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
  if (!with_header && what_.updates) return in_order(session_->submit(request, options));
  bytes wrapped;
  const auto append = [&wrapped](byte_view part) {
    wrapped.insert(wrapped.end(), part.begin(), part.end());
  };
  if (with_header) append(what_.key == key_use::cdn ? shared_->cdn_header : shared_->header);
  if (!what_.updates) append(without_updates_header());
  append(request);
  return in_order(session_->submit(std::move(wrapped), options));
}

void dc_session::finish(session::request_id id, outcome result) {
  if (id == binding_) return binding_ended(result);
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
          } else if constexpr (std::is_same_v<kind, session::key_destroyed>) {
            key_is_destroyed();
          }
        },
        *event);
  }
  const bool permanent = what_.key == key_use::permanent && what_.makes_keys;
  if (salt && permanent && shared_->store) shared_->store->write_salt(what_.dc, *salt);
}

// ---- the connection

asio::awaitable<void> dc_session::live() {
  while (!stopped_) {
    if (reaching_ == 0 && waiting_.empty()) {
      co_await changed_.wait(no_deadline);
      continue;
    }
    if (pauses_ > 0) co_await pause_before_next();
    if (!stopped_) co_await attempt();
  }
}

asio::awaitable<void> dc_session::pause_before_next() {
  const config& settings = shared_->settings;
  auto pause = settings.reconnect_first * (1 << std::min(pauses_ - 1, 16));
  pause = std::min(pause, settings.reconnect_most);
  // Between a half and the whole of it, so that many clients do not come back together.
  std::uint8_t dice = 0;
  shared_->random(byte_span(&dice, 1));
  pause = pause / 2 + pause * dice / (2 * 255);
  pause_.expires_after(pause);
  co_await rung(pause_);
}

asio::awaitable<void> dc_session::attempt() {
  std::optional<outcome> trouble;
  std::error_code end;
  duration lived{};
  try {
    net::framed_socket way = co_await open_socket();
    if (stopped_) co_return;
    const bool padded = way.stream.kind() == transport::framing::padded_intermediate;
    const bool over_http = way.stream.kind() == transport::framing::http;
    connection_ = std::make_shared<net::connection>(std::move(way.socket), std::move(way.stream),
                                                    machine(), std::move(way.layers));
    proven_ = false;
    const instant begun = net::now();
    // The longer nothing works, the more patience: it may be the line that is slow.
    const int patience = std::max(0, pauses_ - soon_pauses);
    answer_by_ = begun.mono + silence_ + patience * shared_->settings.connect_timeout / 10;
    session_->on_connected(begun, padded ? session::tail::cut : session::tail::refuse);
    changed_.ring();
    if (over_http) {
      asio::co_spawn(shared_->executor, poll_over_http(connection_), asio::detached);
    }
    end = co_await connection_->run();
    shared_->opener->flush();  // an answer may have come with the end
    lived = net::now().mono - begun.mono;
  } catch (const error& e) {
    trouble = failed(e.code(), e.what());
  } catch (const std::system_error& e) {
    trouble =
        failed(e.code(), "data centre " + std::to_string(what_.dc) + " " +
                             net::place(way_, shared_->settings.proxy) + ": " + e.code().message());
  }
  const bool was_connected = connection_ != nullptr;
  connection_.reset();
  if (const auto poller = std::exchange(poller_, nullptr)) poller->close(transport_errc::closed);
  if (session_ && was_connected) {
    session_->on_connection_lost(end);
    take_events();
  }
  if (destroying_ && end == transport_errc::auth_key_unknown) destroyed_ = true;
  key_destroyed_.ring();
  if (stopped_) {
    farewell_.cancel();
    co_return;
  }
  if (!trouble) {
    connection_ended(end, lived);
    co_return;
  }
  ++pauses_;
  const bool for_good = lasts(trouble->failed);
  note_trouble(std::move(*trouble), for_good);
}

// A socket to the data centre, framed, and a session with its key: down the ways until one works.
asio::awaitable<net::framed_socket> dc_session::open_socket() {
  const auto give_up = std::chrono::steady_clock::now() + shared_->settings.connect_timeout;
  way_finder finder(shared_, what_.dc, what_.what, give_up);
  while (auto plan = finder.next(net::now().mono)) {
    // Through a proxy the first address is the one that is asked for; else the race tells.
    const bool asked_for = shared_->settings.proxy && !plan->addresses.empty();
    way_ = asked_for ? plan->addresses.front() : dc_option();
    way_name_.clear();
    try {
      net::framed_socket ready = co_await open_keyed(std::move(*plan), finder);
      co_return ready;
    } catch (const error& e) {
      if (!finder.failed(e.code(), e.what(), way_name_, net::now().mono)) throw;
    } catch (const std::system_error& e) {
      std::error_code why = e.code();
      // While a key is made nothing is known that could be unknown: it is a web server's 404.
      const bool is_404 = plan_.by == way::http && why == transport_errc::auth_key_unknown;
      if (is_404) why = transport_errc::server_error;
      const std::string sentence = "data centre " + std::to_string(what_.dc) + " " +
                                   net::place(way_, shared_->settings.proxy) + ": " + why.message();
      if (!finder.failed(why, sentence, way_name_, net::now().mono)) throw;
    }
  }
  finder.give_up();
}

// Opens one way, and makes a key over it where there is none.
asio::awaitable<net::framed_socket> dc_session::open_keyed(net::way_plan plan,
                                                           const way_finder& finder) {
  plan_ = plan;
  net::opened_way reached = co_await net::open_way(std::move(plan));
  way_ = reached.address;
  way_name_ = reached.name;
  step_name_ = finder.step_name();
  silence_ = finder.silence();
  shared_->settings.wire.hello = reached.hello;  // what this proxy takes is said first from now on
  plan_.addresses = {way_};
  const std::int32_t field = reached.dc_field;
  net::framed_socket way = std::move(reached.way);

  net::framed_socket ready = co_await keyed(std::move(way), field, finder);
  co_return ready;
}

// Over HTTP answers that come late, and what the server says of itself, need a request that waits
// for them; and while one waits nothing else can be sent. So there are two connections, which live
// and die together.
asio::awaitable<void> dc_session::poll_over_http(std::shared_ptr<net::connection> main) {
  const auto self = shared_from_this();
  std::error_code why = transport_errc::closed;
  try {
    net::way_plan plan = plan_;
    net::opened_way second = co_await net::open_way(std::move(plan));
    if (main->is_open()) {
      const auto poller = std::make_shared<net::connection>(
          std::move(second.way.socket), std::move(second.way.stream), poll_machine());
      poller_ = poller;
      why = co_await poller->run();
    }
  } catch (const std::system_error& e) {
    why = e.code();
  }
  main->close(why);
}

net::machine dc_session::machine() {
  net::machine out;
  out.on_traffic = [this](instant now) {
    if (session_) session_->on_traffic(now);
  };
  out.on_packet = [this](transport::packet& packet, instant now) -> std::error_code {
    return open(packet, now);
  };
  out.next_packet = [this](net::outgoing& next, instant now) {
    return session_ && session_->poll_transmit(next.packet, now);
  };
  out.deadline = [this] {
    return session_ ? std::min(session_->deadline(), answer_by_) : no_deadline;
  };
  out.on_deadline = [this](instant now) -> std::error_code {
    if (now.mono >= answer_by_) return transport_errc::timed_out;
    return session_ ? session_->on_deadline(now) : transport_errc::closed;
  };
  out.settled = [this] { take_events(); };
  return out;
}

std::error_code dc_session::open(transport::packet& packet, instant now) {
  if (!session_) return transport_errc::closed;
  const byte_span sealed = session_->to_open(packet.data);
  if (sealed.empty()) return security_errc::bad_packet;
  shared_->opener->add({shared_from_this(), connection_, std::move(packet.owner), sealed, now});
  return {};
}

void dc_session::take(const arrival& opened, std::error_code bad) {
  if (!expects(opened)) return;
  if (!bad) bad = session_->receive_opened(opened.packet, opened.owner, opened.at);
  if (bad) {
    connection_->close(bad);
  } else {
    answer_by_ = no_deadline;
    if (!std::exchange(proven_, true)) {
      shared_->ways.works(way_name_);
      shared_->ways.works(step_name_);
    }
    key_refusals_ = 0;
    trouble_.reset();
  }
  take_events();
  opened.over->wake();  // an event may have ended the connection
}

// What a connection does that only waits for what the server has to say.
net::machine dc_session::poll_machine() {
  net::machine out;
  out.on_packet = machine().on_packet;
  out.next_packet = [this](net::outgoing& next, instant now) {
    return session_ && session_->poll_http_wait(next.packet, now);
  };
  out.settled = [this] {
    take_events();
    if (connection_) connection_->wake();
  };
  return out;
}

void dc_session::connection_ended(std::error_code why, duration lived) {
  if (bind_trouble_) return binding_failed();
  if (proven_) {
    pauses_ = lived >= good_life ? 0 : pauses_ + 1;
  } else {
    if (blames_the_way(why, shared_->settings.proxy)) {
      shared_->ways.fruitless(way_name_, net::now().mono);
      // What drops packets in silence does not do so for one address only.
      if (why == transport_errc::timed_out) {
        shared_->ways.fruitless(step_name_, net::now().mono);
      }
    }
    ++pauses_;
  }
  switch (session::remedy_for(why)) {
    case session::remedy::back_off:
      pauses_ += flood_pauses;
      break;
    case session::remedy::another_address:
      shared_->ways.fruitless(way_name_, net::now().mono);
      break;
    case session::remedy::another_key:
      // Over HTTP a portal says the same (404) of what it does not know. That may cost the way and
      // a temporary key, but no login.
      if (plan_.by == way::http) shared_->ways.fruitless(way_name_, net::now().mono);
      if (++key_refusals_ < believed_refusals) return;
      if (plan_.by == way::http && !temporary_) break;
      key_was_refused();
      return;
    default:
      break;
  }
  outcome trouble =
      failed(why, "data centre " + std::to_string(what_.dc) + " " +
                      net::place(way_, shared_->settings.proxy) + ": " + why.message());
  if (proven_) {
    // It worked: whoever waits for the first contact has had it. Kept for those who give up.
    trouble_ = std::move(trouble);
    trouble_for_good_ = false;
  } else {
    note_trouble(std::move(trouble), false);
  }
}

void dc_session::note_trouble(outcome why, bool for_good) {
  trouble_ = std::move(why);
  trouble_for_good_ = for_good;
  ++troubles_;
  fail_waiting(*trouble_, !for_good);
  changed_.ring();
}

}  // namespace mtfetch::client_impl
