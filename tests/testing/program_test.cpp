// SPDX-License-Identifier: BSL-1.0
// mtfetch-dc as a person or a script runs it.
#include <gtest/gtest.h>
#include <signal.h>

#include <mtfetch/network.hpp>

#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mtfetch {
namespace {

class mtfetch_dc : public ::testing::Test {
 protected:
  mtfetch_dc() {
    std::filesystem::create_directory(folder_ / "served");
    tests::write_file(folder_ / "served" / "a.bin", "some bytes");
  }

  tests::process_end run(std::vector<std::string> arguments, int signal_when_ready = SIGTERM) {
    tests::process_options options;
    options.command = {MTFETCH_DC_PROGRAM};
    options.command.insert(options.command.end(), arguments.begin(), arguments.end());
    options.on_line = [&](std::string_view line, pid_t process) {
      if (line.find("mtfetch-dc ready") != std::string_view::npos) {
        ::kill(process, signal_when_ready);
      }
    };
    return tests::run_process(options);
  }
  std::string served() const { return (folder_ / "served").string(); }

  tests::temporary_folder folder_;
};

TEST_F(mtfetch_dc, says_when_it_is_ready_and_ends_when_told) {
  const std::string file = (folder_ / "net.json").string();
  for (const int signal : {SIGTERM, SIGINT}) {
    const auto ended =
        run({"--serve", served(), "--network-file", file, "--state", (folder_ / "state").string()},
            signal);
    EXPECT_EQ(ended.exit_code, 0) << ended.errors;
    EXPECT_NE(ended.output.find("1 files in t.me/files"), std::string::npos) << ended.output;
  }
  const network known = network::load(file);
  EXPECT_EQ(known.dcs.size(), 5U);
  EXPECT_EQ(known.home_dc, 2);
}

TEST_F(mtfetch_dc, keeps_its_rsa_key_in_the_state_folder) {
  const std::string file = (folder_ / "net.json").string();
  const std::string state = (folder_ / "state").string();
  run({"--serve", served(), "--network-file", file, "--state", state});
  const auto first = network::load(file).rsa_keys;
  run({"--serve", served(), "--network-file", file, "--state", state});
  EXPECT_EQ(network::load(file).rsa_keys, first);
}

TEST_F(mtfetch_dc, is_used_wrongly_with_exit_code_2) {
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"--serve", (folder_ / "nowhere").string()}).exit_code, 2);
  EXPECT_EQ(run({"--serve", served(), "--home-dc", "two"}).exit_code, 2);
}

TEST_F(mtfetch_dc, names_what_keeps_it_from_starting) {
  const auto wrong_user = run({"--serve", served(), "--user", "nonsense"});
  EXPECT_EQ(wrong_user.exit_code, 1);
  EXPECT_NE(wrong_user.errors.find("PHONE:CODE"), std::string::npos) << wrong_user.errors;
  const auto wrong_bot = run({"--serve", served(), "--bot", "nonsense"});
  EXPECT_EQ(wrong_bot.exit_code, 1);
  EXPECT_NE(wrong_bot.errors.find("1234567:secret"), std::string::npos) << wrong_bot.errors;
  const auto wrong_home = run({"--serve", served(), "--home-dc", "9"});
  EXPECT_EQ(wrong_home.exit_code, 1);
  EXPECT_NE(wrong_home.errors.find("9"), std::string::npos) << wrong_home.errors;
  const auto no_place = run({"--serve", served(), "--network-file", "/nowhere/net.json"});
  EXPECT_EQ(no_place.exit_code, 1);
  EXPECT_NE(no_place.errors.find("/nowhere/net.json"), std::string::npos) << no_place.errors;
  std::filesystem::create_directory(folder_ / "bad-state");
  tests::write_file(folder_ / "bad-state" / "cluster.db", std::string(4096, 'x'));
  const auto bad_state = run({"--serve", served(), "--state", (folder_ / "bad-state").string()});
  EXPECT_EQ(bad_state.exit_code, 1);
  EXPECT_NE(bad_state.errors.find("cluster.db"), std::string::npos) << bad_state.errors;
}

}  // namespace
}  // namespace mtfetch
