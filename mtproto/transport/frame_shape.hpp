// SPDX-License-Identifier: BSL-1.0
// The names of the framings, and what each says of the bytes at the front of a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mtfetch::transport {

/// https://core.telegram.org/mtproto/mtproto-transports
enum class framing { abridged, intermediate, padded_intermediate, full, http };

/// What a client's first bytes consist of: one of them for abridged, else four. The full framing
/// and HTTP have none.
constexpr std::uint8_t tag_byte(framing kind) {
  switch (kind) {
    case framing::abridged:
      return 0xef;
    case framing::intermediate:
      return 0xee;
    case framing::padded_intermediate:
    case framing::full:
    case framing::http:
      break;
  }
  return 0xdd;
}

/// Which end of the connection this is: the high bit of a length asks for a quick ack in one
/// direction and is one in the other.
enum class role { client, server };

/// What the front of a stream holds. A frame is complete when `size` bytes are there. Codecs give
/// transport_errc::bad_frame for a header that no frame has; the limit of sizes is the stream's.
struct frame_shape {
  std::size_t size = 0;     ///< of the whole frame; 0: more bytes are needed to know
  std::size_t offset = 0;   ///< of the payload in it
  std::size_t payload = 0;  ///< size of the payload; with padding, where the framing has it
  bool quick_ack_requested = false;
  std::optional<std::uint32_t> quick_ack;       ///< the frame is a quick ack, not a packet
  std::optional<std::int32_t> transport_error;  ///< the frame is an error by its header alone
};

}  // namespace mtfetch::transport
