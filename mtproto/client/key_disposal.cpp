// SPDX-License-Identifier: BSL-1.0
// After a log out: the data centres are told to forget the keys that nobody will use again.
#include "mtproto/client/client_state.hpp"

#include <set>

namespace mtfetch::client_impl {
namespace {

// How long each data centre, and all together, may take. What is not destroyed is of no use to
// anybody: nobody is signed in under it.
constexpr std::chrono::seconds one_key{2};
constexpr std::chrono::seconds all_keys{5};

}  // namespace

asio::awaitable<void> client_state::destroy_keys() {
  const auto self = shared_from_this();
  const auto end = std::chrono::steady_clock::now() + all_keys;
  std::set<int> dcs;
  for (const dc_option& option : shared_->known.dcs) dcs.insert(option.id);
  for (const int dc : dcs) {
    const auto now = std::chrono::steady_clock::now();
    if (!shared_->store || now >= end) break;
    if (!shared_->store->read_key(dc)) continue;
    co_await destroy_key(dc, std::min(end, now + one_key));
  }
}

// Only the key itself may ask for its end, so this is a session under the permanent key.
// https://core.telegram.org/mtproto/service_messages#destroy-auth-key
asio::awaitable<bool> client_state::destroy_key(int dc, time_point deadline) {
  const auto self = shared_from_this();
  dc_session::duties duties;
  duties.dc = dc;
  duties.makes_keys = false;
  duties.key = dc_session::key_use::permanent;
  dc_session::callbacks silent;
  silent.key_refused = [] {
    outcome gone;
    gone.failed = transport_errc::auth_key_unknown;
    gone.why = "the key is gone already";
    return std::optional<outcome>(std::move(gone));
  };
  const auto session = std::make_shared<dc_session>(shared_, duties, std::move(silent));
  session->start();
  call_terms terms;
  terms.method = "the end of a key";
  terms.deadline = deadline;
  terms.fail_fast = true;
  outcome ended = co_await session->reach(std::move(terms));
  bool destroyed = false;
  if (ended.ok()) destroyed = co_await session->destroy_key(deadline);
  ended.failed = client_errc::stopped;
  session->stop(std::move(ended));
  co_return destroyed;
}

}  // namespace mtfetch::client_impl
