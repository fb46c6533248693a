// SPDX-License-Identifier: BSL-1.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "examples/cli/commands.hpp"
#include "examples/cli/link_supply.hpp"
#include "examples/cli/media_facts.hpp"
#include "examples/cli/quantities.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

void print_line(const media& file) {
  fmt::print("{:%Y-%m-%d %H:%M}  {:>10}  {:<11}  {}  {}\n",
             fmt::gmtime(static_cast<std::time_t>(file.date)), size_text(file.size),
             to_string(file.kind), printable(file.origin.link), printable(file.file_name));
}

}  // namespace

asio::awaitable<outcome> ls(client& client, ls_request request, progress_view& view) {
  need_login(client);
  link_supply supply(client, request.links, request.wanted, request.filter, view);
  for (;;) {
    const std::vector<media> found = co_await supply.more();
    if (found.empty()) break;
    for (const media& file : found) {
      if (!request.json) {
        print_line(file);
        continue;
      }
      nlohmann::ordered_json value = {{"event", "media"}};
      value.update(media_facts(file));
      print_event(value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }
  }
  co_return supply.ending();
}

}  // namespace mtfetch::cli
