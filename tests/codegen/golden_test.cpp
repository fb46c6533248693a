// SPDX-License-Identifier: BSL-1.0
// The generator's output, feature by feature, is what the golden files say. golden/update.sh writes
// them anew.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "codegen/emit_codec.hpp"
#include "codegen/emit_table.hpp"
#include "codegen/output.hpp"
#include "codegen/parser.hpp"

namespace mtfetch::codegen {
namespace {

namespace fs = std::filesystem;

const fs::path data = MTFETCH_TEST_DATA;

schema schema_of(const std::vector<std::string>& names) {
  std::vector<syntax::file> files;
  for (const auto& name : names) {
    files.push_back(parse(name + ".tl", read_file(data / "golden" / (name + ".tl"))));
  }
  return check(files);
}

std::vector<output_file> generated(const std::string& feature) {
  const schema s = schema_of({feature});
  const layout plan = lay_out(s);
  const spelling names(s, plan, "golden::" + feature);
  job j;
  j.s = &s;
  j.plan = &plan;
  j.names = &names;
  j.chosen = selection(s.combinators.size(), true);
  j.include = "golden/" + feature;
  j.parts = 1;
  std::vector<output_file> files = emit_types(j);
  for (auto& file : emit_codec(j)) files.push_back(std::move(file));
  return files;
}

class golden : public testing::TestWithParam<const char*> {};

TEST_P(golden, is_what_is_generated) {
  std::set<std::string> expected;
  for (const auto& file : generated(GetParam())) {
    expected.insert(file.path);
    EXPECT_EQ(file.text, read_file(data / file.path)) << file.path;
  }
  for (const auto& entry : fs::directory_iterator(data / "golden" / GetParam())) {
    EXPECT_TRUE(expected.contains(entry.path().lexically_relative(data).generic_string()))
        << entry.path() << " is not generated any more";
  }
}

INSTANTIATE_TEST_SUITE_P(feature, golden,
                         testing::Values("flags", "methods", "names", "raw", "recursion", "sums",
                                         "vectors"),
                         [](const auto& feature) { return std::string(feature.param); });

TEST(golden_table, is_what_is_generated) {
  const std::vector<table_part> parts = {{"", schema_of({"flags", "vectors"})},
                                         {"other", schema_of({"recursion"})}};
  for (const auto& file : emit_table(parts, {"golden::table", "golden/table.hpp", "", ""})) {
    EXPECT_EQ(file.text, read_file(data / file.path)) << file.path;
  }
}

}  // namespace
}  // namespace mtfetch::codegen
