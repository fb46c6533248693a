// SPDX-License-Identifier: BSL-1.0
// auth.bindTempAuthKey: a temporary key comes to stand for a permanent one.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>

#include "mtproto/testing/protocol/key_ring.hpp"

namespace mtfetch::testing {

/// Serves the request, which came under `temporary` in the session and message given. Nothing: the
/// key is bound. https://core.telegram.org/method/auth.bindTempAuthKey
std::optional<refusal> bind_temp_key(key_ring& keys, server_key& temporary, std::int64_t session,
                                     std::int64_t message, byte_view request, unix_seconds now);

}  // namespace mtfetch::testing
