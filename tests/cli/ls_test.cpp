// SPDX-License-Identifier: BSL-1.0
// `mtfetch ls`, and `get` of whole chats, as scripts and people use them.
#include "tests/cli/cli_fixture.hpp"

#include <gtest/gtest.h>

namespace mtfetch::tests {
namespace {

class ls : public cli {};

TEST_F(ls, a_chat_is_listed_a_line_each) {
  sign_in_as_bot();
  const process_end end = run({"ls", "t.me/files"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  for (const char* part : {"big.bin", "empty.bin", "small.txt", "https://t.me/files/3?single"}) {
    EXPECT_NE(end.output.find(part), std::string::npos) << end.output;
  }
}

TEST_F(ls, json_has_an_event_for_each_file) {
  sign_in_as_bot();
  const process_end end = run({"ls", "t.me/files", "--json", "--name", "\\.bin$", "--limit", "1"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const auto all = events(end);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].at("event"), "media");
  EXPECT_EQ(all[0].at("name"), "big.bin");
  EXPECT_EQ(all[0].at("link"), "https://t.me/files/1?single");
}

TEST_F(ls, a_chat_that_is_not_there_is_named) {
  sign_in_as_bot();
  const process_end end = run({"ls", "t.me/nobody_here"});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("nobody_here"), std::string::npos) << end.errors;
}

TEST_F(ls, a_quality_that_is_none_is_a_usage_error) {
  const process_end end = run({"ls", "t.me/files", "--quality", "nice"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_NE(end.errors.find("'nice' is no quality"), std::string::npos) << end.errors;
}

TEST_F(ls, get_fetches_a_whole_chat) {
  sign_in_as_bot();
  const process_end end = run({"get", "t.me/files", "-o", (folder / "out").string()});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_EQ(read_file(target("big.bin")), big_file());
  EXPECT_TRUE(std::filesystem::exists(target("small.txt")));
}

}  // namespace
}  // namespace mtfetch::tests
