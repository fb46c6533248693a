// SPDX-License-Identifier: BSL-1.0
// One call from its beginning to its answer: whom to ask, and what to do about each refusal.
#include "mtproto/client/client_state.hpp"

#include <asio/steady_timer.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace mtfetch::client_impl {
namespace {

constexpr int most_hops = 5;
constexpr int most_imports = 2;

}  // namespace

asio::awaitable<shared_bytes> client_state::invoke(bytes request, std::string method,
                                                   invoke_options options) {
  const auto self = shared_from_this();
  const call_terms terms = terms_of(method, options);

  call_facts facts;
  facts.repeatable = terms.repeatable;
  facts.wait_for_floods = options.wait_for_floods;
  facts.flood_wait_limit = shared_->settings.flood_wait_limit;
  facts.dc = options.dc.value_or(home_dc());
  int hops = 0;
  int imports = 0;
  for (;;) {
    const auto session = session_of(facts.dc);
    if (needs_authorization(facts.dc, method)) co_await authorize(facts.dc, terms.deadline);
    const std::uint64_t imports_before = imports_of(facts.dc);
    outcome ended = co_await session->call(request, terms);
    if (ended.ok()) co_return std::move(ended.body);
    if (!ended.refused || !open_) throw_outcome(ended, method);

    facts.home_dc = home_dc();
    facts.signed_in = signed_in();
    const reaction todo = react(*ended.refused, facts);
    if (const auto* elsewhere = std::get_if<ask_elsewhere>(&todo)) {
      facts.dc = elsewhere->dc;
      ++hops;
    } else if (const auto* home = std::get_if<struct move_home>(&todo)) {
      move_home(home->dc);
      facts.dc = home->dc;
      ++hops;
    } else if (const auto* later = std::get_if<repeat_after>(&todo)) {
      if (ended.refused->code >= 500 || ended.refused->code < 0) ++facts.server_errors;
      const auto when = std::chrono::steady_clock::now() + later->wait;
      if (when >= terms.deadline) throw_outcome(ended, method);
      asio::steady_timer pause(shared_->executor, when);
      co_await rung(pause);
    } else if (std::holds_alternative<import_again>(todo) && ++imports <= most_imports) {
      forget_authorization(facts.dc, imports_before);
    } else if (std::holds_alternative<struct replace_key>(todo) && ++imports <= most_imports) {
      session->drop_key();
    } else if (std::holds_alternative<sign_in_first>(todo)) {
      throw error(client_errc::not_signed_in,
                  method + " needs an account, and nobody is signed in");
    } else if (const auto* over = std::get_if<login_over>(&todo)) {
      throw_outcome(login_ended(why_login_is_over(*ended.refused), over->key_too), method);
    } else {
      throw_outcome(ended, method);
    }
    if (hops > most_hops) {
      throw error(client_errc::too_many_migrations,
                  method + " was sent from data centre to data centre more than " +
                      std::to_string(most_hops) + " times");
    }
  }
}

}  // namespace mtfetch::client_impl
