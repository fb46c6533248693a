// SPDX-License-Identifier: BSL-1.0
// The login on data centres other than its home: exported here, imported there, once for each key.
#include "mtproto/client/client_state.hpp"

#include <mtfetch/api/auth.hpp>
#include <mtfetch/api/help.hpp>

#include <utility>

namespace mtfetch::client_impl {
namespace {

// An exported authorization is good once and for a short time; a slow import may miss it.
constexpr int import_tries = 3;

}  // namespace

client_state::import& client_state::import_of(int dc) {
  return imports_.try_emplace(dc, shared_->executor).first->second;
}

bool client_state::is_authorized(int dc) {
  const auto session = session_of(dc);
  import& of = import_of(dc);
  if (session->key_id() != 0) return of.key_id == session->key_id();
  // Not used yet by this client: what the session file says.
  const auto stored = shared_->store->read_key(dc);
  if (!stored || !stored->authorized) return false;
  of.key_id = stored->key.id();
  return true;
}

bool client_state::needs_authorization(int dc, std::string_view method) {
  return signed_in() && dc != home_dc() && !needs_no_login(method) && !is_cdn(dc);
}

asio::awaitable<void> client_state::authorize(int dc, time_point deadline) {
  const auto self = shared_from_this();
  while (open_ && !is_authorized(dc)) {
    import& of = import_of(dc);
    if (of.running) {
      if (!co_await of.ended.wait(deadline)) {
        throw error(client_errc::deadline, "the login was not imported to data centre " +
                                               std::to_string(dc) + " before the deadline");
      }
      continue;
    }
    of.running = true;
    const std::shared_ptr<void> land(nullptr, [self, dc](void*) {
      import& done = self->import_of(dc);
      done.running = false;
      done.ended.ring();
    });
    co_await import_login(dc, deadline);
  }
}

asio::awaitable<void> client_state::import_login(int dc, time_point deadline) {
  call_terms terms;
  terms.method = "auth.importAuthorization";
  terms.deadline = deadline;
  for (int tries = 1;; ++tries) {
    api::auth::exportAuthorization ask;
    ask.dc_id = dc;
    const invoke_options options = until(deadline);
    const auto exported = co_await invoke(ask, options);
    api::auth::importAuthorization give;
    give.id = exported.id;
    give.bytes = exported.bytes;
    const bytes request = tl::serialize(give);
    const auto there = session_of(dc);
    const outcome ended = co_await there->call(request, terms);
    if (ended.ok()) {
      import& of = import_of(dc);
      of.key_id = there->key_id();
      ++of.count;
      if (shared_->store) shared_->store->write_authorized(dc, true);
      co_return;
    }
    const bool stale = ended.refused && ended.refused->is("AUTH_BYTES_INVALID");
    if (!stale || tries == import_tries) throw_outcome(ended, terms.method);
  }
}

void client_state::forget_authorization(int dc, std::uint64_t imports) {
  import& of = import_of(dc);
  if (of.count != imports) return;
  of.key_id = 0;
  if (shared_->store) shared_->store->write_authorized(dc, false);
}

asio::awaitable<void> client_state::heal_key(int dc, time_point deadline) {
  const auto self = shared_from_this();
  invoke_options options = until(deadline);
  options.dc = dc;
  const api::help::getNearestDc ask;
  co_await invoke(ask, options);
  if (needs_authorization(dc, "upload.getFile")) co_await authorize(dc, deadline);
}

}  // namespace mtfetch::client_impl
