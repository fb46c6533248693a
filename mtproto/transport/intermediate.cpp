// SPDX-License-Identifier: BSL-1.0
// Intermediate framing: the size in four bytes; and its padded form, which hides the packet's size.
#include <algorithm>
#include <array>

#include "mtproto/transport/framing.hpp"
#include "mtproto/transport/little_endian.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::uint32_t high_bit = 0x80000000;
constexpr std::size_t head_size = 4;
constexpr std::size_t most_padding = 15;

frame_shape shape_of(std::uint32_t length) {
  frame_shape shape;
  shape.offset = head_size;
  shape.payload = length;
  shape.size = head_size + shape.payload;
  return shape;
}

std::error_code put_head(tl::packet_buffer& packet, bool request_quick_ack) {
  const std::size_t size = packet.size();
  if (size >= high_bit) return transport_errc::frame_too_large;
  store_u32(packet.prepend(head_size),
            static_cast<std::uint32_t>(size) | (request_quick_ack ? high_bit : 0));
  return {};
}

}  // namespace

result<frame_shape> intermediate_codec::measure(byte_view in, role side) const {
  if (in.size() < head_size) return frame_shape{};
  const std::uint32_t length = load_u32(in);
  if (side == role::client && (length & high_bit) != 0) {
    frame_shape shape;
    shape.size = head_size;
    shape.quick_ack = length;
    return shape;
  }
  frame_shape shape = shape_of(length & ~high_bit);
  shape.quick_ack_requested = (length & high_bit) != 0;
  return shape;
}

std::error_code intermediate_codec::wrap(tl::packet_buffer& packet, bool request_quick_ack) const {
  return put_head(packet, request_quick_ack);
}

result<frame_shape> padded_codec::measure(byte_view in, role side) const {
  if (in.size() < head_size) return frame_shape{};
  const std::uint32_t length = load_u32(in);
  // A server's quick acks are whole frames here, so its lengths never have the bit.
  if (side == role::client && (length & high_bit) != 0) return transport_errc::bad_frame;
  frame_shape shape = shape_of(length & ~high_bit);
  shape.quick_ack_requested = (length & high_bit) != 0;
  return shape;
}

std::error_code padded_codec::wrap(tl::packet_buffer& packet, bool request_quick_ack) const {
  if (max_padding > 0 && random) {
    std::array<std::uint8_t, most_padding + 1> noise;
    random(noise);
    const std::size_t size = noise[0] % (std::min(max_padding, most_padding) + 1);
    packet.append_bytes(byte_view(noise).subspan(1, size));
  }
  return put_head(packet, request_quick_ack);
}

std::size_t padded_codec::unpadded_size(byte_view payload) {
  constexpr std::size_t encrypted_head = 24;
  constexpr std::size_t block = 16;
  if (payload.size() < encrypted_head) return payload.size();
  const bool plain = std::ranges::all_of(payload.first(8), [](std::uint8_t b) { return b == 0; });
  if (plain) return payload.size();
  return payload.size() - (payload.size() - encrypted_head) % block;
}

}  // namespace mtfetch::transport
