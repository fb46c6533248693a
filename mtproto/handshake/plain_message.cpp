// SPDX-License-Identifier: BSL-1.0
// Writes and takes apart the envelope of unencrypted messages.
#include "mtproto/handshake/plain_message.hpp"

#include <algorithm>
#include <mtfetch/error.hpp>

#include "mtproto/tl/reader.hpp"
#include "mtproto/tl/writer.hpp"

namespace mtfetch::handshake {

bool is_plain(byte_view packet) {
  return packet.size() >= plain_head &&
         std::ranges::all_of(packet.first(8), [](std::uint8_t b) { return b == 0; });
}

result<plain_message> read_plain(byte_view packet) {
  if (packet.size() < plain_head) return protocol_errc::truncated;
  if (!is_plain(packet)) return protocol_errc::bad_message;
  tl::reader in(packet.subspan(8));
  plain_message message;
  message.message_id = in.i64();
  const std::int32_t length = in.i32();
  if (length <= 0 || static_cast<std::size_t>(length) > in.remaining()) {
    return protocol_errc::bad_message;
  }
  message.body = in.raw_view(static_cast<std::size_t>(length));
  return message;
}

bytes write_plain(std::int64_t message_id, byte_view body) {
  bytes packet;
  tl::writer out(packet);
  out.i64(0);
  out.i64(message_id);
  out.i32(static_cast<std::int32_t>(body.size()));
  out.raw(body);
  return packet;
}

}  // namespace mtfetch::handshake
