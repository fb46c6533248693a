// SPDX-License-Identifier: BSL-1.0
// A client signs in through each kind of proxy, and through nothing else.
#include "tests/proxy/proxy_fixture.hpp"

using namespace mtfetch;
using namespace mtfetch::proxy_test;

using through_a_proxy = proxy_fixture;

namespace {

proxy_options of_kind(proxy::kind what, bool with_login = false) {
  proxy_options out;
  out.what = what;
  if (with_login) {
    out.user = "ann";
    out.password = "p@ss:word";
  }
  return out;
}

proxy_options mtproxy(const std::string& mark) {
  proxy_options out = of_kind(proxy::kind::mtproxy);
  out.secret = secret_of_kind(mark);
  return out;
}

}  // namespace

TEST_F(through_a_proxy, of_the_kind_socks5) {
  for (const bool with_login : {false, true}) {
    proxy_server& server = start_proxy(of_kind(proxy::kind::socks5, with_login));
    sign_in(settings_through(server.address()));
    EXPECT_GE(server.counts().relayed, 1);
    EXPECT_EQ(server.counts().asked.front(), shown_address());
  }
}

TEST_F(through_a_proxy, of_the_kind_http) {
  for (const bool with_login : {false, true}) {
    proxy_server& server = start_proxy(of_kind(proxy::kind::http, with_login));
    sign_in(settings_through(server.address()));
    EXPECT_GE(server.counts().relayed, 1);
  }
}

TEST_F(through_a_proxy, in_every_framing) {
  proxy_server& server = start_proxy(of_kind(proxy::kind::socks5));
  for (const packet_framing framing : {packet_framing::abridged, packet_framing::intermediate,
                                       packet_framing::padded_intermediate, packet_framing::full}) {
    config how = settings_through(server.address());
    how.wire.framing = framing;
    how.wire.obfuscated = framing == packet_framing::abridged;
    sign_in(how);
  }
}

TEST_F(through_a_proxy, of_the_kind_mtproxy_with_every_kind_of_secret) {
  for (const std::string mark : {"", "dd", "ee"}) {
    SCOPED_TRACE(mark);
    proxy_server& server = start_proxy(mtproxy(mark));
    sign_in(settings_through(server.address()));
    EXPECT_GE(server.counts().relayed, 1);
    EXPECT_EQ(server.counts().refused, 0);
    EXPECT_EQ(server.counts().asked.front(), "2");
  }
}

TEST_F(through_a_proxy, of_the_kind_mtproxy_whatever_the_settings_say_of_framing) {
  for (const std::string mark : {"", "dd", "ee"}) {
    proxy_server& server = start_proxy(mtproxy(mark));
    for (const packet_framing framing : {packet_framing::abridged, packet_framing::full}) {
      config how = settings_through(server.address());
      how.wire.framing = framing;
      how.wire.obfuscated = false;
      sign_in(how);
    }
    EXPECT_EQ(server.counts().refused, 0) << mark;
  }
}

TEST_F(through_a_proxy, with_the_hello_of_the_browser_that_is_wanted) {
  proxy_server& server = start_proxy(mtproxy("ee"));
  config how = settings_through(server.address());
  sign_in(how);
  ASSERT_FALSE(server.counts().hellos.empty());
  EXPECT_GT(server.counts().hellos.back(), 1650u) << "a current browser's is the default";
  how.wire.hello = browser_hello::classic;
  sign_in(how);
  EXPECT_EQ(server.counts().hellos.back(), 517u);
  EXPECT_EQ(server.counts().refused, 0);
}

TEST_F(through_a_proxy, that_takes_the_classic_hello_only) {
  proxy_options old = mtproxy("ee");
  old.classic_only = true;
  proxy_server& server = start_proxy(old);
  config how = settings_through(server.address());
  sign_in(how);
  EXPECT_GE(server.counts().hellos.size(), 1u);
  EXPECT_EQ(server.counts().refused, 1) << "then it is said in the classic way at once";
}

TEST_F(through_a_proxy, whose_records_are_cut_anywhere) {
  for (const std::size_t size : {1u, 7u, 100u}) {
    proxy_options small = mtproxy("ee");
    small.record_size = size;
    for (const browser_hello hello : {browser_hello::current, browser_hello::classic}) {
      config how = settings_through(start_proxy(small).address());
      how.wire.hello = hello;
      sign_in(how);
    }
  }
}

TEST_F(through_a_proxy, of_a_name_instead_of_an_address) {
  proxy_server& server = start_proxy(of_kind(proxy::kind::socks5));
  proxy named = server.address();
  named.host = "localhost";  // has an address of each family; the proxy listens on one
  sign_in(settings_through(named));
}

TEST_F(through_a_proxy, to_the_next_address_when_it_cannot_reach_the_first) {
  for (const proxy::kind what : {proxy::kind::socks5, proxy::kind::http}) {
    proxy_server& server = start_proxy(of_kind(what));
    config how = settings_through(server.address());
    dc_option elsewhere;
    elsewhere.id = 2;
    elsewhere.ip = "192.0.2.1";
    elsewhere.port = 443;
    how.network.dcs.insert(how.network.dcs.begin(), elsewhere);
    sign_in(how);
    EXPECT_EQ(server.counts().asked, (std::vector<std::string>{"192.0.2.1:443", shown_address()}));
  }
}

TEST_F(through_a_proxy, tells_an_mtproxy_of_the_test_network) {
  proxy_server& server = start_proxy(mtproxy("dd"));
  config how = settings_through(server.address());
  how.network.test = true;
  connect_fails(how);  // the proxy knows no such data centre
  EXPECT_EQ(server.counts().asked.front(), "10002");
}

TEST_F(through_a_proxy, to_the_next_address_when_the_first_does_not_prove_its_secret) {
  proxy_options stranger = mtproxy("ee");
  stranger.other_key = bytes(16, 7);
  proxy_server& wrong = start_proxy(stranger);
  proxy_server& right = start_proxy(mtproxy("ee"));
  config how = settings();
  how.session_file.clear();
  how.network = shown;
  std::erase_if(how.network.dcs, [](const dc_option& option) { return option.id != 2; });
  how.network.dcs.push_back(how.network.dcs.front());
  for (dc_option& option : how.network.dcs) option.secret = secret_of_kind("ee");
  how.network.dcs[0].port = wrong.address().port;
  how.network.dcs[1].port = right.address().port;
  sign_in(how);
  EXPECT_EQ(wrong.counts().relayed, 0);
  EXPECT_GE(right.counts().relayed, 1);
}

TEST_F(through_a_proxy, to_an_address_with_a_secret_of_its_own) {
  for (const std::string mark : {"", "dd", "ee"}) {
    SCOPED_TRACE(mark);
    proxy_server& server = start_proxy(mtproxy(mark));
    config how = settings();
    how.session_file.clear();
    how.network = shown;
    std::erase_if(how.network.dcs, [](const dc_option& option) { return option.id != 2; });
    how.network.dcs.front().port = server.address().port;
    how.network.dcs.front().secret = secret_of_kind(mark);
    sign_in(how);
    EXPECT_EQ(server.counts().refused, 0);
  }
}
