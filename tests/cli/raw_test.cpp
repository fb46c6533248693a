// SPDX-License-Identifier: BSL-1.0
#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

TEST_F(cli, raw_makes_any_call_and_prints_the_answer_as_json) {
  sign_in_as_bot();
  const process_end end = run({"raw", "help.getConfig", "{}"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const auto answer = nlohmann::json::parse(end.output);
  EXPECT_EQ(answer.at("_"), "config");
  EXPECT_EQ(answer.at("this_dc"), 2);
  EXPECT_FALSE(answer.at("dc_options").empty());
}

TEST_F(cli, raw_prints_a_vector_as_an_array) {
  sign_in_as_bot();
  const process_end end = run({"raw", "users.getUsers", R"({"id":[{"_":"inputUserSelf"}]})"});
  ASSERT_EQ(end.exit_code, 0) << end.errors;
  const auto answer = nlohmann::json::parse(end.output);
  ASSERT_TRUE(answer.is_array());
  EXPECT_EQ(answer.at(0).at("id"), 4242);
}

TEST_F(cli, raw_names_what_is_wrong_before_any_network) {
  const process_end unknown = run({"raw", "help.getNothing"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.errors.find("help.getNothing"), std::string::npos) << unknown.errors;
  const process_end field = run({"raw", "users.getUsers", R"({"ids":[]})"});
  EXPECT_EQ(field.exit_code, 2);
  EXPECT_NE(field.errors.find("ids"), std::string::npos) << field.errors;
  const process_end value = run({"raw", "users.getUsers", R"({"id":[{"_":"inputUserSlef"}]})"});
  EXPECT_EQ(value.exit_code, 2);
  EXPECT_NE(value.errors.find("inputUserSlef"), std::string::npos) << value.errors;
  EXPECT_EQ(run({"raw", "help.getConfig", "{"}).exit_code, 2);
}

TEST_F(cli, raw_gives_the_servers_error_by_its_name) {
  sign_in_as_bot();
  const process_end end = run({"raw", "messages.getDialogs",
                               R"({"offset_date":0,"offset_id":0,"offset_peer":)"
                               R"({"_":"inputPeerEmpty"},"limit":10,"hash":0})"});
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("BOT_METHOD_INVALID"), std::string::npos) << end.errors;
}

}  // namespace
}  // namespace mtfetch::tests
