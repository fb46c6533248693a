// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include <mtfetch/takeout.hpp>
#include <optional>

#include "examples/cli/commands.hpp"
#include "examples/cli/statistics_file.hpp"

namespace mtfetch::cli {
namespace {

// The worst of two: the network's failure says more than a file's, an interruption more than both.
outcome worse(outcome a, outcome b) {
  return static_cast<int>(a) > static_cast<int>(b) ? a : b;
}

}  // namespace

void check_links(const std::vector<std::string>& links) {
  for (const std::string& link : links) {
    const parsed_link parsed = parse_link(link);
    if (const auto* refused = std::get_if<refused_link>(&parsed)) {
      throw error(refused->why, refused->sentence);
    }
  }
}

asio::awaitable<outcome> get(client& client, get_request request, progress_view& view) {
  need_login(client);
  if (request.takeout) check_takeout(client);
  std::optional<statistics_file> stats;
  if (!request.stats.empty()) stats.emplace(request.stats);
  outcome ending = outcome::done;
  std::vector<media> files;
  for (const std::string& link : request.links) {
    std::exception_ptr thrown;
    try {
      std::vector<media> found = co_await resolve(client, link);
      for (media& file : found) files.push_back(std::move(file));
    } catch (const error&) {
      thrown = std::current_exception();
    }
    if (thrown) {
      // One link that leads nowhere does not hold up the others.
      const verdict why = judge(thrown);
      view.say(why.sentence);
      ending = worse(ending, why.code);
      if (why.code == outcome::network || why.code == outcome::not_signed_in) co_return why.code;
    }
  }
  if (files.empty()) co_return ending;

  download_options options;
  options.to = request.folder / "";  // a folder, whether it is there yet or not
  options.connections = request.connections;
  options.verify = request.verify;
  options.takeout = request.takeout;
  std::vector<std::string> names;
  if (stats) {
    for (const media& file : files) names.push_back(file.file_name);
    options.on_part = [&](const part_statistics& one) {
      if (request.stats == "-") view.clear();
      stats->write(part_line(one, names.at(one.file)));
    };
  }
  options.on_progress = [&view](const progress& p) { view.show(p); };
  const report done = co_await download(client, std::move(files), options);
  for (std::size_t i = 0; i < done.files.size(); ++i) {
    const file_report& file = done.files[i];
    view.finished(file);
    if (stats) stats->write(file_line(file, i));
    if (!file.ok()) ending = worse(ending, judge(file.code, file.error).code);
  }
  co_return ending;
}

}  // namespace mtfetch::cli
