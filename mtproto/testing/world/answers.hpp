// SPDX-License-Identifier: BSL-1.0
// Lists of messages as their calls answer them.
#pragma once

#include <mtfetch/api/messages.hpp>
#include <utility>
#include <vector>

#include "mtproto/testing/world/objects.hpp"

namespace mtfetch::testing {

/// messages.channelMessages in a channel or supergroup, else all of messages.messages or a slice.
inline api::messages::Messages messages_answer(const caller& by, const chat& where,
                                               const std::vector<const post*>& shown,
                                               std::size_t total) {
  mentioned names(by);
  names.add(where);
  const auto put = [&](auto made) {
    for (const post* one : shown) {
      names.add(where, *one);
      made.messages.push_back(message_object(by, where, *one));
    }
    names.put(made.users, made.chats);
    return made;
  };
  const auto count = static_cast<std::int32_t>(total);
  if (where.is_channel()) {
    auto made = put(api::messages::channelMessages());
    made.pts = 1;
    made.count = count;
    return made;
  }
  if (shown.size() == total) return put(api::messages::messages());
  auto made = put(api::messages::messagesSlice());
  made.count = count;
  return made;
}

inline std::vector<const post*> all_of(const chat& where) {
  std::vector<const post*> made;
  for (const post& one : where.posts) made.push_back(&one);
  return made;
}

}  // namespace mtfetch::testing
