// SPDX-License-Identifier: BSL-1.0
// The five framings: how each finds a frame in a stream and how it wraps a packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/result.hpp>
#include <system_error>
#include <variant>

#include "mtproto/tl/packet_buffer.hpp"
#include "mtproto/transport/frame_shape.hpp"
#include "mtproto/transport/http.hpp"

namespace mtfetch::transport {

/// One byte or four, in words of four bytes.
/// https://core.telegram.org/mtproto/mtproto-transports#abridged
struct abridged_codec {
  static constexpr framing kind = framing::abridged;
  result<frame_shape> measure(byte_view in, role side) const;
  std::error_code wrap(tl::packet_buffer& packet, bool request_quick_ack) const;
};

/// Four bytes, in bytes; the padded form adds random bytes behind the packet.
/// https://core.telegram.org/mtproto/mtproto-transports#intermediate
struct intermediate_codec {
  static constexpr framing kind = framing::intermediate;
  result<frame_shape> measure(byte_view in, role side) const;
  std::error_code wrap(tl::packet_buffer& packet, bool request_quick_ack) const;
};

/// https://core.telegram.org/mtproto/mtproto-transports#padded-intermediate
struct padded_codec {
  static constexpr framing kind = framing::padded_intermediate;
  std::size_t max_padding = 0;
  random_source random;
  result<frame_shape> measure(byte_view in, role side) const;
  std::error_code wrap(tl::packet_buffer& packet, bool request_quick_ack) const;
  /// The size without the padding, as far as the payload tells it: an encrypted packet has 24 bytes
  /// and whole blocks of 16. A plaintext message says its own length and is left as it is.
  static std::size_t unpadded_size(byte_view payload);
};

/// Length, sequence number and CRC-32. https://core.telegram.org/mtproto/mtproto-transports#full
struct full_codec {
  static constexpr framing kind = framing::full;
  std::uint32_t sent = 0;
  std::uint32_t received = 0;
  result<frame_shape> measure(byte_view in, role side) const;
  /// Checks a whole frame; transport_errc::bad_frame when sequence number or CRC-32 is wrong.
  std::error_code check(byte_view frame);
  std::error_code wrap(tl::packet_buffer& packet, bool request_quick_ack);
};

/// The framing of one connection, with what it must remember.
using codec =
    std::variant<abridged_codec, intermediate_codec, padded_codec, full_codec, http_codec>;

}  // namespace mtfetch::transport
