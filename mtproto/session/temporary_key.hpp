// SPDX-License-Identifier: BSL-1.0
// Perfect forward secrecy: the call that binds a temporary key to the permanent one, and what its
// answers mean.
#pragma once

#include <chrono>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/session/request_table.hpp"

namespace mtfetch::session {

/// What clients ask for; a server may give less.
inline constexpr std::chrono::seconds temporary_key_lifetime{86400};

/// auth.bindTempAuthKey for `client_session::submit_first`, built anew for each message id and
/// session id that it is sent with. `expires_at` is the server's unix time at which the temporary
/// key ends, as the key exchange gave it.
/// https://core.telegram.org/method/auth.bindTempAuthKey
body_maker binding_of(crypto::auth_key temporary, crypto::auth_key permanent,
                      std::int32_t expires_at, random_source random);

/// What is to be done about a refusal of auth.bindTempAuthKey.
enum class bind_remedy : std::uint8_t {
  another_temporary,  ///< this temporary key is of no use: make another one
  doubt_permanent,    ///< the same; when it comes again, the server does not know the permanent key
  later,              ///< the server is in trouble: bind again after a pause
};
bind_remedy remedy_for_bind(const rpc_failure& refusal);

/// ENCRYPTED_MESSAGE_INVALID is believed to mean a lost permanent key when it came so often in a
/// row, each time for another temporary key, and the permanent one is older than this: a new key is
/// not known to all servers of a data centre at once.
inline constexpr int believed_bind_refusals = 2;
inline constexpr std::chrono::seconds key_settles{60};

}  // namespace mtfetch::session
