// SPDX-License-Identifier: BSL-1.0
#include "codegen/output.hpp"

#include <gtest/gtest.h>

#include "codegen/emit_table.hpp"
#include "codegen/parser.hpp"
#include "tests/codegen/temporary_folder.hpp"

namespace mtfetch::codegen {
namespace {

TEST(output, writes_only_what_changed) {
  const temporary_folder folder("output");
  std::vector<output_file> files = {{"a/b.hpp", "one"}, {"c.cpp", "two"}};
  EXPECT_EQ(write_changed(folder.path(), files), 2U);
  const auto before = std::filesystem::last_write_time(folder.path() / "a/b.hpp");
  EXPECT_EQ(write_changed(folder.path(), files), 0U);
  files[1].text = "owt";
  EXPECT_EQ(write_changed(folder.path(), files), 1U);
  EXPECT_EQ(read_file(folder.path() / "c.cpp"), "owt");
  EXPECT_EQ(std::filesystem::last_write_time(folder.path() / "a/b.hpp"), before);
}

TEST(output, names_the_file_that_it_cannot_read_or_write) {
  const temporary_folder folder("output");
  EXPECT_THROW(read_file(folder.path() / "none.tl"), std::runtime_error);
  write_changed(folder.path(), {{"file", "text"}});
  EXPECT_THROW(write_changed(folder.path(), {{"file/below", "text"}}), std::exception);
}

TEST(table, puts_clashing_names_of_another_schema_into_a_namespace) {
  const std::vector<table_part> parts = {
      {"", check({parse("a.tl", "message text:string = Message;")})},
      {"mtproto",
       check({parse("b.tl", "message body:Object = Message; copy of:Message = Copy;")})}};
  const auto files = emit_table(parts, {"a::b", "a/b.hpp", "", ""});
  EXPECT_NE(files.at(1).text.find("mtproto.message"), std::string::npos);
  EXPECT_NE(files.at(1).text.find("mtproto.Message"), std::string::npos);
  EXPECT_EQ(files.at(1).text.find("mtproto.copy"), std::string::npos);
}

}  // namespace
}  // namespace mtfetch::codegen
