// SPDX-License-Identifier: BSL-1.0
// Obfuscated2: drawing and reading the 64 bytes that begin a connection.
#include "mtproto/transport/obfuscation.hpp"

#include <algorithm>

#include "mtproto/crypto/secure.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::size_t key_at = 8;
constexpr std::size_t key_size = 32;
constexpr std::size_t iv_at = 40;
constexpr std::size_t iv_size = 16;
constexpr std::size_t tag_at = 56;
constexpr std::size_t dc_at = 60;

using four_bytes = std::array<std::uint8_t, 4>;

/// What other framings, HTTP and TLS begin with.
constexpr std::array<four_bytes, 7> forbidden{{{'H', 'E', 'A', 'D'},
                                               {'P', 'O', 'S', 'T'},
                                               {'G', 'E', 'T', ' '},
                                               {'O', 'P', 'T', 'I'},
                                               {0x16, 0x03, 0x01, 0x02},
                                               {0xdd, 0xdd, 0xdd, 0xdd},
                                               {0xee, 0xee, 0xee, 0xee}}};

crypto::aes_ctr keystream(const greeting_bytes& from, byte_view proxy_secret) {
  const byte_view key = byte_view(from).subspan(key_at, key_size);
  const byte_view iv = byte_view(from).subspan(iv_at, iv_size);
  if (proxy_secret.empty()) return crypto::aes_ctr(key, iv);
  crypto::sha256_digest mixed = crypto::sha256(key, proxy_secret);
  const crypto::wipe_at_exit wiped(mixed);
  return crypto::aes_ctr(mixed, iv);
}

greeting_bytes reversed(greeting_bytes greeting) {
  std::ranges::reverse(greeting);
  return greeting;
}

}  // namespace

bool may_begin_obfuscated(std::span<const std::uint8_t, greeting_size> greeting) {
  if (greeting[0] == 0xef) return false;
  const auto begins_with = [&](const four_bytes& prefix) {
    return std::ranges::equal(greeting.first<4>(), prefix);
  };
  if (std::ranges::any_of(forbidden, begins_with)) return false;
  // Zeros here would look like the first sequence number of the full framing.
  return std::ranges::any_of(greeting.subspan<4, 4>(), [](std::uint8_t b) { return b != 0; });
}

greeting_bytes draw_greeting(framing kind, std::int16_t dc, const random_source& random) {
  greeting_bytes greeting;
  do {
    random(greeting);
  } while (!may_begin_obfuscated(greeting));
  std::fill_n(greeting.begin() + tag_at, 4, tag_byte(kind));
  if (dc != 0) {
    const auto bits = static_cast<std::uint16_t>(dc);
    greeting[dc_at] = static_cast<std::uint8_t>(bits);
    greeting[dc_at + 1] = static_cast<std::uint8_t>(bits >> 8);
  }
  return greeting;
}

client_obfuscation begin_obfuscation(const greeting_bytes& greeting, byte_view proxy_secret) {
  client_obfuscation made{
      greeting, {keystream(greeting, proxy_secret), keystream(reversed(greeting), proxy_secret)}};
  greeting_bytes encrypted = greeting;
  made.ciphers.send.apply(encrypted);
  std::copy(encrypted.begin() + tag_at, encrypted.end(), made.wire.begin() + tag_at);
  return made;
}

std::optional<server_obfuscation> accept_obfuscation(
    std::span<const std::uint8_t, greeting_size> wire, byte_view proxy_secret) {
  greeting_bytes greeting;
  std::ranges::copy(wire, greeting.begin());
  crypto::aes_ctr receive = keystream(greeting, proxy_secret);
  crypto::aes_ctr send = keystream(reversed(greeting), proxy_secret);
  receive.apply(greeting);
  const byte_view tag = byte_view(greeting).subspan(tag_at, 4);
  for (const framing kind :
       {framing::abridged, framing::intermediate, framing::padded_intermediate}) {
    const auto is_tag = [&](std::uint8_t b) { return b == tag_byte(kind); };
    if (!std::ranges::all_of(tag, is_tag)) continue;
    const auto dc = static_cast<std::uint16_t>(greeting[dc_at] | greeting[dc_at + 1] << 8);
    return server_obfuscation{
        kind, static_cast<std::int16_t>(dc), {std::move(send), std::move(receive)}};
  }
  return std::nullopt;
}

}  // namespace mtfetch::transport
