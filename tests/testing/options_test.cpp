// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/options.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <mtfetch/error.hpp>

#include "tests/testing/served_folder.hpp"

namespace mtfetch::local_dc {
namespace {

std::string refusal_of(const std::string& fault) {
  try {
    parse_fault(fault);
    return "";
  } catch (const error& refused) {
    return refused.what();
  }
}

TEST(local_dc_options, read_users) {
  const auto made = parse_user("+15550001:24680:secret words:Ada Lovelace: Countess");
  EXPECT_EQ(made.phone, "+15550001");
  EXPECT_EQ(made.code, "24680");
  EXPECT_EQ(made.password, "secret words");
  EXPECT_EQ(made.first_name, "Ada Lovelace: Countess");
  EXPECT_TRUE(parse_user("1:2").password.empty());
  EXPECT_THROW(parse_user("15550001"), error);
  EXPECT_THROW(parse_user(":12345"), error);
}

TEST(local_dc_options, read_what_goes_by_a_cdn) {
  const auto read = [](const std::string& flags) {
    CLI::App app;
    settings given;
    add_options(app, given);
    app.parse("--serve . " + flags);
    return given.cluster;
  };
  EXPECT_FALSE(read("").cdn.from_size);
  const auto made =
      read("--cdn-dc 203 --cdn-from 10MiB --cdn-empty --cdn-keeps-for 7 --cdn-token-parts 9");
  EXPECT_EQ(made.cdn_dc, 203);
  EXPECT_EQ(made.cdn.from_size, 10 << 20);
  EXPECT_TRUE(made.cdn.empty);
  EXPECT_EQ(made.cdn.keeps_for, 7U);
  EXPECT_EQ(made.cdn.token_parts, 9U);
  EXPECT_THROW(read("--cdn-from ten"), CLI::ParseError);
}

TEST(local_dc_options, read_faults) {
  const auto flood = parse_fault("upload.getFile@4=420:FLOOD_WAIT_3*2%50");
  EXPECT_EQ(flood.method, "upload.getFile");
  EXPECT_EQ(flood.dc, 4);
  EXPECT_EQ(flood.times, 2U);
  EXPECT_DOUBLE_EQ(flood.chance, 0.5);
  EXPECT_EQ(std::get<testing::answer_error>(flood.action).code, 420);
  EXPECT_EQ(std::get<testing::answer_error>(flood.action).message, "FLOOD_WAIT_3");
  const auto any = parse_fault("*=reset*0");
  EXPECT_TRUE(any.method.empty());
  EXPECT_EQ(any.times, 0U);
  EXPECT_TRUE(std::holds_alternative<testing::reset_connection>(any.action));
  EXPECT_EQ(std::get<testing::delay_answer>(parse_fault("a=delay:250").action).by,
            std::chrono::milliseconds(250));
  EXPECT_EQ(std::get<testing::cut_bytes>(parse_fault("a=cut:100").action).keep, 100U);
  EXPECT_EQ(std::get<testing::extra_bytes>(parse_fault("a=long:7").action).more, 7U);
  const auto silent = parse_fault("upload.getFile@2+5=silence");
  EXPECT_EQ(silent.method, "upload.getFile");
  EXPECT_EQ(silent.dc, 2);
  EXPECT_EQ(silent.skip, 5U);
  EXPECT_TRUE(std::holds_alternative<testing::silence_connection>(silent.action));
  EXPECT_TRUE(std::holds_alternative<testing::new_salts>(parse_fault("*+9=salts").action));
  EXPECT_TRUE(std::holds_alternative<testing::restart_cluster>(parse_fault("a=restart").action));
  EXPECT_EQ(std::get<testing::transport_error>(parse_fault("a=-429").action).code, -429);
  EXPECT_EQ(std::get<testing::session_lie>(parse_fault("a=lie:replayed").action),
            testing::session_lie::replayed);
  EXPECT_EQ(std::get<testing::handshake_lie>(parse_fault("*@4=lie:prime_pq*0").action),
            testing::handshake_lie::prime_pq);
}

TEST(local_dc_options, name_a_fault_that_is_none) {
  for (const std::string wrong :
       {"upload.getFile", "a=nonsense", "a=delay:soon", "a=x:Y", "a@four=reset", "a+some=reset",
        "a=cut:all", "a=long:-1", "a=lie:none", "a=reset*often", "a=reset%half"}) {
    EXPECT_NE(refusal_of(wrong), "") << wrong;
  }
}

TEST(local_dc_options, read_accounts_from_a_file) {
  const testing::served_folder folder;
  const auto file = folder.path() / "accounts";
  std::ofstream(file) << "# people\nuser 15550001:12345\n\n  bot 777:robot  # one\n";
  settings given;
  given.accounts_file = file;
  read_accounts(given);
  ASSERT_EQ(given.cluster.users.size(), 1U);
  ASSERT_EQ(given.cluster.bots.size(), 1U);
  EXPECT_EQ(given.cluster.bots[0].token, "777:robot");
  std::ofstream(file) << "user 1:2\nrobot 777:robot\n";
  settings wrong;
  wrong.accounts_file = file;
  try {
    read_accounts(wrong);
    FAIL();
  } catch (const error& refused) {
    EXPECT_NE(std::string(refused.what()).find(":2:"), std::string::npos) << refused.what();
  }
}

TEST(local_dc_options, are_flags_of_the_program) {
  CLI::App app;
  settings given;
  add_options(app, given);
  app.parse(
      "--serve /tmp --port-base 4000 --user 1:2 --user 3:4 --bot 5:x --dcs 2,4 --home-dc 4 "
      "--takeout-delay 90 --no-hashes --clock-skew -3600");
  EXPECT_TRUE(given.cluster.hashes_hidden);
  EXPECT_EQ(given.cluster.clock_skew, std::chrono::hours(-1));
  EXPECT_EQ(given.cluster.takeout_delay, std::chrono::seconds(90));
  EXPECT_EQ(given.cluster.first_port, 4000);
  EXPECT_EQ(given.users.size(), 2U);
  EXPECT_EQ(given.cluster.dcs, (std::vector<int>{2, 4}));
  EXPECT_EQ(given.cluster.home_dc, 4);
}

}  // namespace
}  // namespace mtfetch::local_dc
