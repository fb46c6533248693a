// SPDX-License-Identifier: BSL-1.0
// The envelope of unencrypted messages: auth_key_id 0, msg_id, length, body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>

namespace mtfetch::handshake {

inline constexpr std::size_t plain_head = 20;

struct plain_message {
  std::int64_t message_id = 0;
  /// The object and whatever the sender put behind it: the length may cover more than the object.
  byte_view body;
};

/// Whether a packet is a plaintext message: its auth_key_id is zero. Shorter ones are not.
bool is_plain(byte_view packet);

/// Takes the envelope apart. Bytes behind the length (transport padding) are left out.
/// protocol_errc::bad_message when auth_key_id is not zero or the length is wrong, truncated when
/// the packet is shorter than its head.
/// https://core.telegram.org/mtproto/description#unencrypted-message
result<plain_message> read_plain(byte_view packet);

bytes write_plain(std::int64_t message_id, byte_view body);

}  // namespace mtfetch::handshake
