// SPDX-License-Identifier: BSL-1.0
#include <fstream>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

class cli_verify : public cli {
 protected:
  void SetUp() override {
    sign_in_as_bot();
    const process_end end =
        run({"get", "t.me/files/1", "t.me/files/2", "t.me/files/3", "-o", out()});
    ASSERT_EQ(end.exit_code, 0) << end.errors;
  }
  std::string out() const { return (folder / "out").string(); }
  void overwrite(const std::string& name, std::int64_t at, const std::string& text) const {
    std::fstream opened(target(name), std::ios::in | std::ios::out | std::ios::binary);
    opened.seekp(at);
    opened << text;
  }
  // Without what a login or a network takes.
  process_end verify(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "verify");
    process_options options = command(std::move(arguments));
    for (const char* name : {"MTFETCH_API_ID", "MTFETCH_API_HASH", "MTFETCH_NETWORK"}) {
      options.environment.erase(name);
    }
    options.environment["MTFETCH_SESSION"] = "/nowhere/session";
    return run_process(options);
  }
};

TEST_F(cli_verify, says_that_all_is_well_without_login_or_network) {
  cluster->stop();
  const process_end end = verify({out()});
  EXPECT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_NE(end.output.find("big.bin  whole: 24.0 MiB, compared with the server's hashes"),
            std::string::npos)
      << end.output;
  EXPECT_NE(end.output.find("3 whole"), std::string::npos) << end.output;
  EXPECT_EQ(verify({out(), "--quiet"}).output, "");
}

TEST_F(cli_verify, names_the_damaged_bytes_and_repairs_them_alone) {
  overwrite("big.bin", 3 * 131072 + 5, "damage");
  const process_end bad = verify({out()});
  EXPECT_EQ(bad.exit_code, 5) << bad.errors;
  EXPECT_NE(bad.errors.find("  bytes 393216-524287\n"), std::string::npos) << bad.errors;

  const std::uint64_t before = cluster->dc().counted().bytes_served;
  const process_end mended = run({"verify", out(), "--repair"});
  EXPECT_EQ(mended.exit_code, 0) << mended.errors;
  EXPECT_EQ(cluster->dc().counted().bytes_served - before, 131072U);
  EXPECT_EQ(read_file(target("big.bin")), big_file());
  EXPECT_EQ(verify({out()}).exit_code, 0);
}

TEST_F(cli_verify, speaks_json) {
  overwrite("big.bin", 0, "damage");
  std::filesystem::remove(target("small.txt"));
  const process_end end = verify({out(), "--json"});
  EXPECT_EQ(end.exit_code, 5);
  std::map<std::string, nlohmann::json> files;
  nlohmann::json total;
  for (const auto& event : events(end)) {
    if (event.at("event") == "file_verified") {
      files[std::filesystem::path(event.at("path")).filename().string()] = event;
    } else if (event.at("event") == "verified") {
      total = event;
    }
  }
  EXPECT_EQ(files["big.bin"].at("state"), "damaged");
  EXPECT_EQ(files["big.bin"].at("damaged").dump(), R"([{"begin":0,"end":131072}])");
  EXPECT_EQ(files["big.bin"].at("server_hashed"), files["big.bin"].at("size"));
  EXPECT_EQ(files["big.bin"].at("link"), "t.me/files/1");
  EXPECT_EQ(files["small.txt"].at("state"), "missing");
  EXPECT_EQ(files["empty.bin"].at("state"), "whole");
  EXPECT_EQ(total.at("files"), 3);
  EXPECT_EQ(total.at("whole"), 1);
  EXPECT_EQ(total.at("damaged"), 1);
  EXPECT_EQ(total.at("missing"), 1);
}

TEST_F(cli_verify, what_cannot_be_verified_is_a_failure_and_no_damage) {
  write_file(folder / "mine.txt", "mine");
  EXPECT_EQ(verify({(folder / "mine.txt").string()}).exit_code, 1);
  EXPECT_EQ(verify({(folder / "nothing").string()}).exit_code, 1);
  EXPECT_EQ(verify({}).exit_code, 2);
  write_file(target("mine.txt"), "mine, in the folder");
  EXPECT_EQ(verify({out()}).exit_code, 0) << "a foreign file in a folder is nobody's fault";
  EXPECT_EQ(verify({out(), "--repair"}).exit_code, 2) << "a repair takes what a login takes";
}

}  // namespace
}  // namespace mtfetch::tests
