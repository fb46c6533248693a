// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/salts.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::session {

using std::chrono::seconds;

namespace {
// Our idea of the server's time may run ahead by some seconds; the old salt is good for half an
// hour yet.
constexpr seconds settled{60};
constexpr seconds stock{3600};
}  // namespace

bool salts::advance(seconds server_now) {
  std::erase_if(future_, [&](const dated_salt& each) { return each.valid_until <= server_now; });
  std::int64_t chosen = current_;
  // Never back from the one in use: the server may have named it before its time by our clock.
  auto each = std::ranges::find(future_, current_, &dated_salt::salt);
  if (each == future_.end()) each = future_.begin();
  for (; each != future_.end(); ++each) {
    if (each->valid_since + settled <= server_now) chosen = each->salt;
  }
  return std::exchange(current_, chosen) != chosen;
}

bool salts::replace(std::int64_t salt) {
  const bool foretold = std::ranges::find(future_, salt, &dated_salt::salt) != future_.end();
  if (!foretold) future_.clear();
  return std::exchange(current_, salt) != salt;
}

void salts::foretell(std::vector<dated_salt> future, seconds server_now) {
  std::erase_if(future, [&](const dated_salt& each) {
    return each.valid_until <= server_now || each.valid_until <= each.valid_since;
  });
  std::ranges::stable_sort(future, {}, &dated_salt::valid_since);
  if (future.size() > most) future.resize(most);
  future_ = std::move(future);
}

bool salts::wants_more(seconds server_now) const {
  return future_.empty() || future_.back().valid_until < server_now + stock;
}

}  // namespace mtfetch::session
