// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include <algorithm>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>

#include "examples/cli/commands.hpp"
#include "examples/cli/quantities.hpp"
#include "examples/cli/terminal.hpp"

namespace mtfetch::cli {
namespace {

using nlohmann::ordered_json;

// More are counted, not listed, to a person; JSON has them all.
constexpr std::size_t most_ranges = 16;

void print_json(const ordered_json& event) {
  print_event(event.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

// What the bytes were compared with, for a file that could be.
std::string compared_with(const verified_file& file) {
  if (file.server_hashed == file.size) return "compared with the server's hashes";
  if (file.server_hashed == 0) return "compared with the hashes of what was fetched";
  return fmt::format(
      "{} of it compared with the server's hashes, the rest with those of what was "
      "fetched",
      size_text(file.server_hashed));
}

void tell_json(const verified_file& file) {
  ordered_json event = {{"event", "file_verified"},
                        {"path", file.path.string()},
                        {"state", to_string(file.condition)},
                        {"ok", file.ok()},
                        {"there", file.there}};
  if (file.id != 0) {
    event["size"] = file.size;
    event["server_hashed"] = file.server_hashed;
    event["link"] = file.origin.link;
    if (!file.sha256.empty()) event["sha256"] = file.sha256;
    ordered_json ranges = ordered_json::array();
    for (const byte_range& range : file.damaged) {
      ranges.push_back({{"begin", range.begin}, {"end", range.end}});
    }
    event["damaged"] = ranges;
  }
  if (!file.ok()) event["error"] = file.error;
  print_json(event);
}

void tell_person(const verified_file& file, bool quiet) {
  if (!file.ok()) {
    fmt::print(stderr, "{}\n", printable(file.error));
    const std::size_t listed = std::min(file.damaged.size(), most_ranges);
    for (std::size_t i = 0; i < listed; ++i) {
      fmt::print(stderr, "  bytes {}-{}\n", file.damaged[i].begin, file.damaged[i].end - 1);
    }
    if (listed < file.damaged.size()) {
      fmt::print(stderr, "  and {} ranges more\n", file.damaged.size() - listed);
    }
    if (!file.damaged.empty()) fmt::print(stderr, "  {}\n", compared_with(file));
    return;
  }
  if (quiet) return;
  std::string facts;
  if (file.condition == file_condition::whole) {
    facts = fmt::format("{}, {}", size_text(file.size), compared_with(file));
  } else if (file.condition == file_condition::unfinished) {
    facts = "a download under way, or to be gone on with";
  } else {
    facts = "not in the catalogue of its folder";
  }
  fmt::print("{}  {}: {}\n", printable(file.path.string()), to_string(file.condition), facts);
}

void tell_total(const verify_report& seen, const verify_request& request) {
  ordered_json event = {{"event", "verified"}, {"files", seen.files.size()}};
  std::string text;
  for (const file_condition each :
       {file_condition::whole, file_condition::damaged, file_condition::missing,
        file_condition::unfinished, file_condition::unknown, file_condition::unreadable}) {
    const auto count = std::ranges::count(seen.files, each, &verified_file::condition);
    event[std::string(to_string(each))] = count;
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(each));
  }
  if (request.json) return print_json(event);
  if (!request.quiet) fmt::print("{}\n", text.empty() ? "no files" : text);
}

bool is_damage(const verified_file& file) {
  return !file.ok() && file.id != 0 && file.condition != file_condition::unreadable;
}

}  // namespace

verify_report check_files(const verify_request& request, progress_view& view) {
  // Signals are looked for between reads; nothing else runs here.
  asio::io_context context(1);
  asio::signal_set signals(context, SIGINT, SIGTERM);
  std::stop_source stop;
  signals.async_wait([&](const std::error_code& failed, int) {
    if (!failed) stop.request_stop();
  });
  verify_options options;
  options.stop = stop.get_token();
  options.on_progress = [&](const progress& p) {
    context.poll();
    view.show(p);
  };
  verify_report seen = verify(request.paths, options);
  view.clear();
  for (const verified_file& file : seen.files) {
    if (request.json) {
      tell_json(file);
    } else {
      tell_person(file, request.quiet);
    }
  }
  tell_total(seen, request);
  return seen;
}

outcome outcome_of(const verify_report& seen) {
  if (std::ranges::any_of(seen.files, is_damage)) return outcome::damaged;
  return seen.ok() ? outcome::done : outcome::failed;
}

bool can_repair(const verify_report& seen) {
  return std::ranges::any_of(seen.files, &verified_file::can_be_repaired);
}

asio::awaitable<outcome> repair_files(client& client, verify_request request, verify_report seen,
                                      progress_view& view) {
  need_login(client);
  download_options options;
  options.connections = request.connections;
  options.on_progress = [&view](const progress& p) { view.show(p); };
  const report done = co_await repair(client, seen.files, options);
  // What cannot be repaired is as bad as it was found.
  std::erase_if(seen.files, [](const verified_file& file) { return file.can_be_repaired(); });
  outcome ending = outcome_of(seen);
  std::optional<outcome> lost;  // says more, and no file stays untold for it
  for (const file_report& file : done.files) {
    view.finished(file);
    if (file.ok()) continue;
    const outcome why = judge(file.code, file.error).code;
    if (why == outcome::network || why == outcome::not_signed_in) lost = why;
    ending = outcome::damaged;
  }
  co_return lost.value_or(ending);
}

}  // namespace mtfetch::cli
