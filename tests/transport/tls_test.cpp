// SPDX-License-Identifier: BSL-1.0
// TLS over bytes: both sides, what a client does not believe, and what breaks in between.
#include "mtproto/transport/tls.hpp"

#include <gtest/gtest.h>
#include <mtfetch/error.hpp>

#include <string>

#include "mtproto/crypto/self_signed.hpp"
#include "mtproto/transport/layers.hpp"
#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::int64_t now = 1'800'000'000;
constexpr std::int64_t day = 86'400;

crypto::self_signed certificate_for(const std::vector<std::string>& names, std::int64_t from = now,
                                    std::int64_t until = now + day) {
  return crypto::make_self_signed(names, from, until);
}

struct ends {
  ends(const crypto::self_signed& shown, const std::string& trusted, const std::string& host)
      : near(tls::client(tls_context::client(trusted).value(), host, now + 1)),
        far(tls::server(tls_context::server(shown.certificate, shown.private_key).value())) {
    near.start(to_server);
  }
  // Carries bytes until both are silent; gives the client's error.
  std::error_code agree(std::size_t piece = SIZE_MAX) {
    std::error_code failed;
    while (!failed && (!to_server.empty() || !to_client.empty())) {
      for_pieces(std::exchange(to_server, {}), piece, [&](byte_view part) {
        // The server may find out that it is not believed; the client's word is what counts.
        if (!refused) refused = far.receive(part, at_server, to_client);
      });
      for_pieces(std::exchange(to_client, {}), piece, [&](byte_view part) {
        if (!failed) failed = near.receive(part, at_client, to_server);
      });
    }
    return failed;
  }
  template <class Take>
  static void for_pieces(const bytes& wire, std::size_t piece, Take take) {
    for (std::size_t at = 0; at < wire.size(); at += std::min(piece, wire.size() - at)) {
      take(byte_view(wire).subspan(at, std::min(piece, wire.size() - at)));
    }
  }

  tls near;
  tls far;
  bytes to_server;
  bytes to_client;
  bytes at_server;
  bytes at_client;
  std::error_code refused;
};

}  // namespace

TEST(tls, carries_bytes_both_ways_however_they_are_split) {
  const auto shown = certificate_for({"localhost"});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, SIZE_MAX}) {
    ends both(shown, shown.certificate, "localhost");
    ASSERT_FALSE(both.agree(piece));
    ASSERT_TRUE(both.near.is_open() && both.far.is_open());
    const bytes data = some_packet(100'000);
    both.near.send(data, both.to_server);
    both.far.send(data, both.to_client);
    EXPECT_EQ(as_text(both.to_server).find(as_text(byte_view(data).first(64))), std::string::npos);
    ASSERT_FALSE(both.agree(piece));
    EXPECT_EQ(both.at_server, data);
    EXPECT_EQ(both.at_client, data);
  }
}

TEST(tls, knows_addresses_and_wildcards) {
  const auto shown = certificate_for({"*.web.telegram.org", "127.0.0.1", "::1"});
  for (const std::string host : {"venus.web.telegram.org", "127.0.0.1", "::1"}) {
    ends both(shown, shown.certificate, host);
    EXPECT_FALSE(both.agree()) << host;
    EXPECT_TRUE(both.near.is_open()) << host;
  }
}

TEST(tls, says_what_is_wrong_with_a_certificate) {
  const auto shown = certificate_for({"localhost"});
  const auto other = certificate_for({"localhost"});
  const auto stale = certificate_for({"localhost"}, now - 10 * day, now - day);
  const auto early = certificate_for({"localhost"}, now + day, now + 10 * day);
  struct {
    const crypto::self_signed& shown;
    std::string trusted;
    std::string host;
    transport_errc why;
  } const cases[] = {
      {shown, other.certificate, "localhost", transport_errc::certificate_not_trusted},
      {shown, "", "localhost",
       transport_errc::certificate_not_trusted},  // the system's authorities
      {shown, shown.certificate, "example.org", transport_errc::certificate_wrong_name},
      {shown, shown.certificate, "127.0.0.1", transport_errc::certificate_wrong_name},
      {stale, stale.certificate, "localhost", transport_errc::certificate_expired},
      {early, early.certificate, "localhost", transport_errc::certificate_expired},
  };
  for (const auto& one : cases) {
    ends both(one.shown, one.trusted, one.host);
    EXPECT_EQ(both.agree(), one.why) << make_error_code(one.why).message();
    EXPECT_FALSE(both.near.is_open());
    EXPECT_TRUE(both.at_server.empty());
  }
}

TEST(tls, refuses_contexts_of_nonsense) {
  const auto one = certificate_for({"a"});
  const auto two = certificate_for({"a"});
  EXPECT_EQ(tls_context::client("no certificate").error(), client_errc::bad_config);
  EXPECT_EQ(tls_context::server("", "").error(), client_errc::bad_config);
  EXPECT_EQ(tls_context::server(one.certificate, two.private_key).error(), client_errc::bad_config);
}

TEST(tls, ends_on_what_is_not_tls_and_on_a_flipped_bit) {
  const auto shown = certificate_for({"localhost"});
  ends plain(shown, shown.certificate, "localhost");
  plain.to_client = bytes(64, 'H');
  EXPECT_EQ(plain.near.receive(plain.to_client, plain.at_client, plain.to_server),
            transport_errc::tls_failed);

  // At every step of the handshake and behind it.
  for (std::size_t at = 0; at < 1200; at += 37) {
    ends both(shown, shown.certificate, "localhost");
    bytes nothing;
    std::size_t passed = 0;
    std::error_code failed;
    bytes wire;
    (void)both.far.receive(std::exchange(both.to_server, {}), nothing, wire);
    for (std::uint8_t& b : wire) {
      if (passed++ == at) b ^= 1;
    }
    if (at >= passed) break;
    failed = both.near.receive(wire, both.at_client, both.to_server);
    if (!failed && both.near.is_open()) {
      // Behind the handshake's end: session tickets, whose change is seen as well.
      ADD_FAILURE() << "byte " << at << " of " << wire.size() << " was changed and nobody saw it";
    }
  }
}

TEST(tls, stands_below_websocket_in_a_stack_of_layers) {
  const auto shown = certificate_for({"localhost"});
  std::vector<layer> client_side;
  client_side.emplace_back(
      tls::client(tls_context::client(shown.certificate).value(), "localhost", now + 1));
  client_side.emplace_back(websocket_client("localhost", "/apiws", seeded(1)));
  layers near(std::move(client_side));
  std::vector<layer> server_side;
  server_side.emplace_back(
      tls::server(tls_context::server(shown.certificate, shown.private_key).value()));
  layers far(std::move(server_side));
  bytes to_server;
  bytes to_client;
  bytes at_server;
  bytes at_client;
  near.start(to_server);
  far.start(to_client);
  while (!near.is_open()) {
    ASSERT_FALSE(to_server.empty());
    ASSERT_FALSE(far.receive(std::exchange(to_server, {}), at_server, to_client));
    if (!at_server.empty() && as_text(at_server).starts_with("GET ")) {
      // What the server's first bytes are decides on the next layer; they go through it again.
      const bytes first = std::exchange(at_server, {});
      ASSERT_FALSE(far.add(websocket_server(seeded(2)), first, at_server, to_client));
    }
    ASSERT_FALSE(near.receive(std::exchange(to_client, {}), at_client, to_server));
  }
  near.send(some_packet(5000), to_server);
  ASSERT_FALSE(far.receive(to_server, at_server, to_client));
  EXPECT_EQ(at_server, some_packet(5000));
  far.send(some_packet(70'000), to_client);
  ASSERT_FALSE(near.receive(to_client, at_client, to_server));
  EXPECT_EQ(at_client, some_packet(70'000));
}

}  // namespace mtfetch::transport
