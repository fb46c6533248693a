// SPDX-License-Identifier: BSL-1.0
// Exporting an account's data. https://core.telegram.org/api/takeout
#include <array>
#include <mtfetch/api/account.hpp>
#include <string>

#include "mtproto/testing/protocol/method_table.hpp"
#include "mtproto/testing/world/calls.hpp"
#include "mtproto/testing/world/world.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::testing {

namespace {

namespace account_api = api::account;

outcome<account_api::takeout> init_takeout(caller& by,
                                           const account_api::initTakeoutSession& asked) {
  const std::int64_t wait = by.in.exports.wait_of(by.who->id, by.unix_time);
  if (wait > 0) return refusal{420, "TAKEOUT_INIT_DELAY_" + std::to_string(wait)};
  std::array<std::uint8_t, 8> drawn{};
  by.in.random(drawn);
  takeout_session wanted;
  wanted.id = tl::reader(drawn).i64();
  if (asked.files) wanted.file_max_size = asked.file_max_size.value_or(0);
  account_api::takeout made;
  made.id = by.in.exports.begin(by.who->id, wanted).id;
  return made;
}

// Of the session that the call itself came in.
outcome<bool> finish_takeout(caller& by, const account_api::finishTakeoutSession& asked) {
  if (by.takeout == nullptr) return refusal{403, "TAKEOUT_REQUIRED"};
  by.in.exports.end(by.who->id);
  by.takeout = nullptr;
  if (by.in.takeout_ended) by.in.takeout_ended(asked.success);
  return true;
}

}  // namespace

void add_takeout_calls(method_table& table) {
  table.add<account_api::initTakeoutSession>(may_call::people, init_takeout);
  table.add<account_api::finishTakeoutSession>(may_call::people, finish_takeout);
}

}  // namespace mtfetch::testing
