// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include <algorithm>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <mtfetch/takeout.hpp>
#include <optional>
#include <set>
#include <utility>

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
    if (const auto* other = std::get_if<other_link>(&parsed)) {
      throw error(link_errc::unsupported, other->sentence);
    }
  }
}

namespace {

constexpr std::chrono::seconds longest_wait = std::chrono::minutes(15);

// Nothing where it was no flood wait.
std::chrono::seconds flood_wait(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const rpc_error& refused) {
    if (refused.failure().code != 420) return {};
    return std::chrono::seconds(refused.failure().argument.value_or(0));
  } catch (const error&) {
    return {};
  }
}

// The media of a request's links, a hundred links at a time, and what became of the others.
struct link_supply {
  client& of;
  progress_view& view;
  media_filter filter;
  std::vector<std::string> links;
  std::size_t next = 0;
  std::set<std::pair<std::int64_t, std::string>> seen;  // two links may lead to one album
  std::vector<std::string> names;
  std::vector<media> facts;
  outcome ending = outcome::done;

  asio::awaitable<std::vector<media>> more() {
    constexpr std::size_t at_once = 100;
    std::vector<media> found;
    while (found.empty() && next < links.size()) {
      if (filter.limit != 0 && names.size() >= filter.limit) break;
      const auto from = links.begin() + static_cast<std::ptrdiff_t>(next);
      const std::size_t count = std::min(at_once, links.size() - next);
      std::vector<std::string> some(from, from + static_cast<std::ptrdiff_t>(count));
      std::vector<resolved_link> resolved;
      std::exception_ptr thrown;
      try {
        resolved = co_await resolve(of, std::move(some));
      } catch (const error&) {
        thrown = std::current_exception();
      }
      if (thrown) {
        const verdict why = judge(thrown);
        const auto wait = flood_wait(thrown);
        if (wait > std::chrono::seconds(0) && wait <= longest_wait) {
          view.say("Telegram asks to wait " + std::to_string(wait.count()) +
                   " s before more messages are looked up");
          co_await asio::steady_timer(co_await asio::this_coro::executor, wait)
              .async_wait(asio::use_awaitable);
          continue;
        }
        view.say(why.sentence);
        ending = worse(ending, why.code);
        next = links.size();  // what was found before is still fetched
        break;
      }
      next += count;
      for (resolved_link& link : resolved) {
        if (!link.ok()) {  // one that leads nowhere does not hold up the others
          const verdict why = judge(link.code, link.error);
          view.say(why.sentence);
          ending = worse(ending, why.code);
        }
        for (media& file : link.files) {
          if (!filter.matches(file) || (filter.limit != 0 && names.size() >= filter.limit))
            continue;
          if (!seen.emplace(file.id, file.thumb_size).second) continue;
          names.push_back(file.file_name);
          facts.push_back(file);  // without what only a request needs
          facts.back().location = facts.back().file_reference = {};
          found.push_back(std::move(file));
        }
      }
    }
    co_return found;
  }
};

}  // namespace

asio::awaitable<outcome> get(client& client, get_request request, progress_view& view) {
  need_login(client);
  if (request.takeout) check_takeout(client);
  std::optional<statistics_file> stats;
  if (!request.stats.empty()) stats.emplace(request.stats);
  link_supply supply{client, view, request.filter, request.links, 0, {}, {}, {}, outcome::done};

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
    supply.ending = worse(supply.ending, why.code);
  };
  if (stats) {
    options.on_part = [&](const part_statistics& one) {
      if (request.stats == "-") view.clear();
      tell(stats->write(part_line(one, supply.names.at(one.file))));
    };
  }
  options.on_progress = [&view](const progress& p) { view.show(p); };
  // With the first of them: a run in which no link leads anywhere makes no folder.
  std::vector<media> first = co_await supply.more();
  if (first.empty()) co_return supply.ending;
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
      supply.ending = worse(supply.ending, why.code);
    }
    view.finished(file, &supply.facts.at(i));
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
    supply.ending = worse(supply.ending, why.code);
  }
  co_return supply.ending;
}

}  // namespace mtfetch::cli
