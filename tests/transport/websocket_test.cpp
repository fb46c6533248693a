// SPDX-License-Identifier: BSL-1.0
// WebSocket's two sides against each other, against RFC 6455's examples, and against attackers.
#include "mtproto/transport/websocket.hpp"

#include <gtest/gtest.h>
#include <mtfetch/error.hpp>

#include <string>

#include "tests/transport/wire.hpp"

namespace mtfetch::transport {
namespace {

bytes text(std::string_view from) {
  const byte_view raw = as_bytes(from);
  return {raw.begin(), raw.end()};
}

// The nonce of RFC 6455, 1.3; the answer to it stands there.
const std::string rfc_nonce = "the sample nonce";
const std::string rfc_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

websocket_client a_client() {
  return websocket_client("venus.web.telegram.org", "/apiws",
                          scripted({text(rfc_nonce), bytes{1, 2, 3, 4}, bytes{5, 6, 7, 8}}));
}

std::string answer_with(const std::string& changed, const std::string& to) {
  std::string answer =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      rfc_accept + "\r\nSec-WebSocket-Protocol: binary\r\n\r\n";
  const std::size_t at = answer.find(changed);
  if (at == std::string::npos) throw std::logic_error(changed);
  return answer.replace(at, changed.size(), to);
}

websocket_client an_open_client() {
  websocket_client made = a_client();
  bytes wire;
  made.start(wire);
  bytes plain;
  if (made.receive(as_bytes(answer_with("", "")), plain, wire)) throw std::logic_error("refused");
  return made;
}

std::error_code error_of(std::string_view hex) {
  websocket_client near = an_open_client();
  bytes plain;
  bytes wire;
  return near.receive(from_hex(hex), plain, wire);
}

}  // namespace

TEST(websocket, asks_for_the_upgrade_as_the_rfc_has_it) {
  websocket_client near = a_client();
  bytes wire;
  near.start(wire);
  EXPECT_EQ(as_text(wire),
            "GET /apiws HTTP/1.1\r\nHost: venus.web.telegram.org\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: binary\r\n\r\n");
  EXPECT_FALSE(near.is_open());
}

TEST(websocket, carries_bytes_both_ways_wherever_they_are_split) {
  for (std::size_t piece = 1; piece < 40; ++piece) {
    websocket_client near("host", "/apiws_test", seeded(5));
    websocket_server far(seeded(6));
    bytes to_server;
    bytes to_client;
    bytes at_server;
    bytes at_client;
    near.start(to_server);
    const auto carry = [piece](auto& to, bytes& wire, bytes& plain, bytes& answer) {
      for (std::size_t at = 0; at < wire.size(); at += piece) {
        const std::size_t n = std::min(piece, wire.size() - at);
        ASSERT_FALSE(to.receive(byte_view(wire).subspan(at, n), plain, answer));
      }
      wire.clear();
    };
    carry(far, to_server, at_server, to_client);
    carry(near, to_client, at_client, to_server);
    ASSERT_TRUE(near.is_open() && far.is_open());
    bytes sent;
    for (const std::size_t size : {1U, 125U, 126U, 127U, 65535U, 65536U, 70000U}) {
      const bytes data = some_packet(size);
      sent.insert(sent.end(), data.begin(), data.end());
      near.send(data, to_server);
      far.send(data, to_client);
    }
    EXPECT_EQ(as_text(to_server).find(as_text(some_packet(125))), std::string_view::npos)
        << "a client masks";
    carry(far, to_server, at_server, to_client);
    carry(near, to_client, at_client, to_server);
    EXPECT_EQ(at_server, sent);
    EXPECT_EQ(at_client, sent);
  }
}

TEST(websocket, begins_with_what_came_behind_the_answer) {
  websocket_client near = a_client();
  bytes wire;
  near.start(wire);
  bytes both = text(answer_with("", ""));
  for (const std::uint8_t b : from_hex("8203010203")) both.push_back(b);
  for (std::size_t cut = 0; cut <= both.size(); ++cut) {
    websocket_client again = a_client();
    again.start(wire);
    bytes plain;
    ASSERT_FALSE(again.receive(byte_view(both).first(cut), plain, wire));
    ASSERT_FALSE(again.receive(byte_view(both).subspan(cut), plain, wire));
    EXPECT_EQ(plain, from_hex("010203")) << cut;
  }
}

TEST(websocket, demands_the_answer_to_its_own_question) {
  for (const auto& [what, instead] : std::vector<std::pair<std::string, std::string>>{
           {"101", "200"},
           {"Upgrade: websocket", "Upgrade: h2c"},
           {"Connection: Upgrade", "Connection: close"},
           {rfc_accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOp="},
           {"Sec-WebSocket-Protocol: binary", "X: y"},
           {"Sec-WebSocket-Protocol: binary", "Sec-WebSocket-Protocol: text"},
           {"\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"}}) {
    websocket_client near = a_client();
    bytes wire;
    near.start(wire);
    bytes plain;
    EXPECT_EQ(near.receive(as_bytes(answer_with(what, instead)), plain, wire),
              transport_errc::upgrade_refused)
        << what;
    EXPECT_FALSE(near.is_open());
  }
  websocket_client busy = a_client();
  bytes wire;
  busy.start(wire);
  bytes plain;
  EXPECT_EQ(busy.receive(as_bytes(answer_with("101", "429")), plain, wire), transport_errc::flood);
  websocket_client lost = a_client();
  lost.start(wire);
  EXPECT_EQ(lost.receive(as_bytes("SSH-2.0-OpenSSH\r\n\r\n"), plain, wire),
            transport_errc::bad_http);
}

TEST(websocket, reads_the_examples_of_the_rfc) {
  websocket_client near = an_open_client();
  bytes plain;
  bytes wire;
  // 5.7, as binary: one frame, and two fragments with a ping between them.
  ASSERT_FALSE(near.receive(from_hex("820548656c6c6f"), plain, wire));
  EXPECT_EQ(as_text(plain), "Hello");
  plain.clear();
  ASSERT_FALSE(near.receive(from_hex("020348656c890548656c6c6f80026c6f"), plain, wire));
  EXPECT_EQ(as_text(plain), "Hello");
  // The pong has the ping's contents, masked with the next four random bytes.
  EXPECT_EQ(wire, from_hex("8a8501020304"
                           "49676f686e"));
}

TEST(websocket, answers_a_close_and_ends) {
  websocket_client near = an_open_client();
  bytes plain;
  bytes wire;
  EXPECT_EQ(near.receive(from_hex("880403e86279"), plain, wire), transport_errc::closed);
  EXPECT_EQ(wire, from_hex("888201020304"
                           "02ea"));
}

TEST(websocket, refuses_what_the_rfc_forbids) {
  EXPECT_EQ(error_of("8281010203040a"), transport_errc::bad_frame) << "masked by a server";
  EXPECT_EQ(error_of("c20101"), transport_errc::bad_frame) << "a reserved bit";
  EXPECT_EQ(error_of("810161"), transport_errc::bad_frame) << "text";
  EXPECT_EQ(error_of("830161"), transport_errc::bad_frame) << "an unknown opcode";
  EXPECT_EQ(error_of("8b00"), transport_errc::bad_frame) << "an unknown control frame";
  EXPECT_EQ(error_of("0900"), transport_errc::bad_frame) << "a fragmented ping";
  EXPECT_EQ(error_of("897e0100"), transport_errc::bad_frame) << "a large ping";
  EXPECT_EQ(error_of("800161"), transport_errc::bad_frame) << "a continuation of nothing";
  EXPECT_EQ(error_of("020161820162"), transport_errc::bad_frame) << "two messages mixed";
  EXPECT_EQ(error_of("880103"), transport_errc::bad_frame) << "half a status";
  EXPECT_EQ(error_of("827f0000000001000001"), transport_errc::frame_too_large);
  EXPECT_EQ(error_of("827fffffffffffffffff"), transport_errc::frame_too_large);
  websocket_server far(seeded(1));
  bytes plain;
  bytes wire;
  const std::string request =
      "GET /apiws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Protocol: chat, binary\r\n\r\n";
  ASSERT_FALSE(far.receive(as_bytes(request), plain, wire));
  EXPECT_NE(as_text(wire).find(rfc_accept), std::string_view::npos);
  EXPECT_EQ(far.receive(from_hex("820161"), plain, wire), transport_errc::bad_frame)
      << "not masked by a client";
}

TEST(websocket, refuses_requests_that_it_cannot_serve) {
  const std::string good =
      "GET /apiws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Protocol: binary\r\n\r\n";
  for (const auto& [what, instead, status] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"/apiws", "/", "404"},
           {"websocket", "tls", "400"},
           {"Version: 13", "Version: 8", "400"},
           {"dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", "400"},
           {"Sec-WebSocket-Protocol: binary", "X: y", "400"}}) {
    std::string request = good;
    request.replace(request.find(what), what.size(), instead);
    websocket_server far(seeded(1));
    bytes plain;
    bytes wire;
    EXPECT_EQ(far.receive(as_bytes(request), plain, wire), transport_errc::upgrade_refused) << what;
    EXPECT_TRUE(as_text(wire).starts_with("HTTP/1.1 " + status)) << as_text(wire);
  }
}

TEST(websocket, does_not_answer_more_than_it_is_asked) {
  websocket_client near("host", "/apiws", seeded(9));
  bytes wire;
  near.start(wire);
  websocket_server far(seeded(8));
  bytes answer;
  bytes plain;
  ASSERT_FALSE(far.receive(wire, plain, answer));
  ASSERT_FALSE(near.receive(answer, plain, wire));
  wire.clear();
  bytes pings;
  for (int i = 0; i < 1000; ++i) {
    pings.push_back(0x89);
    pings.push_back(0);
  }
  ASSERT_FALSE(near.receive(pings, plain, wire));
  EXPECT_EQ(wire.size(), 6000U);
}

}  // namespace mtfetch::transport
