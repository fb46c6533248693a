// SPDX-License-Identifier: BSL-1.0
// From a world's description to its catalogue and members.
#pragma once

#include <mtfetch/testing.hpp>

#include "mtproto/testing/world/accounts.hpp"
#include "mtproto/testing/world/catalogue.hpp"
#include "mtproto/testing/world/members.hpp"

namespace mtfetch::testing {

/// The catalogue of a cluster: its folder's channels and its world's chats. Throws mtfetch::error
/// that names the chat and the message where the description does not hold together.
catalogue build_catalogue(const cluster_options& options, const accounts& people, members& in);

}  // namespace mtfetch::testing
