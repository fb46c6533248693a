// SPDX-License-Identifier: BSL-1.0
// The tables in READMEs that say which file keeps a rule and which tests hold it name files and
// tests that exist; that of mtproto names every attack that there is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
const fs::path root = MTFETCH_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> all_matches(const std::string& text, const std::regex& what) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), what), end; at != end; ++at) {
    found.push_back(at->str(1));
  }
  return found;
}

struct row {
  fs::path floor;  // where the table stands; its files are below
  std::string check;
  std::string files;
  std::string tests;
};

// Rows of tables of three columns, of which the last names tests.
std::vector<row> rows_of(const fs::path& floor) {
  static const std::regex three(R"(\| ([^|]+) \| ([^|]+) \| ([^|]+) \|)");
  std::vector<row> found;
  std::ifstream in(root / floor / "README.md");
  bool tests = false;
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (!std::regex_match(line, match, three)) {
      if (!line.starts_with("|---")) tests = false;
    } else if (match[3] == "attacked by" || match[3] == "held by") {
      tests = true;
    } else if (tests) {
      found.push_back({floor, match[1], match[2], match[3]});
    }
  }
  return found;
}

std::vector<row> rows() {
  std::vector<row> found = rows_of("mtproto");
  EXPECT_GT(found.size(), 50u);
  const std::vector<row> downloads = rows_of("downloader");
  EXPECT_GT(downloads.size(), 20u);
  found.insert(found.end(), downloads.begin(), downloads.end());
  return found;
}

// Tests as the table names them: "suite.name" of each TEST, and "suite/row" for the rows of the
// tables in tests/attacks.
std::set<std::string> known_tests() {
  static const std::regex test(R"re(\nTEST(?:_F|_P)?\(\s*(\w+,\s*\w+)\s*\))re");
  static const std::regex attack(R"re(\n    \{"(\w+)",)re");
  static const std::regex suite(R"re(\nTEST_P\(\s*(\w+),)re");
  std::set<std::string> known;
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read(entry.path());
    for (const std::string& both : all_matches(text, test)) {
      known.insert(std::regex_replace(both, std::regex(R"(,\s*)"), "."));
    }
    if (entry.path().parent_path().filename() != "attacks") continue;
    for (const std::string& name : all_matches(text, suite)) {
      for (const std::string& each : all_matches(text, attack)) known.insert(name + "/" + each);
    }
  }
  return known;
}

std::vector<std::string> quoted(const std::string& cell) {
  static const std::regex code("`([^`]+)`");
  return all_matches(cell, code);
}

TEST(tables_of_rules, name_files_that_exist) {
  for (const row& each : rows()) {
    const auto files = quoted(each.files);
    EXPECT_FALSE(files.empty()) << each.check;
    for (const std::string& file : files) {
      EXPECT_TRUE(fs::is_regular_file(root / each.floor / file)) << each.check << ": " << file;
    }
  }
}

TEST(tables_of_rules, name_tests_that_exist) {
  const std::set<std::string> known = known_tests();
  EXPECT_TRUE(known.contains("tables_of_rules.name_tests_that_exist"));
  for (const row& each : rows()) {
    const auto tests = quoted(each.tests);
    EXPECT_FALSE(tests.empty()) << each.check;
    for (const std::string& test : tests) {
      EXPECT_TRUE(known.contains(test)) << each.check << ": " << test;
    }
  }
}

TEST(tables_of_rules, name_every_attack) {
  std::set<std::string> named;
  for (const row& each : rows_of("mtproto")) {
    for (const std::string& test : quoted(each.tests)) named.insert(test);
  }
  std::size_t attacks = 0;
  for (const std::string& test : known_tests()) {
    if (!test.starts_with("attacked_session/") && !test.starts_with("attacked_key_exchange/")) {
      continue;
    }
    ++attacks;
    EXPECT_TRUE(named.contains(test)) << test << " stands in no row of mtproto/README.md";
  }
  EXPECT_GT(attacks, 40u);
}

}  // namespace
