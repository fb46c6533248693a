// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/world/takeouts.hpp"

#include <algorithm>

namespace mtfetch::testing {

std::int64_t takeouts::wait_of(std::int64_t account, std::int64_t unix_time) {
  const std::int64_t asked = asked_.try_emplace(account, unix_time).first->second;
  return std::max<std::int64_t>(asked + delay_ - unix_time, 0);
}

const takeout_session* takeouts::find(std::int64_t account, std::int64_t id) const {
  const auto found = open_.find(account);
  return found == open_.end() || found->second.id != id ? nullptr : &found->second;
}

}  // namespace mtfetch::testing
