// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/proxy_secret.hpp"

#include <gtest/gtest.h>

#include <mtfetch/error.hpp>

#include "mtproto/tl/base64.hpp"
#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

using look = proxy_secret::look;

const std::string key = "000102030405060708090a0b0c0d0eff";

std::string url_safe(byte_view raw, bool padded) {
  std::string out = tl::to_base64(raw);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (!padded && out.ends_with('=')) out.pop_back();
  return out;
}

TEST(proxy_secret, is_read_in_every_spelling) {
  const std::string domain = tl::to_hex(as_bytes("example.com"));
  const std::tuple<std::string, look, std::string> kinds[] = {
      {key, look::plain, ""},
      {"dd" + key, look::padded, ""},
      {"ee" + key + domain, look::fake_tls, "example.com"}};
  for (const auto& [hex, how, name] : kinds) {
    const bytes raw = from_hex(hex);
    for (const std::string& spelling :
         {hex, url_safe(raw, true), url_safe(raw, false), tl::to_base64(raw)}) {
      SCOPED_TRACE(spelling);
      const auto read = proxy_secret::parse(spelling);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->how, how);
      EXPECT_EQ(tl::to_hex(read->key), key);
      EXPECT_EQ(read->domain, name);
      EXPECT_EQ(read->to_bytes(), raw);
    }
  }
}

std::error_code refused(const std::string& spelling) {
  return proxy_secret::parse(spelling).error();
}

TEST(proxy_secret, refuses_what_is_of_no_kind) {
  EXPECT_EQ(refused(""), proxy_errc::secret_size);
  EXPECT_EQ(refused("00"), proxy_errc::secret_size);
  EXPECT_EQ(refused(key.substr(2)), proxy_errc::secret_size);
  EXPECT_EQ(refused("ee" + key), proxy_errc::secret_size);  // fake TLS without a domain
  EXPECT_EQ(refused("00" + key), proxy_errc::secret_size);
  EXPECT_EQ(refused("dd" + key + "61"), proxy_errc::secret_size);
  EXPECT_EQ(refused("not a secret!"), proxy_errc::secret_text);
  EXPECT_EQ(refused(key + "\n"), proxy_errc::secret_text);
}

TEST(proxy_secret, bounds_the_domain) {
  const auto with = [](const std::string& domain) {
    return refused("ee" + key + tl::to_hex(as_bytes(domain)));
  };
  EXPECT_EQ(with("a.b"), proxy_errc::secret_domain);
  EXPECT_FALSE(with("a.bc"));
  EXPECT_FALSE(with(std::string(182, 'a')));
  EXPECT_EQ(with(std::string(183, 'a')), proxy_errc::secret_domain);
  EXPECT_EQ(with("exa mple"), proxy_errc::secret_domain);
  EXPECT_EQ(with(std::string("exam\0ple", 8)), proxy_errc::secret_domain);
  EXPECT_EQ(with("exämple"), proxy_errc::secret_domain);
}

}  // namespace
}  // namespace mtfetch::transport
