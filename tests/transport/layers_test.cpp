// SPDX-License-Identifier: BSL-1.0
// Layers over each other: opened from the socket upwards, each fed by the one below.
#include "mtproto/transport/layers.hpp"

#include <gtest/gtest.h>

#include "tests/proxy/fake_tls_server.hpp"
#include "tests/transport/layer_fixture.hpp"

namespace mtfetch::transport {
namespace {

const destination far_away{"149.154.167.51", {149, 154, 167, 51}, 443};
const credentials somebody{"ann", "secret"};

layers two_proxies() {
  std::vector<layer> stack;
  stack.emplace_back(socks5_client(far_away, {}));
  stack.emplace_back(http_connect_client(far_away, {}));
  return layers(std::move(stack));
}

// SOCKS5, in it an HTTP proxy, in that fake TLS: what nobody does, and what shows every seam.
struct tower {
  tower() {
    secret.how = proxy_secret::look::fake_tls;
    secret.domain = "example.com";
    std::vector<layer> stack;
    stack.emplace_back(socks5_client(far_away, somebody));
    stack.emplace_back(http_connect_client(far_away, {}));
    stack.emplace_back(fake_tls_client(secret, 1700000000, seeded(1), shapes::current));
    near = layers(std::move(stack));
    proxy_test::fake_tls_server::options how;
    how.domain = secret.domain;
    how.unixtime = 1700000000;
    how.random = seeded(2);
    top = proxy_test::fake_tls_server(how);
  }

  // What the other side answers to all that the client has said since the last answer.
  bytes answer(bytes& said) {
    bytes out;
    switch (step++) {
      case 0:
        EXPECT_EQ(said, from_hex("05020002"));
        out = from_hex("0502");
        break;
      case 1:
        out = from_hex("0100");
        break;
      case 2:
        out = from_hex("05000001000000000000");
        break;
      case 3:
        EXPECT_TRUE(as_text(said).starts_with("CONNECT 149.154.167.51:443 HTTP/1.1\r\n"));
        out = text("HTTP/1.1 200 OK\r\nVia: nobody\r\n\r\n");
        break;
      default:
        EXPECT_FALSE(top->receive(said, arrived, out));
    }
    said.clear();
    return out;
  }

  proxy_secret secret;
  layers near;
  std::optional<proxy_test::fake_tls_server> top;
  bytes arrived;
  int step = 0;
};

TEST(layers, open_one_after_another) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    tower both;
    bytes up;
    bytes plain;
    both.near.start(up);
    for (int turns = 0; !both.near.is_open(); ++turns) {
      ASSERT_LT(turns, 10);
      const bytes down = both.answer(up);
      for (std::size_t at = 0; at < down.size();) {
        const std::size_t n = std::min(piece, down.size() - at);
        ASSERT_FALSE(both.near.receive(byte_view(down).subspan(at, n), plain, up));
        at += n;
      }
    }
    EXPECT_TRUE(plain.empty());
    both.near.send(some_packet(100), up);
    bytes down = both.answer(up);
    EXPECT_EQ(both.arrived, some_packet(100));
    both.top->send(some_packet(5000), down);
    ASSERT_FALSE(both.near.receive(down, plain, up));
    EXPECT_EQ(plain, some_packet(5000));
    EXPECT_TRUE(up.empty());
  }
}

TEST(layers, hand_on_what_follows_an_opening_in_the_same_read) {
  layers both = two_proxies();
  bytes up;
  bytes plain;
  both.start(up);
  const bytes all = [] {
    bytes out = from_hex("050005000001000000000000");
    const bytes rest = text("HTTP/1.1 200 OK\r\n\r\nmore");
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
  }();
  ASSERT_FALSE(both.receive(all, plain, up));
  EXPECT_TRUE(both.is_open());
  EXPECT_EQ(plain, text("more"));
}

TEST(layers, end_with_the_error_of_the_one_that_failed) {
  layers both = two_proxies();
  bytes up;
  bytes plain;
  both.start(up);
  ASSERT_FALSE(both.receive(from_hex("050005000001000000000000"), plain, up));
  EXPECT_EQ(both.receive(text("HTTP/1.1 502 Bad Gateway\r\n"), plain, up), proxy_refusal(502));
  EXPECT_FALSE(both.is_open());
}

TEST(layers, hand_on_what_came_before_an_error_and_nothing_behind_it) {
  bytes up;
  bytes down;
  bytes plain;
  std::vector<layer> stack;
  stack.emplace_back(websocket_server(seeded(1)));
  layers far(std::move(stack));
  websocket_client near("host", "/apiws", seeded(2));
  near.start(up);
  ASSERT_FALSE(far.receive(up, plain, down));
  ASSERT_FALSE(near.receive(down, plain, up));
  up.clear();
  near.send(text("last"), up);
  const bytes close = from_hex("888000000000");
  up.insert(up.end(), close.begin(), close.end());
  EXPECT_EQ(far.receive(up, plain, down), transport_errc::closed);
  EXPECT_EQ(plain, text("last"));
  EXPECT_EQ(far.receive(up, plain, down), transport_errc::closed);
  EXPECT_EQ(plain, text("last"));
}

TEST(layers, are_nothing_when_there_are_none) {
  layers none;
  bytes wire;
  bytes plain;
  none.start(wire);
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(none.is_open());
  EXPECT_TRUE(wire.empty());
  none.send(text("up"), wire);
  EXPECT_EQ(wire, text("up"));
  EXPECT_FALSE(none.receive(text("down"), plain, wire));
  EXPECT_EQ(plain, text("down"));
}

}  // namespace
}  // namespace mtfetch::transport
