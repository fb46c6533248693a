// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <mtfetch/takeout.hpp>
#include <optional>
#include <utility>

#include "examples/cli/commands.hpp"
#include "examples/cli/link_supply.hpp"
#include "examples/cli/statistics_file.hpp"

namespace mtfetch::cli {

void check_links(const std::vector<std::string>& links) {
  for (const std::string& link : links) {
    const parsed_link parsed = parse_link(link);
    if (const auto* refused = std::get_if<refused_link>(&parsed)) {
      throw error(refused->why, refused->sentence);
    }
    if (const auto* other = std::get_if<other_link>(&parsed)) {
      throw error(link_errc::unsupported, other->sentence);
    }
  }
}

asio::awaitable<outcome> get(client& client, get_request request, progress_view& view) {
  need_login(client);
  if (request.takeout) check_takeout(client);
  std::optional<statistics_file> stats;
  if (!request.stats.empty()) stats.emplace(request.stats);
  link_supply supply(client, request.links, request.wanted, request.filter, view);
  outcome ending = outcome::done;  // beside what became of links

  download_options options;
  options.to = request.folder / "";  // a folder, whether it is there yet or not
  options.names = request.names;
  options.skip_fetched = true;
  options.write_info = request.info_files;
  options.connections = request.connections;
  options.verify = request.verify;
  options.whole_file_sha256 = request.sha256;
  options.takeout = request.takeout;
  const auto tell = [&](const std::optional<error>& lost) {  // once, and the files are fetched
    if (!lost) return;
    const verdict why = judge(lost->code(), lost->what());
    view.say(why.sentence);
    ending = worse(ending, why.code);
  };
  if (stats) {
    options.on_part = [&](const part_statistics& one) {
      if (request.stats == "-") view.clear();
      tell(stats->write(part_line(one, supply.facts().at(one.file).file_name)));
    };
  }
  options.on_progress = [&view](const progress& p) { view.show(p); };
  // With the first of them: a run in which no link leads anywhere makes no folder.
  std::vector<media> first = co_await supply.more();
  if (first.empty()) co_return worse(ending, supply.ending());
  media_supply more = [&]() -> asio::awaitable<std::vector<media>> {
    if (!first.empty()) co_return std::exchange(first, {});
    co_return co_await supply.more();
  };
  const report done = co_await download(client, std::move(more), options);
  for (std::size_t i = 0; i < done.files.size(); ++i) {
    file_report file = done.files[i];
    if (!file.ok()) {
      verdict why = judge(file.code, file.error);
      file.error = std::move(why.sentence);
      ending = worse(ending, why.code);
    }
    view.finished(file, &supply.facts().at(i));
    if (stats) tell(stats->write(file_line(file, i)));
  }
  if (stats) tell(stats->close());
  for (const std::string& note : done.notes) view.say(note);
  if (done.supply_failure) {
    const verdict why = judge(done.supply_failure);
    // Where it is the folder's, each file has said so.
    const bool is_told = std::ranges::any_of(done.files, [&](const file_report& file) {
      return file.error.find(why.sentence) != std::string::npos;
    });
    if (!is_told) view.say(why.sentence);
    ending = worse(ending, why.code);
  }
  co_return worse(ending, supply.ending());
}

}  // namespace mtfetch::cli
