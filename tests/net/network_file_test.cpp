// SPDX-License-Identifier: BSL-1.0
#include <mtfetch/error.hpp>
#include <mtfetch/network.hpp>

#include "mtproto/crypto/rsa.hpp"
#include "mtproto/crypto/self_signed.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include <unistd.h>

using namespace mtfetch;

namespace {

// A whole file with one place cut out or filled in by a test.
std::string file_with(const std::string& home = "2", const std::string& dc_fields = "",
                      const std::string& ip = "\"127.0.0.1\"", const std::string& port = "40002",
                      const std::string& more = "") {
  const std::string key = network::production().rsa_keys.front();
  std::string escaped;
  for (const char c : key) escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  return "{\"name\":\"local\",\"home_dc\":" + home + ",\"dcs\":[{\"id\":2,\"ip\":" + ip +
         ",\"port\":" + port + ",\"media_only\":false,\"cdn\":false" + dc_fields +
         "}],\"rsa_keys\":[\"" + escaped + "\"]" + more + "}";
}

std::string complaint(const std::string& text) {
  try {
    network::parse(text, "here.json");
  } catch (const error& e) {
    EXPECT_EQ(e.code(), client_errc::bad_config);
    return e.what();
  }
  return "none";
}

}  // namespace

TEST(network_file, reads_what_the_data_centre_writes) {
  const network read = network::parse(file_with(), "here.json");
  EXPECT_EQ(read.name, "local");
  EXPECT_EQ(read.home_dc, 2);
  EXPECT_FALSE(read.test);
  ASSERT_EQ(read.dcs.size(), 1u);
  EXPECT_EQ(read.dcs[0].id, 2);
  EXPECT_EQ(read.dcs[0].ip, "127.0.0.1");
  EXPECT_EQ(read.dcs[0].port, 40002);
  EXPECT_FALSE(read.dcs[0].ipv6);
  EXPECT_EQ(read.rsa_keys, network::production().rsa_keys);
}

TEST(network_file, writes_what_it_reads) {
  network full = network::production();
  full.name = "all fields";
  full.test = true;
  dc_option odd;
  odd.id = 203;
  odd.ip = "2001:db8::1";
  odd.port = 8443;
  odd.ipv6 = odd.media_only = odd.cdn = odd.tcpo_only = odd.static_ = odd.this_port_only = true;
  odd.secret = bytes(17, 0xdd);
  full.dcs.push_back(odd);
  full.web = {{2, "venus.web.telegram.org", 443}, {4, "127.0.0.1", 8443}};
  full.ca = crypto::make_self_signed({"localhost"}, 1'700'000'000, 1'800'000'000).certificate;
  EXPECT_EQ(network::parse(full.to_json(), "here.json"), full);
}

TEST(network_file, takes_an_ipv6_address_for_what_it_is) {
  EXPECT_TRUE(network::parse(file_with("2", "", "\"::1\""), "x").dcs[0].ipv6);
}

TEST(network_file, names_file_and_field_of_every_mistake) {
  const auto expect = [](const std::string& text, const std::string& field,
                         const std::string& why) {
    const std::string said = complaint(text);
    EXPECT_NE(said.find("here.json"), std::string::npos) << said;
    EXPECT_NE(said.find("\"" + field + "\""), std::string::npos) << said;
    EXPECT_NE(said.find(why), std::string::npos) << said;
  };
  expect(R"({"home_dc":2,"dcs":[],"rsa_keys":[]})", "name", "missing");
  expect(R"({"name":7,"home_dc":2,"dcs":[],"rsa_keys":[]})", "name", "string");
  expect(R"({"name":"","home_dc":2,"dcs":[],"rsa_keys":[]})", "name", "empty");
  expect(R"({"name":"x","home_dc":2,"dcs":[],"rsa_keys":[]})", "dcs", "empty");
  expect(R"({"name":"x","home_dc":2,"dcs":{},"rsa_keys":[]})", "dcs", "list");
  expect(R"({"name":"x","home_dc":2,"dcs":[7],"rsa_keys":[]})", "dcs[0]", "object");
  expect(R"({"name":"x","home_dc":"2","dcs":[],"rsa_keys":[]})", "home_dc", "number");
  expect(file_with("1"), "home_dc", "no address");
  expect(file_with("2.5"), "home_dc", "number");
  expect(file_with("18446744073709551615"), "home_dc", "number");
  expect(file_with("2", "", "\"localhost\""), "dcs[0].ip", "localhost");
  expect(file_with("2", "", "\"127.0.0.1\"", "0"), "dcs[0].port", "1 to 65535");
  expect(file_with("2", "", "\"127.0.0.1\"", "65536"), "dcs[0].port", "1 to 65535");
  expect(file_with("2", "", "\"127.0.0.1\"", "-1"), "dcs[0].port", "1 to 65535");
  expect(file_with("2", ",\"ipv6\":true"), "dcs[0].ipv6", "address");
  expect(file_with("2", ",\"tcpo_only\":1"), "dcs[0].tcpo_only", "true or false");
  expect(file_with("2", ",\"secret\":\"abc\""), "dcs[0].secret", "hex");
  expect(file_with("2", ",\"hostname\":\"x\""), "dcs[0].hostname", "known");
  expect(file_with("2", "", "\"127.0.0.1\"", "1", ",\"extra\":1"), "extra", "known");
  const auto with = [](const std::string& more) {
    return file_with("2", "", "\"127.0.0.1\"", "1", more);
  };
  expect(with(",\"web\":[]"), "web", "empty");
  expect(with(",\"web\":[{\"dc\":2}]"), "web[0].host", "missing");
  expect(with(",\"web\":[{\"dc\":2,\"host\":\"a\\r\\nb\"}]"), "web[0].host", "neither");
  expect(with(",\"web\":[{\"dc\":2,\"host\":\"a\",\"port\":0}]"), "web[0].port", "1 to 65535");
  expect(with(",\"web\":[{\"dc\":2,\"host\":\"a\",\"path\":\"/\"}]"), "web[0].path", "known");
  expect(with(",\"ca\":\"none\""), "ca", "PEM");
  std::string bad_key = file_with();
  bad_key.replace(bad_key.find("\\nMI"), 6, "\\nAA");
  expect(bad_key, "rsa_keys[0]", "RSA");
}

TEST(network_file, says_where_json_goes_wrong) {
  EXPECT_NE(complaint("{\"name\": nope}").find("not JSON, at byte 11"), std::string::npos)
      << complaint("{\"name\": nope}");
  EXPECT_NE(complaint("").find("not JSON"), std::string::npos);
  EXPECT_NE(complaint("[1e999]").find("too large"), std::string::npos) << complaint("[1e999]");
  EXPECT_NE(complaint("[]").find("object"), std::string::npos);
}

TEST(network_file, says_when_a_file_is_not_there_or_is_something_else) {
  const auto complaint_of = [](const std::filesystem::path& file) -> std::string {
    try {
      network::load(file);
    } catch (const error& e) {
      return e.what();
    }
    return "none";
  };
  const std::string folder =
      std::filesystem::temp_directory_path() / ("mtfetch_net_test_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  EXPECT_EQ(complaint_of(folder + "/none.json"),
            "network file " + folder + "/none.json: cannot be opened");
  EXPECT_EQ(complaint_of(folder), "network file " + folder + ": cannot be opened");
  std::ofstream(folder + "/large.json") << std::string((1 << 20) + 1, ' ');
  EXPECT_EQ(complaint_of(folder + "/large.json"),
            "network file " + folder + "/large.json: larger than 1 MiB");
  std::ofstream(folder + "/good.json") << file_with();
  EXPECT_EQ(network::named(folder + "/good.json").name, "local");
  std::filesystem::remove_all(folder);
}

TEST(telegram_network, is_built_in_with_addresses_and_keys) {
  for (const network& known : {network::production(), network::test_dcs()}) {
    std::set<int> ids;
    for (const dc_option& option : known.dcs) {
      if (!option.ipv6 && option.port == 443) ids.insert(option.id);
    }
    EXPECT_EQ(ids.size(), known.test ? 3u : 5u);
    EXPECT_FALSE(known.rsa_keys.empty());
    EXPECT_EQ(network::parse(known.to_json(), "x"), known);
  }
  const auto fingerprint = [](const network& known) {
    const auto key = crypto::rsa_public_key::from_pem(known.rsa_keys.front());
    return static_cast<std::uint64_t>(key.value().fingerprint());
  };
  EXPECT_EQ(fingerprint(network::production()), 0xd09d1d85de64fd85u);
  EXPECT_EQ(fingerprint(network::test_dcs()), 0xb25898df208d2603u);
  EXPECT_EQ(network::named("production").name, "production");
  EXPECT_TRUE(network::named("test").test);
}
