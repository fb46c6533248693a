// SPDX-License-Identifier: BSL-1.0
#include "tests/cli/cli_fixture.hpp"

#include <mtfetch/network.hpp>
#include <sstream>

namespace mtfetch::tests {

cli::cli() {
  std::filesystem::create_directories(folder / "source");
  write_file(folder / "source" / "big.bin", random_text(24 * 1024 * 1024 + 4321, 1));
  write_file(folder / "source" / "empty.bin", "");
  write_file(folder / "source" / "small.txt", "a small file\n");
  dc_options.serve = folder / "source";
  dc_options.state = folder / "state";
  testing::bot& bot = dc_options.bots.emplace_back();
  bot.token = bot_token;
  testing::user& person = dc_options.users.emplace_back();
  person.phone = phone;
  person.code = code;
  person.password = password;
  cluster = std::make_unique<testing::cluster_thread>(dc_options);
  write_file(folder / "network.json", cluster->dc().network_file().to_json());
}

process_options cli::command(std::vector<std::string> arguments) const {
  process_options options;
  options.command = std::move(arguments);
  options.command.insert(options.command.begin(), MTFETCH_PROGRAM);
  options.environment = {{"MTFETCH_API_ID", "1"},
                         {"MTFETCH_API_HASH", "0123456789abcdef0123456789abcdef"},
                         {"MTFETCH_NETWORK", (folder / "network.json").string()},
                         {"MTFETCH_SESSION", (folder / "session").string()},
                         {"MTFETCH_PROXY", "none"}};
  return options;
}

process_end cli::run(std::vector<std::string> arguments) const {
  return run_process(command(std::move(arguments)));
}

void cli::sign_in_as_bot() const {
  process_options options = command({"login"});
  options.environment["MTFETCH_BOT_TOKEN"] = bot_token;
  const process_end end = run_process(options);
  ASSERT_EQ(end.exit_code, 0) << end.errors;
}

std::vector<nlohmann::json> cli::events(const process_end& end) {
  std::vector<nlohmann::json> parsed;
  std::istringstream lines(end.output);
  for (std::string line; std::getline(lines, line);) {
    parsed.push_back(nlohmann::json::parse(line));
  }
  return parsed;
}

}  // namespace mtfetch::tests
