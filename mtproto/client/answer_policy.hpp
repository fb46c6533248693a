// SPDX-License-Identifier: BSL-1.0
// What is done about each rpc_error before a caller sees it: one table, no I/O.
#pragma once

#include <mtfetch/error.hpp>

#include <chrono>
#include <string_view>
#include <variant>

namespace mtfetch::client_impl {

/// What the decision depends on.
struct call_facts {
  int dc = 0;               ///< whom the call was sent to
  int home_dc = 0;          ///< where the login lives, or would
  bool signed_in = false;   ///< as far as is known
  bool repeatable = false;  ///< whether the call may be made twice
  bool wait_for_floods = true;
  std::chrono::seconds flood_wait_limit{0};
  int server_errors = 0;  ///< how often this call met a server error before
};

/// The caller gets the rpc_error.
struct give_up {};
/// Ask this data centre instead, this once.
struct ask_elsewhere {
  int dc = 0;
};
/// The account lives there: that is the home data centre from now on. Ask there.
struct move_home {
  int dc = 0;
};
/// Ask again after so long.
struct repeat_after {
  std::chrono::milliseconds wait{0};
};
/// The data centre does not know the login: import it again, then ask again.
struct import_again {};
/// Nobody is signed in, and the call needs somebody.
struct sign_in_first {};
/// The login is over, for what the rpc_error says; `key_too`: its key as well.
struct login_over {
  bool key_too = false;
};
/// This foreign data centre's key is of no more use: make another one.
struct replace_key {};

using reaction = std::variant<give_up, ask_elsewhere, move_home, repeat_after, import_again,
                              sign_in_first, login_over, replace_key>;

/// https://core.telegram.org/api/errors
reaction react(const rpc_failure& failure, const call_facts& facts);

/// Whether a method only reads, by its name, so that a second run does no harm.
bool only_reads(std::string_view method);

/// Whether a method is answered on any data centre without a login.
bool needs_no_login(std::string_view method);

/// In plain words, for people: why a login is over. Empty when the error does not say so.
std::string_view why_login_is_over(const rpc_failure& failure);

}  // namespace mtfetch::client_impl
