// SPDX-License-Identifier: BSL-1.0
// Accounts, channels, messages and documents as TL objects, as one account is shown them.
#pragma once

#include <mtfetch/api.hpp>

#include "mtproto/testing/world/caller.hpp"

namespace mtfetch::testing {

api::User user_object(const caller& viewer, const account& shown);
api::Chat channel_object(const caller& viewer, const channel& shown);
api::Message message_object(const caller& viewer, const channel& where, const post& shown);
/// What stands for a message that is not there.
api::Message no_message(int id);
api::Document document_object(const caller& viewer, const document& shown);
api::peerNotifySettings default_notify_settings();

/// Whether an account may look into a channel.
bool may_read(const account& who, const channel& where);

/// The channel that an input names, if the caller may read it.
outcome<const channel*> channel_named(const caller& by, const api::InputChannel& named);
outcome<const channel*> channel_named(const caller& by, const api::InputPeer& named);
/// The account that an input names.
outcome<const account*> account_named(const caller& by, const api::InputUser& named);

}  // namespace mtfetch::testing
