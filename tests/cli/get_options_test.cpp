// SPDX-License-Identifier: BSL-1.0
// `mtfetch get` with --stats and --takeout.
#include <sstream>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

class get_options : public cli {
 protected:
  process_end get(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"get", "t.me/files/1", "t.me/files/3", "-o",
                                          (folder / "out").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  void sign_in_as_person() const {
    process_options options = command({"login"});
    options.environment["MTFETCH_PHONE"] = phone;
    options.environment["MTFETCH_CODE"] = code;
    options.environment["MTFETCH_PASSWORD"] = password;
    const process_end end = run_process(options);
    ASSERT_EQ(end.exit_code, 0) << end.errors;
  }
  static std::vector<nlohmann::json> lines_of(const std::string& text) {
    std::vector<nlohmann::json> parsed;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("{")) parsed.push_back(nlohmann::json::parse(line));
    }
    return parsed;
  }
  void expect_statistics(const std::vector<nlohmann::json>& lines) const {
    std::vector<std::int64_t> arrived(2);
    std::vector<nlohmann::json> files;
    for (const auto& line : lines) {
      if (line.at("event") == "file") {
        files.push_back(line);
        continue;
      }
      ASSERT_EQ(line.at("event"), "part");
      for (const char* field :
           {"name", "offset", "size", "dc", "connection", "attempt", "hedge", "repair", "sent_ms",
            "queued_ms", "round_trip_ms", "flood_seconds"}) {
        EXPECT_TRUE(line.contains(field)) << field;
      }
      if (line.at("end") != "arrived") continue;
      arrived.at(line.at("file").get<std::size_t>()) += line.at("received").get<std::int64_t>();
    }
    ASSERT_EQ(files.size(), 2U) << "one for each file, at the end";
    EXPECT_EQ(lines.back().at("event"), "file");
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(files[i].at("file"), i);
      EXPECT_EQ(files[i].at("ok"), true);
      EXPECT_EQ(files[i].at("bytes"), arrived[i]);
      EXPECT_EQ(files[i].at("size"), arrived[i]);
    }
    EXPECT_EQ(files[0].at("name"), "big.bin");
  }
  std::uint64_t calls(const std::string& method) const {
    const auto counted = cluster->dc().counted();
    const auto found = counted.calls.find(method);
    return found == counted.calls.end() ? 0 : found->second;
  }
};

TEST_F(get_options, stats_are_json_lines_in_a_file) {
  sign_in_as_bot();
  const auto file = folder / "stats.jsonl";
  const process_end end = get({"--stats", file.string()});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  expect_statistics(lines_of(read_file(file)));
}

TEST_F(get_options, stats_go_to_standard_error_for_a_dash) {
  sign_in_as_bot();
  const process_end end = get({"--stats", "-", "--json"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  expect_statistics(lines_of(end.errors));
  for (const auto& event : events(end)) EXPECT_NE(event.at("event"), "part");
}

TEST_F(get_options, stats_that_cannot_be_written_are_a_usage_error) {
  sign_in_as_bot();
  const process_end end = get({"--stats", (folder / "no" / "such" / "place").string()});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("--stats: "), std::string::npos) << end.errors;
  EXPECT_FALSE(std::filesystem::exists(target("big.bin")));
}

// /dev/full takes what is opened and has no room for it.
TEST_F(get_options, stats_for_which_there_is_no_room_are_told_once_and_the_files_are_fetched) {
  sign_in_as_bot();
  const process_end end = get({"--stats", "/dev/full"});
  EXPECT_EQ(end.exit_code, 1);
  const std::size_t told = end.errors.find("--stats: /dev/full cannot be written");
  ASSERT_NE(told, std::string::npos) << end.errors;
  EXPECT_EQ(end.errors.find("--stats:", told + 1), std::string::npos) << end.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
}

TEST_F(get_options, takeout_fetches_within_a_session_and_ends_it) {
  sign_in_as_person();
  const process_end end = get({"--takeout"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
  const testing::statistics counted = cluster->dc().counted();
  EXPECT_EQ(counted.takeout_calls.at("upload.getFile"), calls("upload.getFile"));
  EXPECT_EQ(counted.takeouts_done, 1U);
}

TEST_F(get_options, takeout_is_refused_to_bots_before_anything_is_asked) {
  sign_in_as_bot();
  const process_end end = get({"--takeout"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("for the accounts of people"), std::string::npos) << end.errors;
  EXPECT_EQ(calls("contacts.resolveUsername"), 0U);
  EXPECT_EQ(calls("account.initTakeoutSession"), 0U);
}

TEST_F(get_options, a_takeout_that_has_to_wait_says_until_when) {
  cluster->dc().faults().add({.method = "account.initTakeoutSession",
                              .action = testing::answer_error{420, "TAKEOUT_INIT_DELAY_86399"}});
  sign_in_as_person();
  const process_end person = get({"--takeout"});
  EXPECT_EQ(person.exit_code, 6);
  for (const char* part : {"in 23 h 59 min", " UTC", "other devices", "confirm it there"}) {
    EXPECT_NE(person.errors.find(part), std::string::npos) << person.errors;
  }
  cluster->dc().faults().add({.method = "account.initTakeoutSession",
                              .action = testing::answer_error{420, "TAKEOUT_INIT_DELAY_90"}});
  const process_end script = get({"--takeout", "--json"});
  EXPECT_EQ(script.exit_code, 6);
  EXPECT_EQ(events(script).back().at("name"), "TAKEOUT_INIT_DELAY_90");
  EXPECT_EQ(calls("upload.getFile"), 0U);
}

TEST_F(get_options, a_template_names_the_files) {
  sign_in_as_bot();
  const process_end end = get({"--template", "{chat}/{n:02} {id}.{ext}"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "out")) {
    const std::string name = entry.path().filename().string();
    if (name == "01 1.bin" || name == "02 3.txt") ++files;
  }
  EXPECT_EQ(files, 2U);
}

TEST_F(get_options, a_wrong_template_is_refused_before_the_network) {
  const process_end end = get({"--template", "{titel} {name}"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("{titel}"), std::string::npos) << end.errors;
  EXPECT_NE(end.errors.find("{caption}"), std::string::npos) << "says which there are";
}

TEST_F(get_options, filters_choose_among_what_links_lead_to) {
  sign_in_as_bot();
  process_end end = get({"--name", "^small"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_TRUE(std::filesystem::exists(target("small.txt")));
  EXPECT_FALSE(std::filesystem::exists(target("big.bin")));
  end = get({"--limit", "1"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_TRUE(std::filesystem::exists(target("big.bin")));
  end = get({"--since", "soon"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("2026-01-31T10:00"), std::string::npos) << end.errors;
}

TEST_F(get_options, what_the_folder_has_is_not_fetched_again) {
  sign_in_as_bot();
  ASSERT_EQ(get({}).exit_code, 0);
  const auto before = calls("upload.getFile");
  process_end end = get({"--template", "{chat}/{id}"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_NE(end.output.find("already there: " + target("big.bin").string()), std::string::npos)
      << end.output;
  EXPECT_EQ(calls("upload.getFile"), before);
  std::filesystem::remove(target("small.txt"));
  end = get({"--json"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  std::size_t there = 0;
  for (const auto& event : lines_of(end.output)) {
    if (event.at("event") == "file_done" && event.value("already_there", false)) ++there;
  }
  EXPECT_EQ(there, 1U);
  EXPECT_TRUE(std::filesystem::exists(target("small.txt"))) << "what a person deleted comes again";
}

TEST_F(get_options, info_files_are_written_also_for_what_is_there) {
  sign_in_as_bot();
  ASSERT_EQ(get({}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(target("big.bin.info.json")));
  const process_end end = get({"--write-info"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const auto said = nlohmann::json::parse(read_file(target("big.bin.info.json")));
  EXPECT_EQ(said.at("message_id"), 1);
  EXPECT_EQ(said.at("file").at("name"), "big.bin");
  EXPECT_EQ(said.at("verification").at("whole"), true);
}

}  // namespace
}  // namespace mtfetch::tests
