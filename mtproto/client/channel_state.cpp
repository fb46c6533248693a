// SPDX-License-Identifier: BSL-1.0
#include "mtproto/client/channel_state.hpp"

namespace mtfetch::client_impl {
namespace {

// How often one call may have the data centre's key or login seen to.
constexpr int most_repairs = 2;

}  // namespace

asio::awaitable<shared_bytes> channel_state::invoke(bytes request, std::string method,
                                                    invoke_options options) {
  const auto self = shared_from_this();
  const call_terms terms = terms_of(method, options);
  for (int repairs = 0;; ++repairs) {
    const auto before = client_.lock();
    const std::uint64_t imports = before ? before->imports_of(dc()) : 0;
    outcome ended = co_await session_->call(request, terms);
    if (ended.ok()) co_return std::move(ended.body);

    const auto client = client_.lock();
    const bool may_repair = client && !session_->stopped() && repairs < most_repairs;
    if (may_repair && ended.failed == transport_errc::auth_key_unknown && terms.repeatable) {
      co_await client->heal_key(dc(), terms.deadline);
    } else if (may_repair && ended.refused && ended.refused->is("AUTH_KEY_UNREGISTERED") &&
               client->signed_in() && dc() != client->home_dc()) {
      client->forget_authorization(dc(), imports);
      co_await client->authorize(dc(), terms.deadline);
    } else {
      throw_outcome(ended, method);
    }
  }
}

void channel_state::close() {
  outcome with;
  with.failed = client_errc::stopped;
  with.why = "the channel to data centre " + std::to_string(dc()) + " was closed";
  const auto client = client_.lock();
  if (client && session_->key_kind() == dc_session::key_use::permanent) {
    client->session_ended(dc(), session_->session_id());
  }
  session_->stop(std::move(with));
}

}  // namespace mtfetch::client_impl
