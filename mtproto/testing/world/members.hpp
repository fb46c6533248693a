// SPDX-License-Identifier: BSL-1.0
// Who is in which chat, and who asked to be.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

namespace mtfetch::testing {

/// Changes when people join; made anew from the description after a restart.
class members {
 public:
  using pair = std::pair<std::int64_t, std::int64_t>;  ///< chat, account
  bool has(std::int64_t chat, std::int64_t account) const { return in_.contains({chat, account}); }
  bool is_admin(std::int64_t chat, std::int64_t account) const {
    return admins_.contains({chat, account});
  }
  /// Looked at an invite that may be peeked into: it may read.
  bool peeks(std::int64_t chat, std::int64_t account) const {
    return peeks_.contains({chat, account});
  }
  void join(std::int64_t chat, std::int64_t account) { in_.insert({chat, account}); }
  void make_admin(std::int64_t chat, std::int64_t account) {
    join(chat, account);
    admins_.insert({chat, account});
  }
  void peek(std::int64_t chat, std::int64_t account) { peeks_.insert({chat, account}); }
  std::int32_t count(std::int64_t chat) const {
    std::int32_t found = 0;
    for (auto at = in_.lower_bound({chat, 0}); at != in_.end() && at->first == chat; ++at) ++found;
    return found;
  }

 private:
  std::set<pair> in_;
  std::set<pair> admins_;
  std::set<pair> peeks_;
};

}  // namespace mtfetch::testing
