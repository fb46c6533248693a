// SPDX-License-Identifier: BSL-1.0
// The ids that a described world's messages get, before it is made: so that an error has a line.
#pragma once

#include <mtfetch/testing_world.hpp>
#include <vector>

#include "examples/local-dc/world_table.hpp"

namespace mtfetch::local_dc {

/// Where a message stands, and its keys that name ids.
struct message_place {
  place id;
  place topic;
  place comment_on;
  place from;
};

/// In the order of the description.
struct chat_place {
  std::vector<place> topics;
  std::vector<message_place> messages;
};

/// Ids rise, topics and commented posts are there, and who wrote in a basic group is said. Throws
/// mtfetch::error with file, line and key.
void check_ids(const testing::world_description& made, const std::vector<chat_place>& places);

}  // namespace mtfetch::local_dc
