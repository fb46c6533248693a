// SPDX-License-Identifier: BSL-1.0
// Made by tlgen from the TL schema; changes here are lost.
#pragma once

#include "mtproto/tl/one_of.hpp"

namespace golden::methods::auth {

using ::mtfetch::tl::operator==;
struct session;
struct code;
struct codeNone;
struct signIn;
struct report;
class Code;

}  // namespace golden::methods::auth

namespace golden::methods {

using ::mtfetch::tl::operator==;
struct user;
struct ping;
struct withLayer;
struct wait;

}  // namespace golden::methods

namespace golden::methods::users {

using ::mtfetch::tl::operator==;
struct get;
struct count;

}  // namespace golden::methods::users

namespace golden::methods::auth {

using Session = ::golden::methods::auth::session;

}  // namespace golden::methods::auth

namespace golden::methods {

using User = ::golden::methods::user;

}  // namespace golden::methods

namespace golden::methods::auth {

/// One of: auth::code, auth::codeNone
class Code : public ::mtfetch::tl::one_of<Code> {
 public:
  using one_of::one_of;
  static const ::mtfetch::tl::class_info tl_info;
};

}  // namespace golden::methods::auth
