// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include <mtfetch/api/schema.hpp>

#include "examples/cli/commands.hpp"
#include "mtproto/tl/dynamic.hpp"

namespace mtfetch::cli {

bytes raw_call(const raw_request& request) {
  auto call = tl::method_from_json(api_schema(), request.method,
                                   request.json.empty() ? "{}" : request.json);
  if (!call) throw error(protocol_errc::bad_json, call.sentence());
  return std::move(*call);
}

asio::awaitable<outcome> raw(client& client, raw_request request, bytes call) {
  const shared_bytes answer = co_await client.invoke_bytes(std::move(call), request.method);
  print_event(tl::result_to_json(api_schema(), request.method, answer).value());
  co_return outcome::done;
}

}  // namespace mtfetch::cli
