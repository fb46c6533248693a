// SPDX-License-Identifier: BSL-1.0
// HTTP messages: the head by itself, and answers and requests that carry packets.
#include <algorithm>
#include <cctype>
#include <mtfetch/error.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "mtproto/transport/http_head.hpp"
#include "mtproto/transport/stream.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/handshake/exchange.hpp"

namespace mtfetch::fuzz {

namespace {

constexpr std::size_t most = 64 * 1024;

struct outcome {
  std::error_code failed;
  std::vector<bytes> packets;
  std::vector<std::int32_t> errors;
  bool another_layer = false;  // the first bytes are not for this layer
  friend bool operator==(const outcome&, const outcome&) = default;
};

transport::stream stream_for(bool is_server) {
  if (is_server) {
    transport::server_options options;
    options.max_packet = most;
    options.random = handshake::testing::seeded(1);
    return transport::stream::server(std::move(options));
  }
  transport::stream_options options;
  options.kind = transport::framing::http;
  options.http_host = "149.154.167.51:80";
  options.max_packet = most;
  return transport::stream::client(std::move(options), handshake::testing::seeded(1));
}

// A request before each part, or an answer behind it, where one may go out.
void say_something(transport::stream& by) {
  if (!by.may_send()) return;
  tl::packet_buffer packet;
  packet.append(24);
  (void)by.frame(packet);
}

void take_all(transport::stream& from, outcome& out) {
  while (auto next = from.next()) {
    if (const auto* error = std::get_if<std::int32_t>(&*next)) out.errors.push_back(*error);
    const auto* packet = std::get_if<transport::packet>(&*next);
    if (packet == nullptr) continue;
    require(packet->data.size() <= most, "no packet is larger than the limit");
    out.packets.emplace_back(packet->data.begin(), packet->data.end());
    std::ranges::fill(packet->data, 0xaa);  // the bytes are the receiver's
  }
}

outcome feed(bool is_server, const std::vector<byte_view>& parts, std::size_t read) {
  outcome out;
  transport::stream stream = stream_for(is_server);
  for (byte_view part : parts) {
    if (!is_server) say_something(stream);
    while (!part.empty()) {
      const byte_span room = stream.prepare();
      require(!room.empty(), "there is always room to read into");
      const byte_view chunk = part.first(std::min({read, part.size(), room.size()}));
      std::ranges::copy(chunk, room.begin());
      part = part.subspan(chunk.size());
      out.failed = stream.commit(chunk.size());
      take_all(stream, out);
      if (out.failed) {
        outcome after = out;
        stream.prepare()[0] = 'H';
        after.failed = stream.commit(1);
        take_all(stream, after);
        require(after == out, "after an error nothing more is taken");
        return out;
      }
      const auto begun = stream.begins_with();
      out.another_layer =
          begun == transport::opening::tls || begun == transport::opening::websocket;
      if (out.another_layer) return out;
    }
    if (is_server) say_something(stream);
  }
  return out;
}

}  // namespace

// A byte that says whose side, a byte for the size of the reads, and what the other side says each
// time: a size of two bytes and so many bytes.
void http_stream(byte_view input) {
  dice in(input);
  const bool is_server = (in.byte() & 1) != 0;
  const std::size_t read = std::size_t{in.byte()} + 1;
  std::vector<byte_view> parts;
  while (!in.empty()) parts.push_back(in.take(in.word()));
  require(feed(is_server, parts, read) == feed(is_server, parts, SIZE_MAX),
          "bytes mean the same however they are cut");
}

void http_head(byte_view input) {
  const auto read = transport::read_http_head(input);
  if (!read) {
    require(read.error() == transport_errc::bad_http, "a bad head is called one");
    return;
  }
  if (!*read) {
    require(input.size() < transport::most_http_head, "a head has a limit");
    return;
  }
  const transport::http_head& head = **read;
  require(head.size <= transport::most_http_head && head.size <= input.size(), "a head has an end");
  const auto alone = transport::read_http_head(input.first(head.size));
  require(alone && *alone && (*alone)->first_line == head.first_line &&
              (*alone)->fields == head.fields && (*alone)->size == head.size,
          "what is behind a head does not change it");
  const auto begun = transport::read_http_head(input.first(head.size - 1));
  require(begun && !*begun, "a head that is not whole needs more");
  if (const auto status = head.status()) {
    require(*status >= 100 && *status <= 999, "a status has three digits");
  }
  for (const auto& [name, value] : head.fields) {
    require(!name.empty() && head.has(name), "a field that is there is found");
    require(value.find_first_of("\r\n\0", 0, 3) == std::string_view::npos, "a value is one line");
    const auto only = head.only(name);
    require(!only || *only == value, "a field that stands there once has one value");
    if (transport::read_number(value, 16, SIZE_MAX)) {
      require(std::ranges::all_of(
                  value, [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }),
              "a number has digits and nothing else");
    }
  }
}

}  // namespace mtfetch::fuzz
