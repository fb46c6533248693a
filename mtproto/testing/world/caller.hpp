// SPDX-License-Identifier: BSL-1.0
// Who makes a call, where and when; and the two ways a call ends.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "mtproto/crypto/srp.hpp"
#include "mtproto/testing/world/world.hpp"

namespace mtfetch::testing {

/// What a permanent auth key is allowed; kept with the key.
struct authorization {
  std::int64_t account = 0;            ///< signed in; 0: nobody
  std::int64_t login = 0;              ///< the same wherever this login was exported to
  std::int64_t awaiting_password = 0;  ///< gave the right code, and has 2FA
  bool changed = false;                ///< differs from what was stored
  /// The password check under way, named by srp_id.
  std::shared_ptr<const crypto::srp_server> password_check;
  std::int64_t srp_id = 0;
};

struct caller {
  world& in;
  int dc = 0;
  authorization& key;
  std::int64_t unix_time = 0;
  const account* who = nullptr;              ///< null when nobody is signed in
  const takeout_session* takeout = nullptr;  ///< that the call came in, if any
};

/// An rpc_error. https://core.telegram.org/api/errors
struct refusal {
  std::int32_t code = 400;
  std::string error;
};

inline refusal bad_request(std::string error) {
  return {400, std::move(error)};
}

/// What a call gives: its result, or a refusal.
template <class T>
using outcome = std::variant<T, refusal>;

}  // namespace mtfetch::testing
