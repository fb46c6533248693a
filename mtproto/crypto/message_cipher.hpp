// SPDX-License-Identifier: BSL-1.0
// Seals and opens encrypted packets in place: msg_key, key derivation and AES-IGE together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/result.hpp>
#include <span>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/kdf.hpp"

namespace mtfetch::crypto {

/// auth_key_id and msg_key, in front of the encrypted bytes.
inline constexpr std::size_t packet_head = 24;

/// Seals a packet in place. It begins with 24 bytes of room; behind them is the plaintext with its
/// padding, its size a multiple of 16 (std::invalid_argument otherwise: a mistake of the caller).
/// `sender` is our own side. https://core.telegram.org/mtproto/description#encrypted-message
void seal(byte_span packet, const auth_key& key, side sender);

/// Opens a packet in place: key id and size are checked, then it is decrypted and its msg_key
/// compared in constant time. `sender` is the other side. Afterwards packet.subspan(24) is the
/// plaintext with its padding. Every failure is security_errc::bad_packet; the bytes are then of
/// no use. Nothing but the key, the size and the msg_key is looked at.
[[nodiscard]] std::error_code open(byte_span packet, const auth_key& key, side sender);

/// A packet to open or to seal with others. The key must outlive the call.
struct open_job {
  byte_span packet;
  const auth_key* key = nullptr;
  side sender = side::server;
  /// What open() would have returned for it.
  std::error_code error;
};
struct seal_job {
  byte_span packet;
  const auth_key* key = nullptr;
  side sender = side::client;
};

/// open() for each, several at a time: eight 1 MiB packets take about a third of the time that they
/// take one after another, since a single one is bound by the latency of its cipher. Packets may
/// differ in size and key; those of similar size gain most when they stand together. The jobs do
/// not disturb each other. Allocates nothing. Thread-safe.
void open_batch(std::span<open_job> jobs);

/// seal() for each, several at a time. When one is malformed it throws std::invalid_argument before
/// any is touched.
void seal_batch(std::span<const seal_job> jobs);

/// What the server answers at once when a quick ack was asked for; bit 31 is set. `plaintext` is
/// what was sealed, padding included.
/// https://core.telegram.org/mtproto/mtproto-transports#quick-ack
std::uint32_t quick_ack_token(byte_view plaintext, const auth_key& key, side sender = side::client);

/// MTProto 1.0, for the message inside auth.bindTempAuthKey only. `plaintext` is 16 random bytes,
/// msg_id, seqno, length and body; up to 15 random bytes are added.
/// https://core.telegram.org/method/auth.bindTempAuthKey
bytes seal_v1(byte_view plaintext, const auth_key& key, const random_source& random);

/// The plaintext of such a packet without its padding (the length is the number at its byte 28).
/// Every failure is security_errc::bad_packet.
result<bytes> open_v1(byte_view packet, const auth_key& key);

}  // namespace mtfetch::crypto
