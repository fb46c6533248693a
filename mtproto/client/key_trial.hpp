// SPDX-License-Identifier: BSL-1.0
// Whether a data centre has really lost a permanent key, before a login is given up for it.
#pragma once

#include "mtproto/client/environment.hpp"
#include "mtproto/client/session_store.hpp"

#include <asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace mtfetch::client_impl {

/// Whether doubts about a key may lead to a trial, at this unix time. Not while it is so young that
/// not all servers of its data centre may know it, and not when it is old and a binding to it
/// succeeded within the last day: then the server is in trouble, not the key.
bool may_be_lost(const storage::dc_key& key, std::int64_t now);

/// Tries the key in sessions of their own, with all that they do about lost connections. It is lost
/// when no temporary key can be bound to it (`refused`: that was seen already) and a call under the
/// key itself is refused as well: -404 alone anybody on the way can say, and a refused binding may
/// be a server in trouble. What cannot be found out in time counts as not lost.
asio::awaitable<bool> is_lost(std::shared_ptr<environment> shared, int dc, bool refused);

}  // namespace mtfetch::client_impl
