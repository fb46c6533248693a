// SPDX-License-Identifier: BSL-1.0
// Every framing, obfuscated and not, as client and as server.
#include <algorithm>
#include <random>

#include "mtproto/transport/stream.hpp"
#include "tests/fuzz/targets.hpp"

namespace mtfetch::fuzz {

namespace {

constexpr std::size_t most = 64 * 1024;

transport::stream stream_for(std::uint8_t how) {
  const random_source random = [engine = std::mt19937(1)](byte_span out) mutable {
    for (std::uint8_t& each : out) each = static_cast<std::uint8_t>(engine());
  };
  if ((how & 8) != 0) {
    transport::server_options options;
    options.max_packet = most;
    options.random = random;
    return transport::stream::server(std::move(options));
  }
  transport::stream_options options;
  options.kind = static_cast<transport::framing>(how & 3);
  options.obfuscated = (how & 4) != 0;
  options.max_packet = most;
  return transport::stream::client(std::move(options), random);
}

}  // namespace

// A byte that says how, a byte for the size of the reads, and what comes off the socket.
void framing(byte_view input) {
  dice in(input);
  transport::stream stream = stream_for(in.byte());
  const std::size_t read = std::size_t{in.byte()} + 1;
  stream.greeting();
  tl::packet_buffer answer;
  while (!in.empty()) {
    const byte_span room = stream.prepare();
    require(!room.empty(), "there is always room to read into");
    const byte_view chunk = in.take(std::min(read, room.size()));
    std::ranges::copy(chunk, room.begin());
    const std::error_code failed = stream.commit(chunk.size());
    while (auto next = stream.next()) {
      auto* packet = std::get_if<transport::packet>(&*next);
      if (packet == nullptr) continue;
      require(packet->data.size() <= most, "no packet is larger than the limit");
      std::ranges::fill(packet->data, 0xaa);  // the bytes are the receiver's
      answer.clear();
      answer.append(16);
      (void)stream.frame(answer);
    }
    if (failed) break;
  }
}

}  // namespace mtfetch::fuzz
