// SPDX-License-Identifier: BSL-1.0
#include <csignal>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

std::int64_t fetched_bytes(const std::vector<nlohmann::json>& events) {
  for (const auto& event : events) {
    if (event.at("event") == "file_done") return event.at("fetched").get<std::int64_t>();
  }
  return -1;
}

TEST_F(cli, gets_files_byte_for_byte) {
  sign_in_as_bot();
  const process_end end = run({"get", "t.me/files/1", "https://t.me/files/2", "t.me/files/3", "-o",
                               (folder / "out").string()});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
  EXPECT_EQ(read_file(target("empty.bin")), "");
  EXPECT_EQ(read_file(target("small.txt")), "a small file\n");
  EXPECT_FALSE(std::filesystem::exists(target("big.bin.part")));
}

TEST_F(cli, gets_over_every_framing) {
  sign_in_as_bot();
  for (const std::string framing : {"abridged", "intermediate", "padded"}) {
    for (const bool plain : {false, true}) {
      std::vector<std::string> arguments = {
          "get", "t.me/files/3", "--framing", framing, "-o", (folder / "out" / framing).string()};
      if (plain) arguments.push_back("--plain");
      const process_end end = run(arguments);
      EXPECT_EQ(end.exit_code, 0) << framing << " plain " << plain << ": " << end.errors;
    }
  }
}

TEST_F(cli, json_is_one_event_a_line_with_the_facts_of_the_file) {
  sign_in_as_bot();
  const process_end end =
      run({"get", "t.me/files/1", "-o", (folder / "out").string(), "--json", "--sha256"});
  ASSERT_EQ(end.exit_code, 0) << end.output;
  const auto all = events(end);
  ASSERT_FALSE(all.empty());
  const auto& last = all.back();
  EXPECT_EQ(last.at("event"), "file_done");
  EXPECT_EQ(last.at("size").get<std::size_t>(), big_file().size());
  EXPECT_EQ(last.at("verified"), last.at("size"));
  EXPECT_EQ(last.at("sha256").get<std::string>().size(), 64U);
  const auto& media = last.at("media");
  EXPECT_EQ(media.at("link"), "t.me/files/1");
  EXPECT_EQ(media.at("name"), "big.bin");
  EXPECT_EQ(media.at("kind"), "document");
  EXPECT_EQ(media.at("message"), 1);
  EXPECT_GT(media.at("id"), 0);
  EXPECT_GT(media.at("date"), 0);
  EXPECT_EQ(all.front().at("event"), "progress");
}

TEST_F(cli, draws_a_bar_on_a_terminal_and_lines_when_piped) {
  sign_in_as_bot();
  process_options options = command({"get", "t.me/files/1", "-o", (folder / "out").string()});
  options.terminal = true;
  options.environment["TERM"] = "xterm";
  const process_end on_terminal = run_process(options);
  EXPECT_EQ(on_terminal.exit_code, 0) << on_terminal.output;
  EXPECT_NE(on_terminal.output.find("big.bin ["), std::string::npos) << on_terminal.output;
  EXPECT_NE(on_terminal.output.find('%'), std::string::npos);
  const process_end piped = run({"get", "t.me/files/3", "-o", (folder / "out").string()});
  EXPECT_EQ(piped.output.find('\r'), std::string::npos) << piped.output;
  EXPECT_EQ(piped.errors.find('\x1b'), std::string::npos) << piped.errors;
}

// Kills the client with `signal` once part of the file is there, then runs it again.
class interrupted : public cli, public ::testing::WithParamInterface<int> {};

TEST_P(interrupted, goes_on_where_it_was) {
  sign_in_as_bot();
  // A slow answer keeps the file unfinished for as long as the signal needs.
  cluster->dc().faults().add({.method = "upload.getFile",
                              .skip = 20,
                              .times = 0,
                              .action = testing::delay_answer{std::chrono::hours(1)}});
  process_options options =
      command({"get", "t.me/files/1", "-o", (folder / "out").string(), "--json"});
  options.on_line = [](std::string_view line, pid_t child) {
    const auto event = nlohmann::json::parse(line);
    // The journal is written once a second at the latest.
    if (event.at("event") == "progress" && event.at("done").get<std::int64_t>() > 4 << 20) {
      ::kill(child, GetParam());
    }
  };
  const process_end first = run_process(options);
  EXPECT_EQ(first.exit_code, GetParam() == SIGKILL ? 128 + SIGKILL : 130) << first.output;
  EXPECT_FALSE(std::filesystem::exists(target("big.bin")));
  EXPECT_TRUE(std::filesystem::exists(target("big.bin.part")));

  cluster->dc().faults().clear();
  const process_end second =
      run({"get", "t.me/files/1", "-o", (folder / "out").string(), "--json"});
  ASSERT_EQ(second.exit_code, 0) << second.output;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
  if (GetParam() != SIGKILL) {
    EXPECT_LT(fetched_bytes(events(second)), static_cast<std::int64_t>(big_file().size()));
  }
}

INSTANTIATE_TEST_SUITE_P(by_signal, interrupted, ::testing::Values(SIGKILL, SIGINT, SIGTERM),
                         [](const auto& with) {
                           return with.param == SIGKILL  ? "kill"
                                  : with.param == SIGINT ? "interrupt"
                                                         : "terminate";
                         });

}  // namespace
}  // namespace mtfetch::tests
