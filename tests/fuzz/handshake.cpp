// SPDX-License-Identifier: BSL-1.0
// Both sides of a key exchange, at every step, with the nonces right where that is asked for: else
// nothing behind the first check would ever be reached.
#include <algorithm>

#include "mtproto/crypto/kdf.hpp"
#include "mtproto/handshake/plain_message.hpp"
#include "mtproto/handshake/sealed_object.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::fuzz {

namespace {

using namespace handshake;
using handshake::testing::client_of;
using handshake::testing::noon;
using handshake::testing::seeded;
using handshake::testing::seeded_with;
using handshake::testing::server_of;

constexpr std::size_t nonces_at = 4;
constexpr std::size_t nonces_size = 32;

client new_client() {
  return client(client_of(), seeded_with(31, {{32, {bytes(32, 3)}}}));
}
server new_server() {
  return server(server_of(), seeded(32));
}

// An honest exchange: the client before each answer, the server before each query, and all packets.
// Both are copied for an input, since what brings them there is slow: RSA and modular powers.
struct recording {
  recording() {
    client near = new_client();
    server far = new_server();
    std::optional<bytes> query = near.start(noon());
    while (query) {
      asked.push_back(far);
      before.push_back(near);
      answers.push_back(far.receive(*query, noon()).packet.value());
      query = near.receive(answers.back(), noon()).value();
    }
    const byte_view nonces_of_offer = byte_view(answers[0]).subspan(plain_head + nonces_at);
    nonces.assign(nonces_of_offer.begin(), nonces_of_offer.begin() + nonces_size);
  }
  std::vector<client> before;
  std::vector<server> asked;
  std::vector<bytes> answers;
  bytes nonces;
};

const recording& honest() {
  static const recording made;
  return made;
}

void put_nonces(bytes& object) {
  if (object.size() < nonces_at + nonces_size) return;
  std::ranges::copy(honest().nonces, object.begin() + nonces_at);
}

// What the second answer says under its encryption, sealed as it should be.
bytes sealed_group(bytes inner) {
  put_nonces(inner);
  const byte_view server_nonce = byte_view(honest().nonces).subspan(16);
  bytes sealed = hash_and_pad(inner, seeded(1));
  encrypt_object(sealed, crypto::tmp_aes_key_iv(bytes(32, 3), server_nonce));
  mtproto::server_DH_params_ok params;
  params.encrypted_answer = std::move(sealed);
  bytes body = tl::serialize(mtproto::Server_DH_Params(std::move(params)));
  put_nonces(body);
  return body;
}

}  // namespace

// A byte for the step and for how the rest is wrapped, and the rest.
void handshake_client(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte();
  const std::size_t step = how % 3;
  const byte_view rest = in.rest();
  bytes body(rest.begin(), rest.end());
  client near = honest().before[step];
  switch (how / 3 % 4) {
    case 0:
      break;
    case 1:
      body = write_plain(1, body);
      break;
    case 2:
      put_nonces(body);
      body = write_plain(1, body);
      break;
    default:
      near = honest().before[1];
      body = write_plain(1, sealed_group(std::move(body)));
  }
  const auto next = near.receive(body, noon());
  const bool same = std::ranges::equal(body, honest().answers[step]);
  require(!near.done() || same || next, "a client that refused has no key");
  (void)near.receive(honest().answers[step], noon());
}

void handshake_server(byte_view input) {
  dice in(input);
  const std::uint8_t how = in.byte();
  server far = honest().asked[how % 3];
  for (int packets = 0; !in.empty() && packets < 8; ++packets) {
    const byte_view part = in.take(in.word());
    bytes body(part.begin(), part.end());
    if ((how & 0x80) != 0) {
      far.receive(body, noon());
      continue;
    }
    if ((how & 0x40) != 0) put_nonces(body);
    far.receive(write_plain(4, body), noon());
  }
}

}  // namespace mtfetch::fuzz
