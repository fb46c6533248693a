// SPDX-License-Identifier: BSL-1.0
// mtfetch-dc with the world file of its README, and mtfetch reading from it: two processes.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mtfetch::tests {
namespace {

class world : public ::testing::Test {
 protected:
  using reader = std::function<process_end(std::vector<std::string>)>;

  // Runs mtfetch-dc, and `todo` with a signed-in mtfetch while it is there.
  void read_it(const char* user, const std::function<void(const reader&)>& todo) {
    const std::string network = (folder_ / "net.json").string();
    process_options centre;
    centre.command = {MTFETCH_DC_PROGRAM, "--world", MTFETCH_EXAMPLE_WORLD, "--network-file",
                      network};
    centre.on_line = [&](std::string_view line, pid_t process) {
      if (line.find("ready") == std::string_view::npos) return;
      const auto run = [&](std::vector<std::string> arguments) {
        process_options options;
        options.command = std::move(arguments);
        options.command.insert(options.command.begin(), MTFETCH_PROGRAM);
        options.environment = {{"MTFETCH_API_ID", "1"},
                               {"MTFETCH_API_HASH", "0123456789abcdef0123456789abcdef"},
                               {"MTFETCH_NETWORK", network},
                               {"MTFETCH_SESSION", (folder_ / "session").string()},
                               {"MTFETCH_PROXY", "none"}};
        options.environment.insert(login_.begin(), login_.end());
        return run_process(options);
      };
      login_ = {{"MTFETCH_PHONE", "+15550001"}, {"MTFETCH_CODE", "24680"}};
      if (std::string(user) == "bot") login_ = {{"MTFETCH_BOT_TOKEN", "1000:any-secret"}};
      const process_end login = run({"login"});
      EXPECT_EQ(login.exit_code, 0) << login.errors;
      login_.clear();
      if (login.exit_code == 0) todo(run);
      ::kill(process, SIGTERM);
    };
    const process_end ended = run_process(centre);
    EXPECT_EQ(ended.exit_code, 0) << ended.errors;
  }

  static std::vector<nlohmann::json> events(const process_end& end) {
    std::vector<nlohmann::json> parsed;
    std::istringstream lines(end.output);
    for (std::string line; std::getline(lines, line);) {
      parsed.push_back(nlohmann::json::parse(line));
    }
    return parsed;
  }
  // Its files as `ls` says them: a name, a size and a kind each.
  static std::vector<nlohmann::json> listed(const reader& run, const std::string& link) {
    const process_end end = run({"ls", link, "--json"});
    EXPECT_EQ(end.exit_code, 0) << link << "\n" << end.errors << end.output;
    std::vector<nlohmann::json> media;
    for (auto& each : events(end)) {
      if (each.at("event") == "media") media.push_back(std::move(each));
    }
    return media;
  }

  temporary_folder folder_;
  std::map<std::string, std::string> login_;
};

TEST_F(world, is_read_by_a_person) {
  read_it("ada", [&](const reader& run) {
    const auto museum = listed(run, "t.me/museum");
    std::set<std::string> kinds;
    for (const auto& each : museum) kinds.insert(each.at("kind"));
    EXPECT_EQ(museum.size(), 10U) << "paid media and link previews are not listed";
    EXPECT_EQ(kinds.size(), 8U) << nlohmann::json(museum).dump(1);
    EXPECT_EQ(listed(run, "t.me/bulk").size(), 1000U);
    EXPECT_EQ(listed(run, "t.me/workshop/2").size(), 1U) << "a topic";
    EXPECT_EQ(listed(run, "t.me/museum/1?comment=2").size(), 1U);
    EXPECT_EQ(listed(run, "t.me/museum/2").size(), 3U) << "an album";
    EXPECT_EQ(listed(run, "t.me/museum/2?single").size(), 1U);
    EXPECT_EQ(listed(run, "t.me/eve/s/1").size(), 1U) << "a story";
  });
}

TEST_F(world, gives_its_files) {
  read_it("ada", [&](const reader& run) {
    const std::string out = (folder_ / "out").string();
    const process_end end =
        run({"get", "t.me/museum/1", "t.me/museum/5", "t.me/workshop/2/4", "-o", out});
    ASSERT_EQ(end.exit_code, 0) << end.errors;
    EXPECT_EQ(std::filesystem::file_size(folder_ / "out" / "catalogue.pdf"), 700'000U);
    EXPECT_EQ(read_file(folder_ / "out" / "world.toml"), read_file(MTFETCH_EXAMPLE_WORLD));
    EXPECT_EQ(std::filesystem::file_size(folder_ / "out" / "clock-plan.svg"), 5000U);
    const process_end info = run({"info", "t.me/museum/1"});
    EXPECT_EQ(info.exit_code, 0) << info.errors;
    EXPECT_NE(info.output.find("catalogue.pdf"), std::string::npos) << info.output;
    const process_end paid = run({"get", "t.me/museum/7", "-o", out});
    EXPECT_NE(paid.exit_code, 0) << "paid media";
    const process_end kept = run({"get", "t.me/+archive-invite", "-o", out});
    EXPECT_NE(kept.exit_code, 0) << "protected content";
  });
}

TEST_F(world, is_read_by_a_bot) {
  read_it("bot", [&](const reader& run) {
    const auto files = listed(run, "t.me/bulk/1-5");
    ASSERT_EQ(files.size(), 5U);
    EXPECT_EQ(files[0].at("name"), "file-1.bin");
  });
}

}  // namespace
}  // namespace mtfetch::tests
