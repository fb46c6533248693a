// SPDX-License-Identifier: BSL-1.0
// What the transport tests share: hex, seeded randomness, and bytes carried from side to side.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "mtproto/tl/hex.hpp"
#include "mtproto/transport/stream.hpp"

namespace mtfetch::transport {

inline bytes from_hex(std::string_view text) {
  return tl::from_hex(text).value();
}

inline random_source seeded(std::uint32_t seed) {
  return [engine = std::mt19937(seed)](byte_span out) mutable {
    for (std::uint8_t& b : out) b = static_cast<std::uint8_t>(engine());
  };
}

/// Gives the prepared bytes, one call after another; throws when they are used up.
inline random_source scripted(std::vector<bytes> draws) {
  return [draws = std::move(draws), next = std::size_t{0}](byte_span out) mutable {
    const bytes& draw = draws.at(next++);
    if (draw.size() != out.size()) throw std::logic_error("a draw of another size");
    std::ranges::copy(draw, out.begin());
  };
}

/// A packet that looks encrypted: its key id is not zero.
inline bytes some_packet(std::size_t size, std::uint8_t first = 0) {
  bytes made(size);
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<std::uint8_t>(i + first + 1);
  return made;
}

inline bytes framed(stream& by, byte_view packet, bool request_quick_ack = false) {
  tl::packet_buffer buffer;
  buffer.append_bytes(packet);
  if (const std::error_code refused = by.frame(buffer, request_quick_ack)) {
    throw std::system_error(refused);
  }
  const byte_view whole = buffer.payload();
  return {whole.begin(), whole.end()};
}

/// Hands bytes to a stream as a socket would, at most `piece` at a time.
inline std::error_code deliver(stream& to, byte_view data, std::size_t piece = SIZE_MAX) {
  while (!data.empty()) {
    const byte_span room = to.prepare();
    const std::size_t n = std::min({room.size(), data.size(), piece});
    std::ranges::copy(data.first(n), room.begin());
    data = data.subspan(n);
    if (const std::error_code error = to.commit(n)) return error;
  }
  return {};
}

inline std::vector<received> drain(stream& from) {
  std::vector<received> all;
  while (std::optional<received> one = from.next()) all.push_back(std::move(*one));
  return all;
}

inline bytes data_of(const received& from) {
  const byte_view data = std::get<packet>(from).data;
  return {data.begin(), data.end()};
}

struct way {
  framing kind;
  bool obfuscated;
};
inline constexpr way every_way[] = {{framing::abridged, false},
                                    {framing::abridged, true},
                                    {framing::intermediate, false},
                                    {framing::intermediate, true},
                                    {framing::padded_intermediate, false},
                                    {framing::padded_intermediate, true},
                                    {framing::full, false}};

inline stream_options options_of(way which) {
  stream_options options;
  options.kind = which.kind;
  options.obfuscated = which.obfuscated;
  return options;
}

/// Both ends of one connection; the server has read the client's first bytes and one packet.
struct pair_of_streams {
  explicit pair_of_streams(way which)
      : near(stream::client(options_of(which), seeded(1))), far(stream::server(far_options())) {
    if (deliver(far, near.greeting()) || deliver(far, framed(near, some_packet(40))) ||
        drain(far).size() != 1) {
      throw std::logic_error("the two ends do not understand each other");
    }
  }
  static server_options far_options() {
    server_options options;
    options.random = seeded(2);
    return options;
  }
  stream near;
  stream far;
};

}  // namespace mtfetch::transport
