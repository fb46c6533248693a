// SPDX-License-Identifier: BSL-1.0
// How a data centre lies while a key is made.
#pragma once

#include <functional>
#include <mtfetch/bytes.hpp>
#include <mtfetch/testing.hpp>
#include <optional>

#include "mtproto/handshake/server.hpp"

namespace mtfetch::testing {

/// Makes the server of these options tell the lies that `ask` gives: it is asked once for each
/// exchange, when it begins, and the whole of that exchange then keeps to the answer.
void lie_in_handshakes(handshake::server_options& options,
                       std::function<std::optional<handshake_lie>()> ask, random_source random);

}  // namespace mtfetch::testing
