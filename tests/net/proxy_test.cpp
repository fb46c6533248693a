// SPDX-License-Identifier: BSL-1.0
// What proxies are read from, and that errors say what is wrong without repeating it.
#include <mtfetch/error.hpp>
#include <mtfetch/proxy.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

using namespace mtfetch;

namespace {

const std::string key = "00112233445566778899aabbccddeeff";

std::string complaint(const std::string& text) {
  try {
    proxy::parse(text);
  } catch (const error& e) {
    EXPECT_EQ(e.code(), client_errc::bad_config);
    return e.what();
  }
  return "none";
}

}  // namespace

TEST(proxy, is_read_from_a_url) {
  const proxy plain = proxy::parse("socks5://proxy.example:1080");
  EXPECT_EQ(plain.what, proxy::kind::socks5);
  EXPECT_EQ(plain.host, "proxy.example");
  EXPECT_EQ(plain.port, 1080);
  EXPECT_EQ(plain.user, "");
  EXPECT_EQ(proxy::parse("SOCKS5h://proxy.example:1080/"), plain);

  const proxy http = proxy::parse("http://ann:se%63ret%3A%40@[2001:db8::1]:8080");
  EXPECT_EQ(http.what, proxy::kind::http);
  EXPECT_EQ(http.host, "2001:db8::1");
  EXPECT_EQ(http.port, 8080);
  EXPECT_EQ(http.user, "ann");
  EXPECT_EQ(http.password, "secret:@");
  EXPECT_EQ(http.to_text(), "the HTTP proxy [2001:db8::1]:8080");

  const proxy loose = proxy::parse("socks5://ann:p@ss:word@127.0.0.1:1");
  EXPECT_EQ(loose.password, "p@ss:word");
  EXPECT_EQ(loose.to_text(), "the SOCKS5 proxy 127.0.0.1:1");
}

TEST(proxy, is_read_from_a_link) {
  for (const char* front : {"tg://proxy", "tg:proxy", "TG://proxy/", "https://t.me/proxy",
                            "http://www.telegram.me/proxy", "t.me/proxy", "telegram.dog/Proxy/"}) {
    SCOPED_TRACE(front);
    const proxy read = proxy::parse(front + ("?server=1.2.3.4&port=443&secret=" + key + "#x"));
    EXPECT_EQ(read.what, proxy::kind::mtproxy);
    EXPECT_EQ(read.host, "1.2.3.4");
    EXPECT_EQ(read.port, 443);
    EXPECT_EQ(read.secret.size(), 16u);
    EXPECT_EQ(read.to_text(), "the MTProxy 1.2.3.4:443");
  }
  const proxy fake = proxy::parse("tg://proxy?port=443&server=a.example&secret=ee" + key +
                                  "6578616d706c652e636f6d");
  EXPECT_EQ(fake.secret.size(), 28u);
  // The same secret, in base64 with characters that a query encodes.
  const proxy encoded = proxy::parse(
      "tg://proxy?server=a.example&port=443&secret=7gARIjNEVWZ3iJmqu8zd7v9leGFtcGxlLmNvbQ%3D%3D");
  EXPECT_EQ(encoded, fake);
  EXPECT_EQ(proxy::parse("tg://proxy?server=a.example&port=443&secret="
                         "7gARIjNEVWZ3iJmqu8zd7v9leGFtcGxlLmNvbQ"),
            fake);

  const proxy socks = proxy::parse("https://t.me/socks?server=1.2.3.4&port=1080&user=a%20b&pass=c");
  EXPECT_EQ(socks.what, proxy::kind::socks5);
  EXPECT_EQ(socks.user, "a b");
  EXPECT_EQ(socks.password, "c");
  EXPECT_EQ(proxy::parse("tg://socks?server=1.2.3.4&port=1080").user, "");
}

TEST(proxy, says_what_is_wrong_with_which_part) {
  const std::pair<std::string, std::string> wrong[] = {
      {"", "must begin with socks5://"},
      {"127.0.0.1:1080", "must begin with"},
      {"socks4://127.0.0.1:1", "must begin with"},
      {"https://127.0.0.1:1", "must begin with"},
      {"socks5://:1080", "has no host"},
      {"socks5://127.0.0.1", "has no port"},
      {"socks5://127.0.0.1:", "has no port"},
      {"socks5://127.0.0.1:0", "from 1 to 65535"},
      {"socks5://127.0.0.1:65536", "from 1 to 65535"},
      {"socks5://127.0.0.1:80x", "from 1 to 65535"},
      {"socks5://[::1:80", "no ] ends"},
      {"socks5://[::1]80", "no port"},
      {"socks5://[1.2.3.4]:80", "no IPv6 address"},
      {"socks5://ho$t:80", "neither a name nor an address"},
      {"socks5://" + std::string(254, 'a') + ":80", "neither a name nor an address"},
      // What system calls make an address of, but what is none.
      {"tg://socks?server=1.2.3.4%00x&port=1", "neither a name nor an address"},
      {"tg://socks?server=::1%25%1b[2J&port=1", "neither a name nor an address"},
      {"socks5://ann:x@host:80/path", "behind host and port"},
      {"socks5://ann:%zz@host:80", "% in its password"},
      {"socks5://ann%2@host:80", "% in its user name"},
      {"socks5://:x@host:80", "no user name"},
      {"socks5://a:" + std::string(256, 'p') + "@host:80", "more than 255"},
      {"http://a%3Ab:c@host:80", "colon"},
      {"socks5://ann:x@ho st:80", "blank"},
      {"socks5://ann:x@host:80\r\nX: y", "blank"},
      {"socks5://" + std::string(5000, 'a'), "longer"},
      {"tg://resolve?domain=x", "not one to a proxy"},
      {"https://t.me/name", "not one to a proxy"},
      {"tg://proxy?port=1&secret=" + key, "no host"},
      {"tg://proxy?server=h&secret=" + key, "no port"},
      {"tg://proxy?server=h&port=1", "secret"},
      {"tg://proxy?server=h&port=1&secret=ee" + key, "no known kind"},
      {"tg://proxy?server=h&port=1&secret=dd" + key + "00", "no known kind"},
      {"tg://proxy?server=h&port=1&secret=!!", "neither hexadecimal nor base64"},
      {"tg://proxy?server=h&port=1&secret=ee" + key + "616263", "the domain"},
  };
  for (const auto& [text, part] : wrong) {
    const std::string said = complaint(text);
    EXPECT_TRUE(said.starts_with("proxy ")) << said;
    EXPECT_NE(said.find(part), std::string::npos) << text << " -> " << said;
  }
}

TEST(proxy, never_repeats_what_may_be_secret) {
  for (const std::string& text :
       {std::string("socks5://ann:hunter2@host:80/x"), std::string("socks5://ann:hunter2@host"),
        std::string("socks5://ann:hunter2/x@host:80"), std::string("ann:hunter2@host:80"),
        std::string("hunter2://ann@host:80"), std::string("socks5://ann:hunter2"),
        std::string("tg://socks?server=h&port=hunter2&user=ann&pass=x"),
        "tg://proxy?server=h&port=1&secret=hunter2" + key, std::string("https://t.me/hunter2?ann"),
        std::string("http://ann:%hunter2@h:1")}) {
    const std::string said = complaint(text);
    EXPECT_NE(said, "none") << text;
    EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    EXPECT_EQ(said.find("ann"), std::string::npos) << said;
    EXPECT_EQ(said.find(key), std::string::npos) << said;
  }
}

namespace {

class proxy_environment : public testing::Test {
 protected:
  proxy_environment() {
    for (const char* name : names) {
      if (const char* value = std::getenv(name)) before[name] = value;
    }
    set({});
  }
  ~proxy_environment() override { set(before); }
  static void set(const std::map<std::string, std::string>& values) {
    for (const char* name : names) ::unsetenv(name);
    for (const auto& [name, value] : values) ::setenv(name.c_str(), value.c_str(), 1);
  }
  static constexpr const char* names[] = {"MTFETCH_PROXY", "ALL_PROXY", "all_proxy"};
  std::map<std::string, std::string> before;
};

}  // namespace

TEST_F(proxy_environment, is_asked_in_order) {
  EXPECT_FALSE(proxy_from_env());
  set({{"all_proxy", "socks5://c:1"}});
  EXPECT_EQ(proxy_from_env()->host, "c");
  set({{"all_proxy", "socks5://c:1"}, {"ALL_PROXY", "socks5h://b:1"}});
  EXPECT_EQ(proxy_from_env()->host, "b");
  set({{"ALL_PROXY", "b:1"}});
  EXPECT_EQ(proxy_from_env()->what, proxy::kind::http);
  set({{"ALL_PROXY", "socks5://b:1"},
       {"MTFETCH_PROXY", "tg://proxy?server=a&port=1&secret=" + key}});
  EXPECT_EQ(proxy_from_env()->host, "a");
  set({{"ALL_PROXY", "socks5://b:1"}, {"MTFETCH_PROXY", "none"}});
  EXPECT_FALSE(proxy_from_env());
}

TEST_F(proxy_environment, may_be_as_desktops_set_it) {
  set({{"ALL_PROXY", "socks://127.0.0.1:9050/"}});
  EXPECT_EQ(proxy_from_env()->what, proxy::kind::socks5);
  EXPECT_EQ(proxy_from_env()->port, 9050);
  for (const char* const without_port : {"socks5://h", "socks://h/", "http://h", "[::1]", "h"}) {
    set({{"ALL_PROXY", without_port}});
    EXPECT_EQ(proxy_from_env()->port, 1080) << without_port;
  }
  set({{"MTFETCH_PROXY", "socks://127.0.0.1:9050"}});
  EXPECT_THROW(proxy_from_env(), error) << "ours has one way to be said";
}

TEST_F(proxy_environment, is_never_gone_around_in_silence) {
  for (const std::string& value :
       {std::string("socks4://h:1"), std::string("https://h:1"),
        "tg://proxy?server=a&port=1&secret=" + key, std::string("socks5://h:0")}) {
    set({{"ALL_PROXY", value}});
    std::string said;
    try {
      proxy_from_env();
    } catch (const error& e) {
      said = e.what();
    }
    EXPECT_TRUE(said.starts_with("ALL_PROXY ")) << value << " -> " << said;
  }
}
