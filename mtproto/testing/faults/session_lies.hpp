// SPDX-License-Identifier: BSL-1.0
// The packets of a data centre that lies in a session.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/testing.hpp>
#include <vector>

#include "mtproto/crypto/auth_key.hpp"

namespace mtfetch::testing {

/// A packet of a session as it is about to be sealed (session::close_packet), and the call that was
/// answered with the lie.
struct true_packet {
  byte_view unsealed;
  std::int64_t call = 0;
};

/// What is sent in its stead, sealed, in order: the lie, and the packet itself.
std::vector<bytes> lie_about(const true_packet& truth, session_lie how, const crypto::auth_key& key,
                             const random_source& random);

}  // namespace mtfetch::testing
