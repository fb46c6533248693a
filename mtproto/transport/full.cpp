// SPDX-License-Identifier: BSL-1.0
// Full framing: size, sequence number and CRC-32 around each packet.
#include <zlib.h>

#include "mtproto/transport/framing.hpp"
#include "mtproto/transport/little_endian.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::size_t head_size = 8;
constexpr std::size_t trailer_size = 4;
constexpr std::size_t overhead = head_size + trailer_size;

std::uint32_t crc_of(byte_view data) {
  return static_cast<std::uint32_t>(crc32_z(0, data.data(), data.size()));
}

}  // namespace

result<frame_shape> full_codec::measure(byte_view in, role side) const {
  frame_shape shape;
  if (in.size() < 4) return shape;
  const std::uint32_t total = load_u32(in);
  if (side == role::client && total > 0x7fffffff) {
    // Servers under flood have been seen to answer with the error code three times and no frame.
    if (in.size() < overhead) return shape;
    if (load_u32(in.subspan(4)) != total || load_u32(in.subspan(8)) != total) {
      return transport_errc::bad_frame;
    }
    shape.size = overhead;
    shape.transport_error = static_cast<std::int32_t>(total);
    return shape;
  }
  if (total < overhead) return transport_errc::bad_frame;
  shape.size = total;
  shape.offset = head_size;
  shape.payload = total - overhead;
  return shape;
}

std::error_code full_codec::check(byte_view frame) {
  const byte_view summed = frame.first(frame.size() - trailer_size);
  if (load_u32(frame.subspan(4)) != received ||
      load_u32(frame.last(trailer_size)) != crc_of(summed)) {
    return transport_errc::bad_frame;
  }
  ++received;
  return {};
}

std::error_code full_codec::wrap(tl::packet_buffer& packet, bool) {
  const std::size_t total = packet.size() + overhead;
  if (total > 0x7fffffff) return transport_errc::frame_too_large;
  const byte_span head = packet.prepend(head_size);
  store_u32(head, static_cast<std::uint32_t>(total));
  store_u32(head.subspan(4), sent);
  const std::uint32_t crc = crc_of(packet.payload());
  store_u32(packet.append(trailer_size), crc);
  ++sent;
  return {};
}

}  // namespace mtfetch::transport
