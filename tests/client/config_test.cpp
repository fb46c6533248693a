// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/config.hpp>
#include <mtfetch/error.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

using namespace mtfetch;

namespace {

// Sets the variables that a configuration is read from, and nothing else, for one test.
class environment_of : public testing::Test {
 protected:
  void TearDown() override { set({}); }
  static void set(const std::map<std::string, std::string>& values) {
    for (const char* name :
         {"MTFETCH_API_ID", "MTFETCH_API_HASH", "MTFETCH_SESSION", "MTFETCH_NETWORK",
          "MTFETCH_BOT_TOKEN", "MTFETCH_PROXY", "ALL_PROXY", "all_proxy", "XDG_STATE_HOME"}) {
      ::unsetenv(name);
    }
    for (const auto& [name, value] : values) ::setenv(name.c_str(), value.c_str(), 1);
  }
  static std::string complaint() {
    try {
      config::from_env();
    } catch (const error& e) {
      EXPECT_EQ(e.code(), client_errc::bad_config);
      return e.what();
    }
    return "none";
  }
};

}  // namespace

using config_from_env = environment_of;

TEST_F(config_from_env, reads_every_variable) {
  set({{"MTFETCH_API_ID", "12345"},
       {"MTFETCH_API_HASH", "0123456789abcdef0123456789ABCDEF"},
       {"MTFETCH_SESSION", "/somewhere/session"},
       {"MTFETCH_NETWORK", "test"},
       {"MTFETCH_BOT_TOKEN", "1:secret"},
       {"MTFETCH_PROXY", "socks5://proxy.example:1080"}});
  const config read = config::from_env();
  EXPECT_EQ(read.api_id, 12345);
  EXPECT_EQ(read.api_hash, "0123456789abcdef0123456789ABCDEF");
  EXPECT_EQ(read.session_file, "/somewhere/session");
  EXPECT_TRUE(read.network.test);
  EXPECT_EQ(read.bot_token, "1:secret");
  ASSERT_TRUE(read.proxy);
  EXPECT_EQ(read.proxy->host, "proxy.example");
}

TEST_F(config_from_env, has_defaults_for_what_is_not_set) {
  set({{"XDG_STATE_HOME", "/state"}});
  const config read = config::from_env();
  EXPECT_EQ(read.api_id, 0);
  EXPECT_EQ(read.api_hash, "");
  EXPECT_EQ(read.session_file, "/state/mtfetch/session");
  EXPECT_EQ(read.network.name, "production");
  EXPECT_TRUE(read.wire.obfuscated);
  EXPECT_FALSE(read.proxy);
  EXPECT_EQ(read.wire.framing, packet_framing::padded_intermediate);
}

TEST_F(config_from_env, names_the_variable_that_is_wrong) {
  for (const char* wrong : {"abc", "12x", "-1", "0", "99999999999"}) {
    set({{"MTFETCH_API_ID", wrong}});
    EXPECT_NE(complaint().find("MTFETCH_API_ID"), std::string::npos) << wrong;
  }
  for (const char* wrong : {"secret", "0123456789abcdef0123456789abcdeg"}) {
    set({{"MTFETCH_API_HASH", wrong}});
    const std::string said = complaint();
    EXPECT_NE(said.find("MTFETCH_API_HASH"), std::string::npos);
    EXPECT_EQ(said.find(wrong), std::string::npos) << "a secret in an error";
  }
  set({{"MTFETCH_PROXY", "socks5://ann:hunter2@"}});
  EXPECT_EQ(complaint(), "MTFETCH_PROXY has no host");
  EXPECT_FALSE(config::from_env_but_proxy().proxy) << "it is not even read";
  set({{"MTFETCH_NETWORK", "/nowhere/net.json"}});
  EXPECT_NE(complaint().find("/nowhere/net.json"), std::string::npos);
}
