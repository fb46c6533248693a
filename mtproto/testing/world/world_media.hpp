// SPDX-License-Identifier: BSL-1.0
// The documents and photos that described media become.
#pragma once

#include <mtfetch/testing_world.hpp>
#include <string>
#include <vector>

#include "mtproto/testing/world/catalogue.hpp"

namespace mtfetch::testing {

/// Puts media into a catalogue: one for a whole world, since files without a seed are numbered.
class media_maker {
 public:
  media_maker(catalogue& to, const std::vector<int>& dcs) : to_(to), dcs_(dcs) {}
  media make(const world_media& given, std::int32_t date);

 private:
  document file_of(const world_file& given, std::int32_t date);
  std::size_t picture(std::int64_t size, int dc, std::int32_t date);
  std::size_t make_photo(const world_media& given, std::int32_t date);
  std::size_t make_document(const world_media& given, std::int32_t date);

  catalogue& to_;
  const std::vector<int>& dcs_;
  std::uint64_t made_ = 0;
};

}  // namespace mtfetch::testing
