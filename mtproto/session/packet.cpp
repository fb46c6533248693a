// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/packet.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "mtproto/session/wire.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::session {

void begin_packet(tl::packet_buffer& out) {
  out.clear();
  out.append(crypto::packet_head + envelope_size);
}

void close_packet(tl::packet_buffer& out, const envelope& head, const random_source& random,
                  std::size_t extra_blocks) {
  const std::size_t body = out.size() - crypto::packet_head - envelope_size;
  assert(body % 4 == 0 && "a message's length is a multiple of 4");
  assert(extra_blocks <= 60 && "padding of more than 1024 bytes");
  std::uint8_t* at = out.payload().data() + crypto::packet_head;
  at = store_i64(at, head.salt);
  at = store_i64(at, head.session_id);
  at = store_i64(at, head.message_id);
  at = store_i32(at, head.seqno);
  store_i32(at, static_cast<std::int32_t>(body));

  const std::size_t least = least_padding + (16 - (envelope_size + body + least_padding) % 16) % 16;
  // One draw gives the padding and, in one byte more, how much of it is used.
  const byte_span drawn = out.append(least + extra_blocks * 16 + 1);
  random(drawn);
  const std::size_t extra = drawn.back() % (extra_blocks + 1);
  out.drop_back((extra_blocks - extra) * 16 + 1);
}

void seal_packet(tl::packet_buffer& out, const envelope& head, const crypto::auth_key& key,
                 crypto::side sender, const random_source& random, std::size_t extra_blocks) {
  close_packet(out, head, random, extra_blocks);
  crypto::seal(out.payload(), key, sender);
}

result<opened_packet> read_plaintext(byte_view plaintext, std::span<const std::int64_t> sessions) {
  tl::reader in(plaintext);
  opened_packet packet;
  packet.head.salt = in.i64();
  packet.head.session_id = in.i64();
  packet.head.message_id = in.i64();
  packet.head.seqno = in.i32();
  const auto length = static_cast<std::size_t>(in.u32());
  const std::size_t left = in.remaining();
  const bool ours =
      sessions.empty() || std::ranges::find(sessions, packet.head.session_id) != sessions.end();
  // A negative length is a huge one here. An object has 4 bytes at least.
  if (in.error() || !ours || length > left || length % 4 != 0 || length < 4 ||
      left - length < least_padding || left - length > most_padding) {
    return security_errc::bad_packet;
  }
  packet.body = in.raw_view(length);
  return packet;
}

byte_span sealed_part(byte_span packet, tail trailing) {
  constexpr std::size_t least = crypto::packet_head + 48;
  if (packet.size() < least) return {};
  const std::size_t behind = (packet.size() - crypto::packet_head) % 16;
  if (behind != 0 && trailing == tail::refuse) return {};
  return packet.first(packet.size() - behind);
}

result<opened_packet> open_packet(byte_span packet, const crypto::auth_key& key,
                                  crypto::side sender, tail trailing,
                                  std::span<const std::int64_t> sessions) {
  packet = sealed_part(packet, trailing);
  if (packet.empty()) return security_errc::bad_packet;
  if (const std::error_code bad = crypto::open(packet, key, sender)) return bad;
  return read_plaintext(packet.subspan(crypto::packet_head), sessions);
}

}  // namespace mtfetch::session
