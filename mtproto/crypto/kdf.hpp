// SPDX-License-Identifier: BSL-1.0
// From keys and message keys to AES keys: MTProto 2.0, MTProto 1.0 and the handshake.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/bytes.hpp>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

/// Who sends a message: the two directions use different parts of the key (x = 0 and x = 8).
enum class side { client, server };

using message_key = std::array<std::uint8_t, 16>;

/// What AES-256-IGE needs for one message. Wiped at its end.
struct aes_key_iv {
  secret<32> key;
  secret<32> iv;
};

/// MTProto 2.0: SHA-256 of a part of the key and the whole plaintext with its padding. Bytes 8..23
/// are the msg_key; the first four make the quick-ack token.
/// https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector
std::array<std::uint8_t, 32> message_key_large(byte_view plaintext, const auth_key& key,
                                               side sender);
aes_key_iv derive_v2(const auth_key& key, const message_key& msg_key, side sender);
/// The last step of it, from the two hashes (sha256_a and sha256_b there).
aes_key_iv assemble_v2(const std::array<std::uint8_t, 32>& a,
                       const std::array<std::uint8_t, 32>& b);

/// MTProto 1.0: for the message inside auth.bindTempAuthKey and for tdata. The plaintext here is
/// without padding. https://core.telegram.org/mtproto/description_v1
message_key message_key_v1(byte_view plaintext);
/// The key's first 136 bytes are used, so any secret of that size and more will do; a shorter one
/// throws std::invalid_argument.
aes_key_iv derive_v1(byte_view key, const message_key& msg_key, side sender);

/// The key of server_DH_params_ok and set_client_DH_params. new_nonce has 32 bytes, server_nonce
/// 16. https://core.telegram.org/mtproto/auth_key
aes_key_iv tmp_aes_key_iv(byte_view new_nonce, byte_view server_nonce);

}  // namespace mtfetch::crypto
