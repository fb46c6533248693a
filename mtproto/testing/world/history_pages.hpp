// SPDX-License-Identifier: BSL-1.0
// One page of a list of messages. https://core.telegram.org/api/offsets
#pragma once

#include <vector>

#include "mtproto/testing/world/catalogue.hpp"

namespace mtfetch::testing {

struct page_request {
  int offset_id = 0;
  int offset_date = 0;
  int add_offset = 0;
  int limit = 0;
  int max_id = 0;
  int min_id = 0;
};

/// Of messages by id, rising: the page's, newest first; 100 at most. It begins add_offset messages
/// after the first one older than the offset (before it, when add_offset is negative).
std::vector<const post*> page_of(const std::vector<const post*>& all, const page_request& asked);

/// The page that a request of getHistory's kind asks for.
template <class Request>
page_request page_asked(const Request& asked) {
  page_request made;
  made.offset_id = asked.offset_id;
  made.add_offset = asked.add_offset;
  made.limit = asked.limit;
  made.max_id = asked.max_id;
  made.min_id = asked.min_id;
  if constexpr (requires { asked.offset_date; }) made.offset_date = asked.offset_date;
  return made;
}

}  // namespace mtfetch::testing
