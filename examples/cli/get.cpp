// SPDX-License-Identifier: BSL-1.0
#include <fmt/format.h>

#include "examples/cli/commands.hpp"

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
  options.on_progress = [&view](const progress& p) { view.show(p); };
  const report done = co_await download(client, std::move(files), options);
  for (const file_report& file : done.files) {
    view.finished(file);
    if (!file.ok()) ending = worse(ending, judge(file.code, file.error).code);
  }
  co_return ending;
}

}  // namespace mtfetch::cli
