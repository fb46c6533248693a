// SPDX-License-Identifier: BSL-1.0
// The steps of signing in, as values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mtfetch {

/// How Telegram delivers a login code. https://core.telegram.org/type/auth.SentCodeType
enum class code_route {
  app,
  sms,
  call,
  flash_call,
  missed_call,
  email,
  email_setup,
  fragment,
  firebase,
  word,
  phrase,
  unknown
};

/// Where a code went; what submit_code and resend_code need.
struct sent_code {
  std::string phone;                       ///< as it was given
  std::string hash;                        ///< Telegram's name for this code
  code_route route = code_route::unknown;  ///< where it was sent
  std::int32_t length = 0;                 ///< digits of the code; 0 when not told
  std::string hint;                        ///< an e-mail pattern, a number's prefix, a first letter
  std::optional<code_route> next;          ///< what resend_code would use
  std::optional<std::chrono::seconds> resend_after;  ///< when it may be asked for
  bool already_signed_in = false;                    ///< Telegram needed no code: the login is done
};

/// Where a sign-in stands. What a person may get wrong is a value here, not an exception.
struct sign_in_step {
  enum class kind {
    done,              ///< signed in
    password_needed,   ///< the account has a 2FA password: submit_password
    sign_up_required,  ///< no account has this number; mtfetch makes none
    wrong_code,        ///< ask again, submit_code with the same sent_code
    code_expired,      ///< request_code again
    wrong_password,    ///< submit_password again
  };
  kind what = kind::done;
  std::string password_hint;  ///< the account's own hint; with password_needed and wrong_password

  bool done() const { return what == kind::done; }
  bool needs_password() const { return what == kind::password_needed; }
};

}  // namespace mtfetch
