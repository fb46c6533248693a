// SPDX-License-Identifier: BSL-1.0
// The three kinds of peers.
#pragma once

namespace mtfetch {

/// A person or bot, a basic group, or a channel or supergroup. Each kind numbers its ids by itself.
/// https://core.telegram.org/api/peers
enum class peer_kind { user, chat, channel };

}  // namespace mtfetch
