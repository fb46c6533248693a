// SPDX-License-Identifier: BSL-1.0
// The tables of a world file that are about what messages carry: media, entities, pages, forwards.
#pragma once

#include <filesystem>
#include <functional>
#include <mtfetch/testing_world.hpp>
#include <string>
#include <vector>

#include "examples/local-dc/world_names.hpp"
#include "examples/local-dc/world_table.hpp"

namespace mtfetch::local_dc {

/// Reads tables of content. Who is named in them goes to `names`.
class content_reader {
 public:
  content_reader(std::filesystem::path folder, std::vector<int> dcs, world_names& names)
      : folder_(std::move(folder)), dcs_(std::move(dcs)), names_(names) {}

  testing::world_file file(world_table& from);
  testing::world_media media(world_table from);
  testing::world_web_page page(world_table from);
  testing::world_forward forward(world_table from);
  /// Of `text`: an entity that says `of` instead of offset and length is found in it.
  std::vector<testing::world_entity> entities(std::vector<world_table> from,
                                              const std::string& text);

 private:
  std::filesystem::path folder_;
  std::vector<int> dcs_;
  world_names& names_;
};

inline constexpr std::int64_t most_id = 0x7fffffff;  ///< of messages, topics and stories

}  // namespace mtfetch::local_dc
