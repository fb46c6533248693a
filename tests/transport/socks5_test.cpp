// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/socks5.hpp"

#include <gtest/gtest.h>

#include "tests/transport/layer_fixture.hpp"

namespace mtfetch::transport {
namespace {

const destination by_name{"dc.example", {}, 443};
const destination by_ipv4{"149.154.167.51", {149, 154, 167, 51}, 443};
const destination by_ipv6{"::1", from_hex("00000000000000000000000000000001"), 5222};
const credentials nobody;
const credentials somebody{"ann", "secret"};

bytes joined(std::initializer_list<bytes> parts) {
  bytes out;
  for (const bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

const bytes accepted = from_hex("05000001000000000000");

std::error_code end_of(const destination& to, const credentials& who, std::string_view answer) {
  std::error_code end;
  feed_at_every_cut([&] { return socks5_client(to, who); }, from_hex(answer),
                    [&](const socks5_client& one, const fed& outcome) {
                      EXPECT_FALSE(one.is_open());
                      EXPECT_TRUE(outcome.plain.empty());
                      end = outcome.failed;
                    });
  return end;
}

TEST(socks5, opens_without_a_login_and_passes_bytes_on) {
  const std::pair<destination, bytes> asked[] = {
      {by_name, joined({from_hex("050100030a"), text("dc.example"), from_hex("01bb")})},
      {by_ipv4, from_hex("05010001959aa73301bb")},
      {by_ipv6, from_hex("05010004000000000000000000000000000000011466")}};
  for (const auto& [to, request] : asked) {
    const bytes answer = joined({from_hex("0500"), accepted, text("more")});
    feed_at_every_cut([&] { return socks5_client(to, nobody); }, answer,
                      [&, want = request](socks5_client& one, const fed& outcome) {
                        EXPECT_FALSE(outcome.failed);
                        ASSERT_TRUE(one.is_open());
                        EXPECT_EQ(outcome.wire, want);
                        EXPECT_EQ(outcome.plain, text("more"));
                        bytes sent;
                        one.send(text("onward"), sent);
                        EXPECT_EQ(sent, text("onward"));
                      });
  }
}

TEST(socks5, offers_only_what_it_can_do) {
  bytes said;
  socks5_client(by_name, nobody).start(said);
  EXPECT_EQ(said, from_hex("050100"));
  said.clear();
  socks5_client(by_name, somebody).start(said);
  EXPECT_EQ(said, from_hex("05020002"));
}

TEST(socks5, logs_in_when_the_proxy_wants_it) {
  const bytes login = joined({from_hex("0103"), text("ann"), from_hex("06"), text("secret")});
  for (const char* status : {"0100", "0500"}) {
    feed_at_every_cut([&] { return socks5_client(by_ipv4, somebody); },
                      joined({from_hex("0502"), from_hex(status), accepted}),
                      [&](const socks5_client& one, const fed& outcome) {
                        EXPECT_FALSE(outcome.failed);
                        EXPECT_TRUE(one.is_open());
                        EXPECT_EQ(outcome.wire, joined({login, from_hex("05010001959aa73301bb")}));
                      });
  }
}

TEST(socks5, takes_every_kind_of_bound_address) {
  for (const char* bound : {"05000001010203041234", "0500000304616263641234",
                            "0500000400000000000000000000000000000000ffff"}) {
    feed_at_every_cut([&] { return socks5_client(by_name, nobody); },
                      joined({from_hex("0500"), from_hex(bound), text("x")}),
                      [&](const socks5_client& one, const fed& outcome) {
                        EXPECT_TRUE(one.is_open()) << bound;
                        EXPECT_EQ(outcome.plain, text("x")) << bound;
                      });
  }
}

TEST(socks5, has_an_error_for_each_refusal) {
  const std::pair<const char*, proxy_errc> replies[] = {
      {"01", proxy_errc::general_failure},     {"02", proxy_errc::not_allowed},
      {"03", proxy_errc::network_unreachable}, {"04", proxy_errc::host_unreachable},
      {"05", proxy_errc::connection_refused},  {"06", proxy_errc::ttl_expired},
      {"07", proxy_errc::command_unknown},     {"08", proxy_errc::address_type_unknown},
      {"09", proxy_errc::bad_answer},          {"ff", proxy_errc::bad_answer}};
  for (const auto& [code, why] : replies) {
    const std::string refusal = "050005" + std::string(code);
    EXPECT_EQ(end_of(by_name, nobody, refusal + "0001000000000000"), why) << code;
    EXPECT_EQ(end_of(by_name, nobody, refusal), why) << code << ", cut short";
  }
  EXPECT_EQ(end_of(by_name, nobody, "05ff"), proxy_errc::login_required);
  EXPECT_EQ(end_of(by_name, somebody, "05ff"), proxy_errc::login_kind_unknown);
  EXPECT_EQ(end_of(by_name, somebody, "05020101"), proxy_errc::login_refused);
}

TEST(socks5, refuses_what_makes_no_sense) {
  EXPECT_EQ(end_of(by_name, nobody, "04"), proxy_errc::not_this_kind);
  EXPECT_EQ(end_of(by_name, nobody, "485454502f312e31"), proxy_errc::not_this_kind);
  EXPECT_EQ(end_of(by_name, nobody, "0502"), proxy_errc::bad_answer);  // was not offered
  EXPECT_EQ(end_of(by_name, nobody, "0501"), proxy_errc::bad_answer);  // GSSAPI neither
  EXPECT_EQ(end_of(by_name, somebody, "05020200"), proxy_errc::bad_answer);
  EXPECT_EQ(end_of(by_name, nobody, "050004"), proxy_errc::bad_answer);
  EXPECT_EQ(end_of(by_name, nobody, "05000500000212"), proxy_errc::bad_answer);
}

TEST(socks5, does_not_cut_what_is_too_long) {
  const std::string long_name(256, 'a');
  EXPECT_EQ(end_of({long_name, {}, 1}, nobody, "0500"), proxy_errc::too_long);
  EXPECT_EQ(end_of(by_name, {long_name, "x"}, "0502"), proxy_errc::too_long);
  EXPECT_EQ(end_of(by_name, {"x", long_name}, "0502"), proxy_errc::too_long);
}

}  // namespace
}  // namespace mtfetch::transport
