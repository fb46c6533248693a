// SPDX-License-Identifier: BSL-1.0
// The connection of a dc_session: dialled, driven, and what its end means.
#include "mtproto/client/dc_session.hpp"
#include "mtproto/net/clock.hpp"
#include "mtproto/net/open_way.hpp"
#include "mtproto/session/bad_message.hpp"
#include "mtproto/transport/stream.hpp"

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::client_impl {
namespace {

// A connection that lived this long and worked is dialled again without a pause.
constexpr std::chrono::seconds good_life{2};
// The data centre must refuse a key this often in a row before it is believed: a login may hang on
// it, and a server in trouble says the same.
constexpr int believed_refusals = 2;
// How many pauses with no connection that worked before one is given more time to answer.
constexpr int soon_pauses = 4;
// How many pauses a flood (-429) counts for.
constexpr int flood_pauses = 4;

// A lasting reason: another try would fail the same check, meet the same full disk or be refused by
// the proxy for the same password.
bool lasts(std::error_code code) {
  return code == proxy_errc::login_required || code == proxy_errc::login_refused ||
         code == proxy_errc::login_kind_unknown || code == proxy_errc::too_long ||
         code.category() == security_category() || code.category() == storage_category() ||
         code.category() == client_category();
}

}  // namespace

asio::awaitable<void> dc_session::live() {
  while (!stopped_) {
    if (reaching_ == 0 && waiting_.empty() && !stays_) {
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
    session_->on_connected(begun, padded ? session::tail::cut : session::tail::refuse,
                           over_http ? session::delivery::as_answers : session::delivery::any_time);
    changed_.ring();
    if (tell_.connected) tell_.connected();
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
    session_->on_connection_lost();
    take_events();
  }
  if (destroying_ && end == transport_errc::auth_key_unknown) destroyed_ = true;
  key_destroyed_.ring();
  if (stopped_) co_return;
  if (!trouble) {
    if (tell_.update) tell_.update(shared_bytes());  // what came meanwhile is lost, perhaps
    connection_ended(end, lived);
    if (in_doubt_) co_await try_key();
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
      const std::string sentence = "data centre " + std::to_string(what_.dc) + " " +
                                   net::place(way_, shared_->settings.proxy) + ": " +
                                   e.code().message();
      if (!finder.failed(e.code(), sentence, way_name_, net::now().mono)) throw;
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
    last_heard_ = now.mono;
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
  last_heard_ = now.mono;
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
  const net::machine main = machine();
  out.on_traffic = main.on_traffic;
  out.on_packet = main.on_packet;
  out.next_packet = [this](net::outgoing& next, instant now) {
    return session_ && session_->poll_http_wait(next.packet, now);
  };
  out.answer_within += session::session_config().http_max_wait;
  out.settled = [this] {
    take_events();
    if (connection_) connection_->wake();
  };
  return out;
}

void dc_session::connection_ended(std::error_code why, duration lived) {
  if (bind_trouble_) {
    if (!in_doubt_) binding_failed();
    return;
  }
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
      shared_->ways.unreachable(way_name_, net::now().mono);  // others may be free
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
