// SPDX-License-Identifier: BSL-1.0
// Obfuscated2: 64 bytes that look random and give both directions their AES-256-CTR keystream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <span>

#include "mtproto/crypto/aes_ctr.hpp"
#include "mtproto/transport/framing.hpp"

namespace mtfetch::transport {

inline constexpr std::size_t greeting_size = 64;
using greeting_bytes = std::array<std::uint8_t, greeting_size>;

/// The two keystreams of one connection.
/// https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation
struct obfuscation {
  crypto::aes_ctr send;
  crypto::aes_ctr receive;
};

/// Whether a connection may begin with these bytes: no other framing and no HTTP or TLS does.
bool may_begin_obfuscated(std::span<const std::uint8_t, greeting_size> greeting);

/// 64 random bytes with the framing's tag in their place, and `dc` where it is not zero; drawn
/// again until may_begin_obfuscated. The framing is not framing::full.
greeting_bytes draw_greeting(framing kind, std::int16_t dc, const random_source& random);

struct client_obfuscation {
  greeting_bytes wire;  ///< what is sent: the last 8 bytes are encrypted
  obfuscation ciphers;
};
/// `greeting` is as drawn. `proxy_secret` is empty, or the 16 bytes of an MTProxy.
client_obfuscation begin_obfuscation(const greeting_bytes& greeting, byte_view proxy_secret = {});

struct server_obfuscation {
  framing kind;
  std::int16_t dc;  ///< as the client wrote it; random when it wrote none
  obfuscation ciphers;
};
/// Reads what a client sent; nothing when the tag is no framing's.
std::optional<server_obfuscation> accept_obfuscation(
    std::span<const std::uint8_t, greeting_size> wire, byte_view proxy_secret = {});

}  // namespace mtfetch::transport
