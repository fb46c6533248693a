// SPDX-License-Identifier: BSL-1.0
// mtfetch-dc: a Telegram data centre on loopback that serves a folder.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>
#include <mtfetch/testing.hpp>
#include <string>

#include "examples/local-dc/options.hpp"

namespace {

using namespace mtfetch;

// A reader sees the whole file or none.
void write_network_file(const std::filesystem::path& file, const network& made) {
  const std::filesystem::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << made.to_json();
    out.flush();
    if (!out) {
      throw error(client_errc::bad_config, "Cannot write the network file " + file.string());
    }
  }
  std::filesystem::rename(fresh, file);
}

int serve(local_dc::settings& given) {
  local_dc::read_accounts(given);
  asio::io_context context(1);
  testing::cluster cluster(context.get_executor(), given.cluster);
  for (const std::string& fault : given.faults) {
    cluster.faults().add(local_dc::parse_fault(fault));
  }
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](std::error_code failed, int) {
    if (failed) return;
    cluster.stop();
    context.stop();
  });
  cluster.start();
  const network made = cluster.network_file();
  if (!given.network_file.empty()) write_network_file(given.network_file, made);

  std::string where;
  for (const dc_option& option : made.dcs) {
    where += fmt::format(" {}={}:{}", option.id, option.ip, option.port);
  }
  const std::string content =
      given.world_file.empty() ? "in t.me/" + given.cluster.channel : "in its world";
  fmt::print("mtfetch-dc ready: {} files {}, data centres{}\n", cluster.files().size(), content,
             where);
  std::fflush(stdout);

  context.run();
  const testing::statistics counted = cluster.counted();
  fmt::print("mtfetch-dc served {} bytes of files\n", counted.bytes_served);
  for (const auto& [method, times] : counted.calls) {
    fmt::print("mtfetch-dc answered {} {} times\n", method, times);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A Telegram data centre on loopback that serves a folder's files");
  local_dc::settings given;
  local_dc::add_options(app, given);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& usage) {
    return app.exit(usage) == 0 ? 0 : 2;
  }
  try {
    return serve(given);
  } catch (const std::exception& failed) {
    fmt::print(stderr, "mtfetch-dc: {}\n", failed.what());
    return 1;
  }
}
