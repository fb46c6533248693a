// SPDX-License-Identifier: BSL-1.0
// What Telegram says of the way a login code takes, in our words.
#pragma once

#include <mtfetch/api/auth.hpp>
#include <mtfetch/sign_in.hpp>

namespace mtfetch::client_impl {

/// Fills in route, length and hint. https://core.telegram.org/type/auth.SentCodeType
void describe_route(const api::auth::SentCodeType& type, sent_code& out);

/// https://core.telegram.org/type/auth.CodeType
code_route route_of(const api::auth::CodeType& type);

}  // namespace mtfetch::client_impl
