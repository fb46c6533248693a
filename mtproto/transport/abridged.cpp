// SPDX-License-Identifier: BSL-1.0
// Abridged framing: the size in words of four bytes, in one byte or in four.
#include "mtproto/transport/framing.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::uint8_t high_bit = 0x80;
constexpr std::uint8_t long_form = 0x7f;
constexpr std::size_t word = 4;
constexpr std::size_t most_words = 0xffffff;

}  // namespace

result<frame_shape> abridged_codec::measure(byte_view in, role side) const {
  frame_shape shape;
  if (in.empty()) return shape;
  if (side == role::client && (in[0] & high_bit) != 0) {
    if (in.size() < 4) return shape;
    shape.size = 4;
    // The only number of the framing that travels big-endian: its first byte must have the bit.
    shape.quick_ack = static_cast<std::uint32_t>(in[0]) << 24 |
                      static_cast<std::uint32_t>(in[1]) << 16 |
                      static_cast<std::uint32_t>(in[2]) << 8 | static_cast<std::uint32_t>(in[3]);
    return shape;
  }
  std::size_t words = in[0] & std::size_t{long_form};
  std::size_t head = 1;
  if (words == long_form) {
    if (in.size() < 4) return shape;
    words = in[1] | static_cast<std::size_t>(in[2]) << 8 | static_cast<std::size_t>(in[3]) << 16;
    head = 4;
  }
  shape.offset = head;
  shape.payload = words * word;
  shape.size = head + shape.payload;
  shape.quick_ack_requested = (in[0] & high_bit) != 0;
  return shape;
}

std::error_code abridged_codec::wrap(tl::packet_buffer& packet, bool request_quick_ack) const {
  const std::size_t words = packet.size() / word;
  if (packet.size() % word != 0) return transport_errc::bad_frame;
  if (words > most_words) return transport_errc::frame_too_large;
  const std::uint8_t flag = request_quick_ack ? high_bit : 0;
  if (words < long_form) {
    packet.prepend(1)[0] = static_cast<std::uint8_t>(words | flag);
    return {};
  }
  const byte_span head = packet.prepend(4);
  head[0] = long_form | flag;
  head[1] = static_cast<std::uint8_t>(words);
  head[2] = static_cast<std::uint8_t>(words >> 8);
  head[3] = static_cast<std::uint8_t>(words >> 16);
  return {};
}

}  // namespace mtfetch::transport
