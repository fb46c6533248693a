// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include <mtfetch/api/schema.hpp>
#include <variant>

#include "examples/cli/commands.hpp"
#include "mtproto/tl/dynamic.hpp"

namespace mtfetch::cli {

bytes raw_call(const raw_request& request) {
  const auto method = api_schema().find(request.method);
  if (!method || !method.is_function()) {
    throw error(protocol_errc::bad_json,
                fmt::format("The schema has no method '{}'", request.method));
  }
  auto call =
      tl::from_json(api_schema(), request.json.empty() ? "{}" : request.json, request.method);
  if (const auto* problem = std::get_if<tl::json_problem>(&call)) {
    throw error(protocol_errc::bad_json,
                fmt::format("{}: {}", request.method, problem->sentence()));
  }
  return std::move(std::get<bytes>(call));
}

asio::awaitable<outcome> raw(client& client, raw_request request, bytes call) {
  const std::uint32_t id = api_schema().find(request.method).id();
  const shared_bytes answer = co_await client.invoke_bytes(std::move(call), request.method);
  const auto json = tl::result_to_json(api_schema(), id, answer);
  if (!json) {
    throw error(json.error(), fmt::format("The answer to {} cannot be read: {}", request.method,
                                          json.error().message()));
  }
  print_event(*json);
  co_return outcome::done;
}

}  // namespace mtfetch::cli
