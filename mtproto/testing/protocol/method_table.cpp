// SPDX-License-Identifier: BSL-1.0
#include "mtproto/testing/protocol/method_table.hpp"

#include <mtfetch/error.hpp>

namespace mtfetch::testing {

void method_table::add_raw(std::uint32_t id, std::string_view name, may_call who,
                           std::function<outcome<message_body>(caller&, byte_view)> run) {
  served_method method;
  method.name = name;
  method.who = who;
  method.run = std::move(run);
  methods_.emplace(id, std::move(method));
}

const served_method* method_table::find(std::uint32_t id) const {
  const auto found = methods_.find(id);
  return found == methods_.end() ? nullptr : &found->second;
}

// What Telegram calls a request that does not parse.
std::string method_table::name_of(std::error_code failed) {
  if (failed == protocol_errc::unknown_constructor || failed == protocol_errc::wrong_constructor) {
    return "INPUT_CONSTRUCTOR_INVALID";
  }
  if (failed == protocol_errc::trailing_bytes) return "INPUT_REQUEST_TOO_LONG";
  return "INPUT_FETCH_ERROR";
}

}  // namespace mtfetch::testing
