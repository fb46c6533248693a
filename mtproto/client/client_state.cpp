// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/client_state.hpp"

#include "mtproto/client/dc_options.hpp"
#include "mtproto/client/request_header.hpp"
#include "mtproto/crypto/random.hpp"

#include <mtfetch/api/help.hpp>
#include <mtfetch/api/users.hpp>

#include <algorithm>
#include <utility>

namespace mtfetch::client_impl {
namespace {

[[noreturn]] void refuse_config(const std::string& sentence) {
  throw error(client_errc::bad_config, sentence);
}

void check(const config& settings) {
  if (settings.api_id <= 0) {
    refuse_config("no api_id: get one at https://my.telegram.org and set MTFETCH_API_ID");
  }
  if (settings.api_hash.empty()) {
    refuse_config("no api_hash: get one at https://my.telegram.org and set MTFETCH_API_HASH");
  }
  if (settings.network.dcs.empty()) refuse_config("the network has no data centre");
}

std::vector<crypto::rsa_public_key> read_keys(const network& known) {
  std::vector<crypto::rsa_public_key> out;
  for (const std::string& pem : known.rsa_keys) {
    auto key = crypto::rsa_public_key::from_pem(pem);
    if (!key) refuse_config("an RSA key of the network \"" + known.name + "\" cannot be read");
    out.push_back(std::move(*key));
  }
  return out;
}

outcome stopped() {
  outcome out;
  out.failed = client_errc::stopped;
  out.why = "the client was stopped";
  return out;
}

}  // namespace

void throw_outcome(const outcome& ended, const std::string& method) {
  if (ended.refused) throw rpc_error(*ended.refused, method);
  throw error(ended.failed, ended.why);
}

call_terms terms_of(std::string method, const invoke_options& options) {
  call_terms terms;
  // milliseconds::max() means for ever, and would not fit.
  constexpr std::chrono::milliseconds longest = std::chrono::hours(10 * 365 * 24);
  terms.deadline = std::chrono::steady_clock::now() + std::min(options.deadline, longest);
  terms.repeatable = options.repeatable.value_or(only_reads(method));
  terms.chain = options.chain;
  terms.takeout = options.takeout;
  terms.method = std::move(method);
  return terms;
}

invoke_options until(time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  invoke_options options;
  options.deadline = std::max(left, std::chrono::milliseconds(1));
  return options;
}

client_state::client_state(asio::any_io_executor executor, config settings)
    : shared_(std::make_shared<environment>()), cdn_keys_came_(executor) {
  shared_->executor = std::move(executor);
  shared_->opener = std::make_shared<packet_opener>(shared_->executor);
  shared_->known = settings.network;
  shared_->settings = std::move(settings);
  shared_->random = crypto::system_random();
  login_.home_dc = shared_->known.home_dc;
}

asio::awaitable<void> client_state::connect() {
  const auto self = shared_from_this();
  if (!open_) {
    check(shared_->settings);
    shared_->keys = read_keys(shared_->settings.network);
    shared_->header = session_header(shared_->settings);
    shared_->cdn_header = cdn_session_header(shared_->settings);
    shared_->store = std::make_shared<storage::session_store>(shared_->settings.session_file,
                                                              shared_->settings.network.name);
    peers_ = mtfetch::peer_cache(shared_->store);
    login_ = shared_->store->read_login();
    if (login_.home_dc == 0) login_.home_dc = shared_->known.home_dc;
    open_ = true;
  }
  // Proves the home data centre and its key, and opens the session.
  const auto deadline = std::chrono::steady_clock::now() + 3 * shared_->settings.connect_timeout;
  call_terms terms;
  terms.method = "help.getConfig";
  terms.deadline = deadline;
  terms.repeatable = true;
  terms.fail_fast = true;
  const bytes request = tl::serialize(api::help::getConfig());
  const outcome ended = co_await session_of(login_.home_dc)->call(request, terms);
  if (!ended.ok()) throw_outcome(ended, terms.method);
  auto answer = tl::parse<api::help::getConfig::result>(ended.body.view(), ended.body.owner());
  if (!answer) throw error(answer.error(), "the answer to help.getConfig cannot be read");
  take_addresses(*answer);
  if (!signed_in()) co_await learn_who(terms);
}

// A login that came from another program may not say whose it is.
asio::awaitable<void> client_state::learn_who(call_terms terms) {
  const auto home = shared_->store->read_key(login_.home_dc);
  if (!home || !home->authorized) co_return;
  api::users::getUsers ask;
  ask.id.emplace_back(api::inputUserSelf());
  terms.method = api::users::getUsers::tl_name;
  const bytes request = tl::serialize(ask);
  const outcome ended = co_await session_of(login_.home_dc)->call(request, terms);
  if (!ended.ok()) throw_outcome(ended, terms.method);
  auto answer = tl::parse<api::users::getUsers::result>(ended.body.view(), ended.body.owner());
  if (!answer) throw error(answer.error(), "the answer to users.getUsers cannot be read");
  const auto* user = answer->empty() ? nullptr : answer->front().get_if<api::user>();
  if (user != nullptr) signed_in_as(*user);
}

void client_state::take_addresses(const api::config& answer) {
  // A network of somebody's own is what its file says; Telegram's own ones change.
  const network& given = shared_->settings.network;
  if (given == network::production() || given == network::test_dcs()) {
    shared_->known = with_current_addresses(given, answer);
  }
}

void client_state::stop() {
  stop_sessions(stopped());
  if (updates_) std::exchange(updates_, nullptr)->end();
  forget_imports();
  peers_ = mtfetch::peer_cache(nullptr);
  shared_->store.reset();
  open_ = false;
}

void client_state::stop_sessions(const outcome& with) {
  for (const auto& [dc, session] : std::exchange(sessions_, {})) session->stop(with);
  for (const auto& weak : std::exchange(file_sessions_, {})) {
    if (const auto session = weak.lock()) session->stop(with);
  }
}

void client_state::must_be_open() const {
  if (open_) return;
  throw error(client_errc::stopped, "the client is not connected: connect() comes first");
}

std::shared_ptr<renewed_session> client_state::session_of(int dc) {
  must_be_open();
  auto& place = sessions_[dc];
  if (place) return place;
  const bool known = std::ranges::any_of(shared_->known.dcs, [dc](const dc_option& option) {
    return option.id == dc && !option.media_only && !option.cdn;
  });
  if (!known) {
    sessions_.erase(dc);
    throw_unknown(dc);
  }
  dc_session::duties duties;
  duties.dc = dc;
  duties.key = key_use_here();
  const std::weak_ptr<client_state> weak = weak_from_this();
  place = std::make_shared<renewed_session>(
      shared_, duties,
      [weak, dc]() -> std::optional<outcome> {
        const auto self = weak.lock();
        if (!self || dc != self->home_dc() || !self->signed_in()) return std::nullopt;
        return self->login_ended("Telegram does not know its key any more", true);
      },
      [weak, dc](shared_bytes body) {
        if (const auto self = weak.lock()) self->take_update(dc, std::move(body));
      });
  place->start();
  return place;
}

void client_state::throw_unknown(int dc) const {
  throw error(client_errc::unknown_dc, "data centre " + std::to_string(dc) +
                                           " is not part of the network \"" + shared_->known.name +
                                           "\"");
}

bool client_state::is_cdn(int dc) const {
  return std::ranges::any_of(
      shared_->known.dcs, [dc](const dc_option& option) { return option.id == dc && option.cdn; });
}

asio::awaitable<std::shared_ptr<renewed_session>> client_state::open_files_session(
    int dc, invoke_options options) {
  const auto self = shared_from_this();
  must_be_open();
  const call_terms terms = terms_of("a channel to data centre " + std::to_string(dc), options);
  dc_session::duties duties;
  duties.dc = dc;
  duties.what = net::purpose::files;
  duties.makes_keys = false;
  duties.updates = false;
  if (is_cdn(dc)) {
    duties.what = net::purpose::cdn;
    duties.key = dc_session::key_use::cdn;
    duties.updates = true;  // there are none, and no wrapper is taken that says so
    for (bool anew = false;; anew = true) {
      co_await learn_cdn_keys(dc, terms.deadline, anew);
      const auto session = open_session(duties);
      outcome reached = co_await session->reach(terms);
      if (reached.ok()) co_return session;
      session->stop(reached);
      // Its keys change now and then.
      if (anew || reached.failed != security_errc::unknown_fingerprint) {
        throw_outcome(reached, terms.method);
      }
    }
  }
  duties.key = key_use_here();
  const auto calls = session_of(dc);
  if (needs_authorization(dc, "upload.getFile")) co_await authorize(dc, terms.deadline);
  if (!shared_->store || !shared_->store->read_key(dc)) {
    const outcome keyed = co_await calls->reach(terms);
    if (!keyed.ok()) throw_outcome(keyed, terms.method);
  }
  for (bool healed = false;; healed = true) {
    const auto session = open_session(duties);
    const outcome reached = co_await session->reach(terms);
    if (reached.ok()) co_return session;
    session->stop(reached);
    if (healed || reached.failed != transport_errc::auth_key_unknown) {
      throw_outcome(reached, terms.method);
    }
    co_await heal_key(dc, terms.deadline);
  }
}

std::shared_ptr<renewed_session> client_state::open_session(const dc_session::duties& duties) {
  auto session = std::make_shared<renewed_session>(
      shared_, duties, [dc = duties.dc, weak = weak_from_this()]() -> std::optional<outcome> {
        // The session that makes keys is the judge; this one only reports.
        if (const auto state = weak.lock(); state && state->open_) {
          state->session_of(dc)->distrust_key();
        }
        outcome out;
        out.failed = transport_errc::auth_key_unknown;
        out.why = "data centre " + std::to_string(dc) + " does not know the key any more";
        return out;
      });
  std::erase_if(file_sessions_, [](const auto& weak) { return weak.expired(); });
  file_sessions_.push_back(session);
  session->start();
  return session;
}

void client_state::session_ended(int dc, std::int64_t session_id) {
  const auto main = sessions_.find(dc);
  if (open_ && main != sessions_.end()) main->second->destroy_session(session_id);
}

dc_session::key_use client_state::key_use_here() const {
  return shared_->settings.forward_secrecy ? dc_session::key_use::temporary
                                           : dc_session::key_use::permanent;
}

// ---- updates

std::shared_ptr<update_queue> client_state::updates() {
  must_be_open();
  if (!updates_) {
    updates_ = std::make_shared<update_queue>(shared_->executor, shared_->settings.update_limit);
  }
  keep_updates_coming();
  return updates_;
}

void client_state::keep_updates_coming() {
  if (!updates_) return;
  const auto home = session_of(home_dc());
  for (const auto& [dc, session] : sessions_) session->stay_connected(session == home);
}

void client_state::take_update(int dc, shared_bytes body) {
  if (updates_ && dc == home_dc()) updates_->push(std::move(body));
}

// ---- the login

void client_state::forget_imports() {
  for (auto& [dc, of] : std::exchange(imports_, {})) of.ended.ring();
}

void client_state::signed_in_as(const api::user& user) {
  must_be_open();
  login_.user_id = user.id;
  login_.bot = user.bot;
  forget_imports();
  shared_->store->write_login(login_);
  shared_->store->write_authorized(login_.home_dc, true);
  keep_updates_coming();
}

void client_state::logged_out() {
  must_be_open();
  outcome with;
  with.failed = client_errc::not_signed_in;
  with.why = "the client was logged out";
  stop_sessions(with);
  forget_imports();
  login_.user_id = 0;
  login_.bot = false;
  shared_->store->erase_login();
  shared_->store->erase_keys();
}

outcome client_state::login_ended(std::string_view why, bool key_too) {
  outcome out;
  out.failed = client_errc::not_signed_in;
  out.why = "the login in " + shared_->store->name() + " is over: " + std::string(why) +
            ". Sign in again";
  forget_imports();
  login_.user_id = 0;
  login_.bot = false;
  shared_->store->erase_login();
  if (key_too) session_of(login_.home_dc)->drop_key();
  return out;
}

void client_state::move_home(int dc) {
  if (std::ranges::none_of(shared_->known.dcs, [dc](const dc_option& option) {
        return option.id == dc && !option.media_only && !option.cdn;
      })) {
    throw_unknown(dc);
  }
  login_.home_dc = dc;
  shared_->store->write_login(login_);
  keep_updates_coming();
}

}  // namespace mtfetch::client_impl
