// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/http_connect.hpp"

#include <gtest/gtest.h>

#include "tests/transport/layer_fixture.hpp"

namespace mtfetch::transport {
namespace {

const destination by_ipv4{"149.154.167.51", {149, 154, 167, 51}, 443};
const credentials nobody;
const credentials somebody{"Aladdin", "open sesame"};  // RFC 7617's own example

std::string said(const destination& to, const credentials& who) {
  bytes out;
  http_connect_client(to, who).start(out);
  return std::string(as_text(out));
}

std::error_code end_of(std::string_view answer, const credentials& who = nobody) {
  std::error_code end;
  feed_at_every_cut([&] { return http_connect_client(by_ipv4, who); }, as_bytes(answer),
                    [&](const http_connect_client& one, const fed& outcome) {
                      EXPECT_FALSE(one.is_open());
                      EXPECT_TRUE(outcome.plain.empty());
                      end = outcome.failed;
                    });
  return end;
}

TEST(http_connect, asks_for_the_address) {
  EXPECT_EQ(said(by_ipv4, nobody),
            "CONNECT 149.154.167.51:443 HTTP/1.1\r\nHost: 149.154.167.51:443\r\n\r\n");
  EXPECT_EQ(said({"::1", bytes(16, 0), 80}, nobody),
            "CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
  EXPECT_EQ(said({"dc.example", {}, 80}, somebody),
            "CONNECT dc.example:80 HTTP/1.1\r\nHost: dc.example:80\r\n"
            "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
}

TEST(http_connect, opens_and_passes_on_what_follows) {
  for (const char* answer :
       {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\nVia: x\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 299 \n\n",
        "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
    feed_at_every_cut([&] { return http_connect_client(by_ipv4, nobody); },
                      text(std::string(answer) + "\r\nmore"),
                      [&](http_connect_client& one, const fed& outcome) {
                        EXPECT_FALSE(outcome.failed);
                        ASSERT_TRUE(one.is_open()) << answer;
                        EXPECT_EQ(outcome.plain, text("\r\nmore")) << answer;
                        bytes sent;
                        one.send(text("onward"), sent);
                        EXPECT_EQ(sent, text("onward"));
                      });
  }
}

TEST(http_connect, says_what_the_proxy_answered) {
  EXPECT_EQ(end_of("HTTP/1.1 407 Proxy Authentication Required\r\n"), proxy_errc::login_required);
  EXPECT_EQ(end_of("HTTP/1.1 407 No\r\n", somebody), proxy_errc::login_refused);
  EXPECT_EQ(end_of("HTTP/1.1 403 Forbidden\r\n"), proxy_refusal(403));
  EXPECT_EQ(end_of("HTTP/1.1 302 Found\r\n"), proxy_refusal(302));
  EXPECT_EQ(proxy_refusal(503).message(), "the proxy answered with HTTP status 503");
}

TEST(http_connect, refuses_what_is_no_answer) {
  for (const char* garbage :
       {"\x05", "SSH-2.0-x\r\n", "HTTP/2 200\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 2000 OK\r\n",
        "HTTP/1.1  200\r\n", "HTTP/1.1 099 x\r\n", "HTTP/1.1 600 x\r\n", "\r\n", "HTTP/1.1\r\n"}) {
    EXPECT_EQ(end_of(garbage), proxy_errc::not_this_kind) << garbage;
  }
}

TEST(http_connect, bounds_the_answer) {
  http_connect_client one(by_ipv4, nobody);
  const fed line = feed(one, text("HTTP/1.1 200 " + std::string(5000, 'x')), 0);
  EXPECT_EQ(line.failed, proxy_errc::bad_answer);
  std::string endless = "HTTP/1.1 200 OK\r\n";
  while (endless.size() < 20000) endless += "Header: of some length\r\n";
  http_connect_client other(by_ipv4, nobody);
  EXPECT_EQ(feed(other, text(endless), 0).failed, proxy_errc::bad_answer);
  std::string polite;
  while (polite.size() < 20000) polite += "HTTP/1.1 100 Continue\r\n\r\n";
  http_connect_client third(by_ipv4, nobody);
  EXPECT_EQ(feed(third, text(polite), 0).failed, proxy_errc::bad_answer);
}

}  // namespace
}  // namespace mtfetch::transport
