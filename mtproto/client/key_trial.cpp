// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/key_trial.hpp"

#include "mtproto/client/dc_session.hpp"
#include "mtproto/session/temporary_key.hpp"
#include "mtproto/tl/object.hpp"

#include <mtfetch/api/help.hpp>

#include <utility>

namespace mtfetch::client_impl {
namespace {

constexpr std::int64_t day = 86400;
constexpr std::chrono::seconds trial_time{10};

// Makes a call in a session that leaves the key alone: whether the key was refused, by what the
// session believes or by the answer. That a connection ended so says nothing yet.
asio::awaitable<bool> refused_under(std::shared_ptr<environment> shared, int dc,
                                    dc_session::key_use under) {
  dc_session::duties duties;
  duties.dc = dc;
  duties.makes_keys = false;
  duties.updates = false;
  duties.key = under;
  const auto refused = std::make_shared<bool>(false);
  dc_session::callbacks tell;
  tell.key_refused = [refused] {
    *refused = true;
    return std::optional<outcome>(failed(transport_errc::auth_key_unknown, "the key is refused"));
  };
  const auto session = std::make_shared<dc_session>(shared, duties, std::move(tell));
  const std::shared_ptr<void> end(nullptr, [session](void*) {
    session->stop(failed(client_errc::stopped, "the trial of a key is over"));
  });
  session->start();
  call_terms terms;
  terms.method = "help.getNearestDc";
  terms.deadline = std::chrono::steady_clock::now() + trial_time;
  terms.repeatable = true;
  const bytes request = tl::serialize(api::help::getNearestDc());
  const outcome ended = co_await session->call(request, terms);
  co_return *refused || (ended.refused && ended.refused->is("AUTH_KEY_UNREGISTERED"));
}

}  // namespace

bool may_be_lost(const storage::dc_key& key, std::int64_t now) {
  const std::int64_t age = now - key.made;
  // Made in the future: the clock was put back, and says nothing.
  if (age >= 0 && age < session::key_settles.count()) return false;
  return age <= day || now - key.bound > day;
}

asio::awaitable<bool> is_lost(std::shared_ptr<environment> shared, int dc, bool refused) {
  if (!refused && !co_await refused_under(shared, dc, dc_session::key_use::temporary)) {
    co_return false;
  }
  const bool alone = co_await refused_under(shared, dc, dc_session::key_use::permanent);
  co_return alone;
}

}  // namespace mtfetch::client_impl
