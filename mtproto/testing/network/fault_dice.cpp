// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/network/fault_dice.hpp"

namespace mtfetch::testing {

fault_dice::fault_dice(const network_conditions& conditions)
    : seed_(conditions.seed),
      chances_{0,
               conditions.silence_chance,
               conditions.stall_chance,
               conditions.expired_chance,
               conditions.empty_chance,
               conditions.short_chance,
               conditions.long_chance,
               conditions.corrupt_chance} {}

verdict fault_dice::on_request() {
  seeded_stream of_this(seed_, ~asked_++);  // links count from 0 upwards, answers downwards
  verdict met;
  for (std::size_t i = 1; i < chances_.size(); ++i) {
    // Each is drawn, whether one hit before or not.
    if (of_this.hits(chances_[i]) && met.fault == answer_fault::none) {
      met.fault = static_cast<answer_fault>(i);
    }
  }
  met.where = of_this.share();
  ++drawn_[static_cast<std::size_t>(met.fault)];
  return met;
}

std::int64_t size_with(const verdict& met, std::int64_t right) {
  const auto share = static_cast<std::int64_t>(met.where * static_cast<double>(right));
  switch (met.fault) {
    case answer_fault::empty:
      return 0;
    case answer_fault::cut:
      return share;  // less than all, since `where` is less than 1
    case answer_fault::overlong:
      return right + 1 + share;
    case answer_fault::none:
    case answer_fault::silence:
    case answer_fault::stall:
    case answer_fault::expired:
    case answer_fault::corrupt:
      break;
  }
  return right;
}

}  // namespace mtfetch::testing
