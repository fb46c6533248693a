// SPDX-License-Identifier: BSL-1.0
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "examples/cli/commands.hpp"
#include "examples/cli/media_facts.hpp"
#include "examples/cli/quantities.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

std::string date_text(std::int64_t unixtime) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(unixtime)));
}

void print_person(const media& file) {
  fmt::print("{}\n", printable(file.file_name));
  const auto row = [](std::string_view name, const std::string& value) {
    fmt::print("  {:<9} {}\n", name, value);
  };
  row("kind", std::string(to_string(file.kind)));
  row("size", fmt::format("{} ({} bytes)", size_text(file.size), file.size));
  if (!file.mime_type.empty()) row("type", printable(file.mime_type));
  if (file.width > 0) row("picture", fmt::format("{} x {}", file.width, file.height));
  if (file.duration > 0) row("length", time_text(file.duration));
  row("date", date_text(file.date));
  row("from", fmt::format("DC {}", file.dc));
  if (!file.caption.empty()) row("caption", printable(file.caption));
}

void print_json(const media& file) {
  nlohmann::ordered_json value = {{"event", "media"}};
  value.update(media_facts(file));
  print_event(value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

asio::awaitable<outcome> info(client& client, info_request request) {
  need_login(client);
  const std::vector<media> found = co_await resolve(client, request.link, request.wanted);
  for (const media& file : found) {
    if (request.json) {
      print_json(file);
    } else {
      print_person(file);
    }
  }
  co_return outcome::done;
}

}  // namespace mtfetch::cli
