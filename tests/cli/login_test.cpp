// SPDX-License-Identifier: BSL-1.0
#include <sys/stat.h>

#include "tests/cli/cli_fixture.hpp"

namespace mtfetch::tests {
namespace {

TEST_F(cli, signs_in_as_a_bot_by_the_environment) {
  process_options options = command({"login"});
  options.environment["MTFETCH_BOT_TOKEN"] = bot_token;
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 0) << end.errors;
  EXPECT_NE(end.output.find("Signed in as bot 4242"), std::string::npos) << end.output;
  const process_end again = run({"login"});
  EXPECT_NE(again.output.find("Signed in already"), std::string::npos) << again.output;
}

TEST_F(cli, keeps_the_login_in_a_file_for_its_owner_only) {
  sign_in_as_bot();
  struct stat facts {};
  ASSERT_EQ(::stat((folder / "session").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(cli, signs_in_with_phone_code_and_password_on_a_terminal) {
  process_options options = command({"login"});
  options.terminal = true;
  options.input = std::string(phone) + "\n" + code + "\n" + password + "\n";
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_NE(end.output.find("Signed in as user"), std::string::npos) << end.output;
}

TEST_F(cli, asks_again_after_a_wrong_code_and_a_wrong_password_on_a_terminal) {
  process_options options = command({"login"});
  options.terminal = true;
  options.input = std::string(phone) + "\n11111\n" + code + "\nwrong\n" + password + "\n";
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 0) << end.output;
  EXPECT_NE(end.output.find("The code is wrong"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("password is wrong"), std::string::npos) << end.output;
}

TEST_F(cli, a_wrong_password_without_a_terminal_is_one_sentence) {
  process_options options = command({"login"});
  options.environment["MTFETCH_PHONE"] = phone;
  options.environment["MTFETCH_CODE"] = code;
  options.environment["MTFETCH_PASSWORD"] = "battery staple";
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("password is wrong"), std::string::npos) << end.errors;
  EXPECT_EQ(end.errors.find("battery"), std::string::npos) << "the password was printed";
}

TEST_F(cli, a_wrong_bot_token_is_named_without_printing_it) {
  process_options options = command({"login"});
  options.environment["MTFETCH_BOT_TOKEN"] = "4242:not-the-secret";
  const process_end end = run_process(options);
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_NE(end.errors.find("ACCESS_TOKEN_INVALID"), std::string::npos) << end.errors;
  EXPECT_EQ(end.errors.find("not-the-secret"), std::string::npos) << "the token was printed";
}

TEST_F(cli, downloading_without_a_login_says_what_to_do) {
  const process_end end = run({"get", "t.me/files/1"});
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_NE(end.errors.find("mtfetch login"), std::string::npos) << end.errors;
}

}  // namespace
}  // namespace mtfetch::tests
