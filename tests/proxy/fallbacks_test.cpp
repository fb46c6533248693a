// SPDX-License-Identifier: BSL-1.0
// Down the list of fallbacks behind a proxy: what it refuses is asked for at other ports, then over
// WebSocket, then over HTTP; what is wrong with the proxy itself ends the attempt.
#include "tests/proxy/proxy_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

using namespace mtfetch;
using namespace mtfetch::proxy_test;

namespace {

class fallbacks_behind_a_proxy : public proxy_fixture {
 protected:
  using endpoint = asio::ip::tcp::endpoint;

  fallbacks_behind_a_proxy() : proxy_fixture(true) {}

  static constexpr proxy::kind kinds[] = {proxy::kind::socks5, proxy::kind::http};

  /// Data centre 2 as Telegram's are: an address that listens at several ports. It leads there when
  /// `passes` says so of what the proxy was asked for.
  proxy_options leading(proxy::kind what, std::function<bool(const std::string& asked)> passes) {
    proxy_options out;
    out.what = what;
    out.route = [this,
                 passes = std::move(passes)](const std::string& asked) -> std::optional<endpoint> {
      if (!passes(asked)) return std::nullopt;
      return asked.starts_with("192.0.2.1:") ? behind("2") : behind(asked);
    };
    return out;
  }
  config settings_at_many_ports(const proxy& through) {
    config out = settings_through(through);
    for (dc_option& option : out.network.dcs) {
      if (option.id != 2) continue;
      option.ip = "192.0.2.1";
      option.port = 443;
      option.this_port_only = false;
    }
    return out;
  }
  /// What WebSocket is asked for by, a name.
  std::string web_address() const {
    for (const web_host& host : shown.web) {
      if (host.dc == 2) return host.host + ":" + std::to_string(host.port);
    }
    return {};
  }
  static std::vector<std::string> first(std::vector<std::string> asked, std::size_t count) {
    asked.resize(std::min(asked.size(), count));
    return asked;
  }
};

bool is_port(const std::string& asked, const std::string& port) {
  return asked == "192.0.2.1:" + port;
}

}  // namespace

TEST_F(fallbacks_behind_a_proxy, lead_to_another_port) {
  using manner = proxy_options::manner;
  for (const proxy::kind what : kinds) {
    for (const auto refused : {manner::says_so, manner::hangs_up, manner::is_silent}) {
      proxy_options how =
          leading(what, [](const std::string& asked) { return is_port(asked, "5222"); });
      how.refuses = refused;
      proxy_server& server = start_proxy(how);
      config asking = settings_at_many_ports(server.address());
      asking.connect_timeout = std::chrono::seconds(12);
      sign_in(asking);
      EXPECT_EQ(first(server.counts().asked, 3),
                (std::vector<std::string>{"192.0.2.1:443", "192.0.2.1:80", "192.0.2.1:5222"}));
    }
  }
}

TEST_F(fallbacks_behind_a_proxy, lead_to_websocket_by_its_name) {
  for (const proxy::kind what : kinds) {
    proxy_server& server = start_proxy(
        leading(what, [](const std::string& asked) { return asked.starts_with("localhost:"); }));
    sign_in(settings_at_many_ports(server.address()));
    EXPECT_EQ(first(server.counts().asked, 4),
              (std::vector<std::string>{"192.0.2.1:443", "192.0.2.1:80", "192.0.2.1:5222",
                                        web_address()}));
  }
}

TEST_F(fallbacks_behind_a_proxy, lead_to_http_where_nothing_else_passes) {
  for (const proxy::kind what : kinds) {
    proxy_options how = leading(what, [](const std::string&) { return true; });
    how.may_pass = [](byte_view begun) { return as_text(begun).starts_with("POST "); };
    proxy_server& server = start_proxy(how);
    sign_in(settings_at_many_ports(server.address()));
    const std::vector<std::string> asked = server.counts().asked;
    EXPECT_EQ(asked.front(), "192.0.2.1:443");
    const auto web = std::ranges::find(asked, web_address());
    ASSERT_NE(web, asked.end());
    EXPECT_NE(std::find(web, asked.end(), "192.0.2.1:80"), asked.end());
  }
}

TEST_F(fallbacks_behind_a_proxy, are_not_needed_for_a_way_that_is_pinned) {
  const std::pair<way, std::string> ways[] = {{way::websocket, web_address()},
                                              {way::http, "192.0.2.1:80"}};
  for (const proxy::kind what : kinds) {
    for (const auto& [by, asked] : ways) {
      proxy_server& server = start_proxy(leading(what, [](const std::string&) { return true; }));
      config how = settings_at_many_ports(server.address());
      how.wire.way = by;
      sign_in(how);
      EXPECT_EQ(server.counts().asked.front(), asked);
      EXPECT_GE(server.counts().relayed, 1);
    }
  }
}

TEST_F(fallbacks_behind_a_proxy, are_remembered_by_the_next_connection) {
  // It does not lead to the addresses of help.getConfig either.
  proxy_server& server = start_proxy(leading(proxy::kind::socks5, [](const std::string& asked) {
    return asked.starts_with("192.0.2.1:") && !is_port(asked, "443");
  }));
  config how = settings_at_many_ports(server.address());
  with_client(how, [&server](client& user) -> asio::awaitable<void> {
    const std::string& token = tests::bot_token;
    co_await user.sign_in_bot(token);
    const std::size_t before = server.counts().asked.size();
    const auto channel = co_await user.open_channel(2);
    const std::vector<std::string> asked = server.counts().asked;
    EXPECT_GT(asked.size(), before);
    EXPECT_EQ(asked.back(), "192.0.2.1:80");
    EXPECT_EQ(std::ranges::count(asked, "192.0.2.1:443"), 1);
  });
}

TEST_F(fallbacks_behind_a_proxy, do_not_help_when_it_refuses_everything) {
  for (const proxy::kind what : kinds) {
    proxy_server& server = start_proxy(leading(what, [](const std::string&) { return false; }));
    const ending end = connect_fails(settings_at_many_ports(server.address()));
    EXPECT_EQ(end.code, what == proxy::kind::http ? proxy_refusal(502)
                                                  : make_error_code(proxy_errc::host_unreachable));
    for (const char* part : {"192.0.2.1:443 through the ", "192.0.2.1:5222 through the ",
                             "over WebSocket at localhost:"}) {
      EXPECT_NE(end.sentence.find(part), std::string::npos) << end.sentence;
    }
  }
}

TEST_F(fallbacks_behind_a_proxy, do_not_help_against_the_proxy_itself) {
  for (const proxy::kind what : kinds) {
    for (const way by : {way::automatic, way::websocket, way::http}) {
      proxy_options closed = leading(what, [](const std::string&) { return true; });
      closed.user = "annabel";
      closed.password = "hunter2";
      proxy_server& server = start_proxy(closed);
      config how = settings_at_many_ports(server.address());
      how.wire.way = by;
      how.proxy->password = "wrong";
      EXPECT_EQ(connect_fails(how).code, proxy_errc::login_refused);
      EXPECT_EQ(server.counts().accepted, 1) << "asked once";
    }
  }
}
