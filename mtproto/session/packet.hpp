// SPDX-License-Identifier: BSL-1.0
// The encrypted packet: envelope, padding and encryption, sealed and opened in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>
#include <span>

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/tl/packet_buffer.hpp"

namespace mtfetch::session {

/// What stands in front of a packet's body under the encryption.
struct envelope {
  std::int64_t salt = 0;
  std::int64_t session_id = 0;
  std::int64_t message_id = 0;
  std::int32_t seqno = 0;
};

struct opened_packet {
  envelope head;
  byte_view body;  ///< a view into the packet
};

/// Bytes behind an encrypted packet that are not part of it.
enum class tail : std::uint8_t {
  refuse,  ///< the framing gives exact lengths (abridged, intermediate, full)
  cut,     ///< padded intermediate: up to 15 bytes of padding follow
};

/// The envelope with its length field, under the encryption.
inline constexpr std::size_t envelope_size = 32;
/// The padding that a packet may have. https://core.telegram.org/mtproto/description#padding
inline constexpr std::size_t least_padding = 12;
inline constexpr std::size_t most_padding = 1024;

/// Empties `out` and leaves room for all that stands in front of a body, which is then appended.
void begin_packet(tl::packet_buffer& out);

/// Puts envelope and padding around the body appended since begin_packet; its size must be a
/// multiple of 4. The padding is as short as it may be, plus a random number of blocks of 16 bytes,
/// `extra_blocks` at most (60 at most), so that its size says less about the body. The packet is
/// then ready for crypto::seal.
void close_packet(tl::packet_buffer& out, const envelope& head, const random_source& random,
                  std::size_t extra_blocks = 0);

/// close_packet and crypto::seal in one.
void seal_packet(tl::packet_buffer& out, const envelope& head, const crypto::auth_key& key,
                 crypto::side sender, const random_source& random, std::size_t extra_blocks = 0);

/// The part of a packet that crypto::open is to decrypt, without what the framing left behind it.
/// Empty when it is none: too short, or not of whole blocks.
byte_span sealed_part(byte_span packet, tail trailing);

/// Takes apart what crypto::open has decrypted: session id, length and padding are checked.
/// `sessions` are the ids that are accepted; none given accepts every id.
result<opened_packet> read_plaintext(byte_view plaintext,
                                     std::span<const std::int64_t> sessions = {});

/// Decrypts a packet in place and checks all that concerns the packet as such: key id, size,
/// msg_key, session id, length, padding. `sender` is the other side. The message id is the
/// session's business. Every failure is security_errc::bad_packet, so that a peer cannot tell which
/// it was. https://core.telegram.org/mtproto/security_guidelines
result<opened_packet> open_packet(byte_span packet, const crypto::auth_key& key,
                                  crypto::side sender, tail trailing,
                                  std::span<const std::int64_t> sessions = {});

}  // namespace mtfetch::session
