// SPDX-License-Identifier: BSL-1.0
// What goes wrong with a proxy, at every step: one sentence each, no secret in it, nobody dialled
// past the proxy.
#include "tests/proxy/proxy_fixture.hpp"

#include "mtproto/crypto/random.hpp"
#include "mtproto/transport/fake_tls.hpp"

#include <asio/buffer.hpp>
#include <asio/write.hpp>

#include <chrono>

using namespace mtfetch;
using namespace mtfetch::proxy_test;

namespace {

class proxy_trouble : public proxy_fixture {
 protected:
  static proxy_options socks5() {
    proxy_options out;
    out.user = "annabel";
    out.password = "hunter2";
    return out;
  }
  static proxy_options http() {
    proxy_options out = socks5();
    out.what = proxy::kind::http;
    return out;
  }
  static proxy_options mtproxy(const std::string& mark) {
    proxy_options out;
    out.what = proxy::kind::mtproxy;
    out.secret = secret_of_kind(mark);
    return out;
  }
  std::string dc_at(const proxy& through) const {
    return "data centre 2 at " + shown_address() + " through " + through.to_text() +
           " cannot be reached: ";
  }
  // How it ends with this proxy: the whole sentence, and what must never be in it.
  ending end_with(const proxy& through,
                  std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    config how = settings_through(through);
    how.connect_timeout = patience;
    ending out = connect_fails(how);
    for (const std::string& never :
         {std::string("hunter2"), std::string("annabel"), plain_secret}) {
      EXPECT_EQ(out.sentence.find(never), std::string::npos) << out.sentence;
    }
    return out;
  }
};

}  // namespace

TEST_F(proxy_trouble, with_the_login) {
  const std::pair<proxy_options, const char*> kinds[] = {{socks5(), "socks5"}, {http(), "http"}};
  for (const auto& [options, name] : kinds) {
    SCOPED_TRACE(name);
    proxy through = start_proxy(options).address();
    through.password = "hunter2 but wrong";
    const ending wrong = end_with(through);
    EXPECT_EQ(wrong.code, proxy_errc::login_refused);
    EXPECT_EQ(wrong.sentence, dc_at(through) + "the proxy refuses the user name or the password");
    through.user.clear();
    through.password.clear();
    const ending none = end_with(through);
    EXPECT_EQ(none.code, proxy_errc::login_required);
    EXPECT_EQ(none.sentence, dc_at(through) + "the proxy wants a user name and a password");
  }
}

TEST_F(proxy_trouble, with_what_it_is_asked_for) {
  proxy_options refuses = socks5();
  refuses.reply = 2;
  proxy through = start_proxy(refuses).address();
  ending end = end_with(through);
  EXPECT_EQ(end.code, proxy_errc::not_allowed);
  EXPECT_EQ(end.sentence, dc_at(through) + "the proxy does not allow the connection");
  refuses = http();
  refuses.status = 503;
  through = start_proxy(refuses).address();
  end = end_with(through);
  EXPECT_EQ(end.code, proxy_refusal(503));
  EXPECT_EQ(end.sentence, dc_at(through) + "the proxy answered with HTTP status 503");
}

TEST_F(proxy_trouble, at_every_step) {
  const std::tuple<const char*, proxy_options, int> kinds[] = {
      {"socks5", socks5(), 3}, {"http", http(), 1}, {"fake TLS", mtproxy("ee"), 1}};
  for (const auto& [name, options, steps] : kinds) {
    for (int step = 0; step < steps; ++step) {
      SCOPED_TRACE(name);
      SCOPED_TRACE(step);
      proxy_options odd = options;
      odd.odd = {oddity::kind::closes, step};
      ending end = end_with(start_proxy(odd).address());
      EXPECT_EQ(end.code, transport_errc::closed);
      EXPECT_TRUE(end.sentence.ends_with("cannot be reached: the connection was closed"))
          << end.sentence;

      odd.odd = {oddity::kind::sends_garbage, step};
      end = end_with(start_proxy(odd).address());
      EXPECT_EQ(end.code.category(), proxy_category()) << end.code.message();
      EXPECT_TRUE(end.sentence.ends_with("cannot be reached: " + end.code.message()))
          << end.sentence;

      odd.odd = {oddity::kind::is_silent, step};
      end = end_with(start_proxy(odd).address(), std::chrono::milliseconds(1500));
      EXPECT_EQ(end.code, transport_errc::timed_out);
      EXPECT_TRUE(end.sentence.ends_with("the server did not answer in time")) << end.sentence;
    }
  }
}

TEST_F(proxy_trouble, that_is_not_there) {
  proxy nobody;
  {
    asio::io_context loop;
    const asio::ip::tcp::acceptor taken(
        loop, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    nobody.port = taken.local_endpoint().port();
  }
  nobody.host = "127.0.0.1";
  const std::string place = "127.0.0.1:" + std::to_string(nobody.port);
  ending end = end_with(nobody);
  EXPECT_EQ(end.code, transport_errc::unreachable);
  EXPECT_EQ(end.sentence, "the SOCKS5 proxy " + place + " cannot be reached: tried " + place +
                              " (Connection refused)");
  // A label of more than 63 characters is no name, so nobody is asked for it.
  nobody.host = std::string(70, 'a') + ".invalid";
  end = end_with(nobody);
  EXPECT_EQ(end.code, proxy_errc::unresolved);
  EXPECT_TRUE(end.sentence.starts_with("the name of the SOCKS5 proxy aaa")) << end.sentence;
}

TEST_F(proxy_trouble, with_a_secret_that_it_does_not_know) {
  proxy_options web_site = mtproxy("ee");
  web_site.other_key = bytes(16, 7);
  proxy through = start_proxy(web_site).address();
  ending end = end_with(through);
  EXPECT_EQ(end.code, proxy_errc::wrong_secret);
  EXPECT_EQ(end.sentence, "data centre 2 through " + through.to_text() +
                              " cannot be reached: " + end.code.message());
  for (const char* cause : {"secret", "clock", "hello"}) {
    EXPECT_NE(end.sentence.find(cause), std::string::npos) << end.sentence;
  }
  // Without fake TLS nothing is said of it: the connection ends.
  proxy_server& server = start_proxy(mtproxy("dd"));
  through = server.address();
  through.secret[5] ^= 1;
  end = end_with(through);
  EXPECT_EQ(end.code, transport_errc::closed);
  EXPECT_EQ(end.sentence,
            "data centre 2 through " + through.to_text() + ": the connection was closed");
  EXPECT_EQ(server.counts().refused, 1);
  EXPECT_EQ(server.counts().relayed, 0);
}

TEST_F(proxy_trouble, with_its_clock) {
  for (const browser_hello hello : {browser_hello::current, browser_hello::classic}) {
    for (const int ahead : {-60 * 60, 60 * 60}) {
      proxy_options odd = mtproxy("ee");
      odd.clock_error = ahead;
      proxy_server& server = start_proxy(odd);
      config how = settings_through(server.address());
      how.wire.hello = hello;
      EXPECT_EQ(connect_fails(how).code.category(), proxy_category());
      EXPECT_EQ(server.counts().refused, 2) << "both hellos";
    }
  }
}

TEST_F(proxy_trouble, with_its_clock_is_none_when_it_is_some_minutes) {
  for (const int ahead : {-240, -25, 240}) {
    proxy_options odd = mtproxy("ee");
    odd.clock_error = ahead;
    sign_in(settings_through(start_proxy(odd).address()));
  }
}

TEST_F(proxy_trouble, with_a_hello_that_was_said_before) {
  using asio::ip::tcp;
  proxy_server& server = start_proxy(mtproxy("ee"));
  const auto secret = transport::proxy_secret::from_bytes(secret_of_kind("ee")).value();
  const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds(1);
  int replayed = 0;
  for (const transport::hello_shape shape : {transport::hello_shape(transport::shapes::current),
                                             transport::hello_shape(transport::shapes::classic)}) {
    bytes hello;
    transport::fake_tls_client(secret, static_cast<std::uint32_t>(now), crypto::system_random(),
                               shape)
        .start(hello);
    // What the proxy answers with; nothing when it hangs up.
    const auto answer_to_it = [&]() -> std::size_t {
      asio::io_context loop;
      tcp::socket socket(loop);
      socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), server.address().port));
      asio::write(socket, asio::buffer(hello));
      bytes room(64);
      std::error_code ended;
      return socket.read_some(asio::buffer(room), ended);
    };
    EXPECT_GT(answer_to_it(), 0u);
    EXPECT_EQ(server.counts().refused, replayed);
    EXPECT_GT(answer_to_it(), 0u) << "a web site's";
    EXPECT_EQ(server.counts().refused, ++replayed);
  }
}

TEST_F(proxy_trouble, with_a_secret_of_no_kind) {
  proxy through;
  through.what = proxy::kind::mtproxy;
  through.host = "127.0.0.1";
  through.port = 1;
  through.secret = bytes(17, 0xee);
  EXPECT_EQ(end_with(through).code, proxy_errc::secret_size);
}
