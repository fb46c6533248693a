// SPDX-License-Identifier: BSL-1.0
// The layers between a socket and the framing: SOCKS5, HTTP CONNECT, WebSocket and fake TLS, both
// sides where there are two.
#include "mtproto/transport/layers.hpp"

#include <algorithm>
#include <initializer_list>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "mtproto/crypto/hmac.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/handshake/exchange.hpp"
#include "tests/proxy/fake_tls_server.hpp"

namespace mtfetch::fuzz {

namespace {

using handshake::testing::joined;
using handshake::testing::seeded;
using proxy_test::fake_tls_server;

constexpr std::uint32_t noon = 1'700'000'000;

transport::layers one_layer(transport::layer only) {
  std::vector<transport::layer> stack;
  stack.push_back(std::move(only));
  return transport::layers(std::move(stack));
}

struct outcome {
  std::error_code failed;
  bytes plain;
  bytes wire;  // what the layer said, its opening first
  bool open = false;
  friend bool operator==(const outcome&, const outcome&) = default;
};

// Reads of at most `read` bytes, none of which is of two parts.
template <class Layer>
outcome feed(Layer to, std::initializer_list<byte_view> parts, std::size_t read) {
  outcome out;
  to.start(out.wire);
  for (byte_view part : parts) {
    while (!part.empty() && !out.failed) {
      const byte_view chunk = part.first(std::min(read, part.size()));
      part = part.subspan(chunk.size());
      out.failed = to.receive(chunk, out.plain, out.wire);
      if constexpr (std::is_same_v<Layer, transport::layers>) {
        if (!out.failed) continue;
        outcome after = out;
        after.failed = to.receive(chunk, after.plain, after.wire);
        require(after == out, "after an error nothing more is taken");
      }
    }
  }
  out.open = to.is_open();
  return out;
}

template <class Make>
outcome feed_both_ways(const Make& make, std::initializer_list<byte_view> parts, std::size_t read) {
  outcome whole = feed(make(), parts, SIZE_MAX);
  require(feed(make(), parts, read) == whole, "bytes mean the same however they are cut");
  return whole;
}

void require_end_of(byte_view all, byte_view end) {
  require(end.size() <= all.size() && std::ranges::equal(all.last(end.size()), end),
          "behind the opening bytes pass as they are");
}

const transport::destination by_name{"dc2.example", {}, 443};
const transport::destination by_address{"2001:db8::1", bytes(16, 1), 80};

transport::websocket_client websocket_near() {
  return transport::websocket_client("venus.web.telegram.org", "/apiws", seeded(1));
}
transport::websocket_server websocket_far() {
  return transport::websocket_server(seeded(2));
}

transport::proxy_secret tls_secret() {
  transport::proxy_secret secret;
  secret.how = transport::proxy_secret::look::fake_tls;
  secret.key.fill(5);
  secret.domain = "example.com";
  return secret;
}

// Points of the curve and fair orders are for the wire: drawn plainly a hello costs next to
// nothing.
transport::fake_tls_client tls_near() {
  transport::hello_draws drawn;
  drawn.random = drawn.x25519 =
      drawn.mlkem768 = [](byte_span out) { std::iota(out.begin(), out.end(), std::uint8_t{1}); };
  drawn.grease = {0x1a, 0x0a, 0x2a, 0x3a, 0x4a, 0x5a, 0x6a, 0x7a};
  drawn.order = [](std::size_t n) {
    std::vector<std::size_t> made(n);
    std::iota(made.begin(), made.end(), std::size_t{0});
    return made;
  };
  return transport::fake_tls_client(tls_secret(), noon, std::move(drawn),
                                    transport::shapes::classic);
}

fake_tls_server tls_far() {
  fake_tls_server::options how;
  how.key = tls_secret().key;
  how.domain = tls_secret().domain;
  how.unixtime = noon;
  how.random = seeded(7);
  how.certificate_size = 64;
  return fake_tls_server(std::move(how));
}

std::size_t record_size(byte_view at) {
  return at.size() < transport::record_head
             ? at.size()
             : transport::record_head + (std::size_t{at[3]} << 8 | at[4]);
}

// The server's three records, as one that knows the secret would have sent them.
bytes proven(byte_view from) {
  bytes records(from.begin(), from.end());
  std::size_t size = 0;
  for (int i = 0; i < 3 && size < records.size(); ++i) {
    size += record_size(byte_view(records).subspan(size));
  }
  constexpr std::size_t echo_end = transport::hello_session_at + transport::hello_session_size;
  if (size > records.size() || size < echo_end) return records;
  const byte_view hello = tls_hello();
  std::ranges::copy(hello.subspan(transport::hello_session_at, transport::hello_session_size),
                    records.begin() + transport::hello_session_at);
  const byte_span proof =
      byte_span(records).subspan(transport::hello_random_at, transport::hello_random_size);
  std::ranges::fill(proof, std::uint8_t{0});
  const byte_view asked = hello.subspan(transport::hello_random_at, transport::hello_random_size);
  std::ranges::copy(crypto::hmac_sha256(tls_secret().key, {asked, byte_view(records).first(size)}),
                    proof.begin());
  return records;
}

// A client's hello with the digest of one that knows the secret.
bytes signed_hello(byte_view from) {
  bytes hello(from.begin(), from.end());
  constexpr std::size_t end = transport::hello_random_at + transport::hello_random_size;
  if (hello.size() < end) return hello;
  const byte_span random =
      byte_span(hello).subspan(transport::hello_random_at, transport::hello_random_size);
  std::ranges::fill(random, std::uint8_t{0});
  auto digest = crypto::hmac_sha256(tls_secret().key, {hello});
  for (std::size_t i = 0; i < 4; ++i) {
    digest[28 + i] ^= static_cast<std::uint8_t>(noon >> (8 * i));
  }
  std::ranges::copy(digest, random.begin());
  return hello;
}

}  // namespace

const bytes& tls_hello() {
  static const bytes said = feed(tls_near(), {}, 1).wire;
  return said;
}

const bytes& tls_answer() {
  static const bytes said = feed(tls_far(), {tls_hello()}, SIZE_MAX).wire;
  return said;
}

const bytes& websocket_request() {
  static const bytes said = feed(one_layer(websocket_near()), {}, 1).wire;
  return said;
}

const bytes& websocket_answer() {
  static const bytes said = feed(one_layer(websocket_far()), {websocket_request()}, SIZE_MAX).wire;
  return said;
}

// A byte that says who asks for what, a byte for the size of the reads, and what the proxy says.
void socks5(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte();
  const std::size_t read = std::size_t{in.byte()} + 1;
  const byte_view said = in.rest();
  const transport::credentials who{(how & 1) != 0 ? "ann" : "", (how & 1) != 0 ? "secret" : ""};
  const auto make = [&] {
    return one_layer(transport::socks5_client((how & 2) != 0 ? by_address : by_name, who));
  };
  const outcome came = feed_both_ways(make, {said}, read);
  require(came.open || came.plain.empty(), "nothing comes through before the proxy agreed");
  require_end_of(said, came.plain);
}

void http_connect(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte();
  const std::size_t read = std::size_t{in.byte()} + 1;
  const byte_view said = in.rest();
  const transport::credentials who{(how & 1) != 0 ? "ann" : "", (how & 1) != 0 ? "secret" : ""};
  const auto make = [&] {
    return one_layer(transport::http_connect_client((how & 2) != 0 ? by_address : by_name, who));
  };
  const outcome came = feed_both_ways(make, {said}, read);
  require(came.open || came.plain.empty(), "nothing comes through before the proxy agreed");
  require_end_of(said, came.plain);
}

// The first byte: whose side, and whether the upgrade has been agreed on.
void websocket(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte();
  const std::size_t read = std::size_t{in.byte()} + 1;
  const byte_view said = in.rest();
  const bool is_server = (how & 1) != 0;
  const bytes& opening = is_server ? websocket_request() : websocket_answer();
  const bytes all = joined({(how & 2) != 0 ? byte_view(opening) : byte_view(), said});
  const auto make = [&] {
    return is_server ? one_layer(websocket_far()) : one_layer(websocket_near());
  };
  const outcome came = feed_both_ways(make, {all}, read);
  require(came.open || came.plain.empty(), "nothing comes through before the upgrade");
  require(came.plain.size() <= all.size(), "no more comes out than went in");

  // And what one side sends is what the other receives.
  transport::layers near = one_layer(websocket_near());
  transport::layers far = one_layer(websocket_far());
  bytes up;
  bytes down;
  bytes arrived;
  near.start(up);
  require(!far.receive(std::exchange(up, {}), arrived, down) &&
              !near.receive(std::exchange(down, {}), arrived, up) && near.is_open(),
          "the two sides agree");
  near.send(said, up);
  require(!far.receive(up, arrived, down) && std::ranges::equal(arrived, said),
          "a server receives what was sent");
  arrived.clear();
  far.send(said, down);
  require(!near.receive(down, arrived, up) && std::ranges::equal(arrived, said),
          "a client receives what was sent");
}

// The first byte: as it is, proven, behind an honest opening, or sent and received.
void fake_tls_client(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte() % 4;
  const std::size_t read = std::size_t{in.byte()} + 1;
  const byte_view said = in.rest();
  const auto make = [] { return one_layer(tls_near()); };
  if (how < 3) {
    const bytes all = how == 0   ? bytes(said.begin(), said.end())
                      : how == 1 ? proven(said)
                                 : joined({tls_answer(), said});
    const outcome came = feed_both_ways(make, {all}, read);
    require(came.open || came.plain.empty(), "nothing comes through before the proof");
    const bool honest = said.size() >= tls_answer().size() &&
                        std::ranges::equal(said.first(tls_answer().size()), tls_answer());
    require(how != 0 || !came.open || honest, "nobody proves a secret by chance");
    return;
  }
  transport::layers near = make();
  fake_tls_server far = tls_far();
  bytes up;
  bytes down;
  bytes arrived;
  near.start(up);
  require(!far.receive(std::exchange(up, {}), arrived, down) &&
              !near.receive(std::exchange(down, {}), arrived, up) && near.is_open(),
          "the two sides agree");
  const bytes content = joined({bytes(64, 1), said});  // a server wants a greeting's worth
  near.send(content, up);
  require(!far.receive(up, arrived, down) && arrived == content, "a server receives what was sent");
  arrived.clear();
  far.send(content, down);
  require(!near.receive(down, arrived, up) && arrived == content,
          "a client receives what was sent");
}

// The first byte: a hello as it is, a hello with the right digest, or what follows an honest one.
void fake_tls_server_side(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte() % 3;
  const std::size_t read = std::size_t{in.byte()} + 1;
  bytes hello = tls_hello();
  if (how != 2) {
    const byte_view rest = in.rest();
    in = dice(rest);
    const byte_view first = in.take(record_size(rest));
    hello = how == 1 ? signed_hello(first) : bytes(first.begin(), first.end());
  }
  // Nothing may come with the hello in one read, so that it is a part of its own.
  const outcome came = feed_both_ways(tls_far, {hello, in.rest()}, read);
  require(came.open || came.plain.empty(), "nothing comes through before the hello");
}

}  // namespace mtfetch::fuzz
