// SPDX-License-Identifier: BSL-1.0
#include "mtproto/transport/websocket.hpp"

#include <algorithm>
#include <array>
#include <mtfetch/error.hpp>
#include <utility>

#include "mtproto/crypto/sha.hpp"
#include "mtproto/tl/base64.hpp"
#include "mtproto/transport/http_head.hpp"

namespace mtfetch::transport {
namespace {

constexpr std::uint8_t last_fragment = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t masked = 0x80;
constexpr std::size_t most_control = 125;
// No server has a reason to announce more in one frame; the contents are bounded by the framing.
constexpr std::uint64_t most_payload = std::uint64_t{16} << 20;

enum opcode : std::uint8_t { continuation = 0, binary = 2, close = 8, ping = 9, pong = 10 };

constexpr std::string_view protocol = "binary";
constexpr std::array<std::string_view, 2> paths = {"/apiws", "/apiws_test"};

void append(bytes& to, std::string_view text) {
  const byte_view raw = as_bytes(text);
  to.insert(to.end(), raw.begin(), raw.end());
}

// RFC 6455, 1.3: the key and a constant prove that the answer was made for this question.
std::string accept_of(std::string_view key) {
  constexpr std::string_view constant = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  return tl::to_base64(crypto::sha1(as_bytes(key), as_bytes(constant)));
}

// How many bytes the head has, as far as its first two tell.
std::size_t head_size(byte_view head) {
  if (head.size() < 2) return 2;
  const std::size_t length = head[1] & 0x7f;
  const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  return 2 + extended + ((head[1] & masked) != 0 ? 4 : 0);
}

bool is_control(std::uint8_t code) {
  return (code & 8) != 0;
}

}  // namespace

std::error_code websocket_frames::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  while (!from_wire.empty() || (in_frame_ && left_ == 0)) {
    if (!in_frame_) {
      const std::size_t n = std::min(head_size(head_) - head_.size(), from_wire.size());
      head_.insert(head_.end(), from_wire.begin(), from_wire.begin() + static_cast<long>(n));
      from_wire = from_wire.subspan(n);
      if (head_.size() < head_size(head_)) continue;
      if (const std::error_code refused = read_head()) return refused;
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, from_wire.size()));
    bytes& to = is_control(opcode_) ? control_ : plain;
    const std::size_t begin = to.size();
    to.insert(to.end(), from_wire.begin(), from_wire.begin() + static_cast<long>(n));
    if (mask_) {
      for (std::size_t i = begin; i < to.size(); ++i) to[i] ^= (*mask_)[mask_at_++ % 4];
    }
    from_wire = from_wire.subspan(n);
    left_ -= n;
    if (left_ != 0) break;
    in_frame_ = false;
    if (!is_control(opcode_)) continue;
    if (const std::error_code ended = end_control(wire)) return ended;
  }
  return {};
}

std::error_code websocket_frames::read_head() {
  const bool is_last = (head_[0] & last_fragment) != 0;
  opcode_ = head_[0] & 0x0f;
  const bool is_masked = (head_[1] & masked) != 0;
  if ((head_[0] & reserved_bits) != 0) return transport_errc::bad_frame;
  // Only clients mask, and always: RFC 6455, 5.1.
  if (is_masked != (side_ == role::server)) return transport_errc::bad_frame;
  left_ = head_[1] & 0x7f;
  std::size_t at = 2;
  if (left_ >= 126) {
    const std::size_t size = left_ == 126 ? 2 : 8;
    left_ = 0;
    for (; at < 2 + size; ++at) left_ = left_ << 8 | head_[at];
  }
  if (left_ > most_payload) return transport_errc::frame_too_large;
  mask_.reset();
  mask_at_ = 0;
  if (is_masked) {
    mask_.emplace();
    std::copy_n(head_.begin() + static_cast<long>(at), 4, mask_->begin());
  }
  if (is_control(opcode_)) {
    const bool known = opcode_ == close || opcode_ == ping || opcode_ == pong;
    if (!known || !is_last || left_ > most_control) return transport_errc::bad_frame;
    control_.clear();
  } else {
    // A message goes on with continuations only, and nothing else may be continued. Text is not for
    // us: the sub-protocol is binary.
    if (opcode_ != (in_message_ ? continuation : binary)) return transport_errc::bad_frame;
    in_message_ = !is_last;
  }
  head_.clear();
  in_frame_ = true;
  return {};
}

std::error_code websocket_frames::end_control(bytes& wire) {
  if (opcode_ == ping) put(last_fragment | pong, control_, wire);
  if (opcode_ != close) return {};
  if (control_.size() == 1) return transport_errc::bad_frame;
  put(last_fragment | close, byte_view(control_).first(std::min<std::size_t>(control_.size(), 2)),
      wire);
  return transport_errc::closed;
}

void websocket_frames::put(std::uint8_t first, byte_view payload, bytes& wire) {
  const std::size_t size = payload.size();
  wire.push_back(first);
  const std::uint8_t mark = side_ == role::client ? masked : 0;
  const int extended = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  wire.push_back(mark | static_cast<std::uint8_t>(extended == 0   ? size
                                                  : extended == 2 ? 126
                                                                  : 127));
  for (int i = extended; i-- > 0;) wire.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  if (side_ == role::server) {
    wire.insert(wire.end(), payload.begin(), payload.end());
    return;
  }
  std::array<std::uint8_t, 4> mask{};
  random_(mask);
  wire.insert(wire.end(), mask.begin(), mask.end());
  const std::size_t begin = wire.size();
  wire.insert(wire.end(), payload.begin(), payload.end());
  for (std::size_t i = 0; i < size; ++i) wire[begin + i] ^= mask[i % 4];
}

websocket_client::websocket_client(std::string host, std::string path, random_source random)
    : host_(std::move(host)), path_(std::move(path)), frames_(role::client, std::move(random)) {}

void websocket_client::start(bytes& wire) {
  std::array<std::uint8_t, 16> nonce{};
  frames_.random()(nonce);
  key_ = tl::to_base64(nonce);
  append(wire, "GET " + path_ + " HTTP/1.1\r\nHost: " + host_ +
                   "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: " +
                   key_ + "\r\nSec-WebSocket-Protocol: " + std::string(protocol) + "\r\n\r\n");
}

std::error_code websocket_client::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  if (open_) return frames_.receive(from_wire, plain, wire);
  answer_.insert(answer_.end(), from_wire.begin(), from_wire.end());
  const auto read = read_http_head(answer_);
  if (!read) return read.error();
  if (!*read) return {};
  const http_head& head = **read;
  const std::optional<int> status = head.status();
  if (!status) return transport_errc::bad_http;
  if (*status == 429) return transport_errc::flood;
  // Extensions were not asked for, so that none may be agreed on: RFC 6455, 4.1.
  if (*status != 101 || !head.lists("Upgrade", "websocket") ||
      !head.lists("Connection", "upgrade") ||
      head.only("Sec-WebSocket-Accept") != accept_of(key_) ||
      head.only("Sec-WebSocket-Protocol") != protocol || head.has("Sec-WebSocket-Extensions")) {
    return transport_errc::upgrade_refused;
  }
  open_ = true;
  const bytes came = std::exchange(answer_, {});
  return frames_.receive(byte_view(came).subspan(head.size), plain, wire);
}

std::error_code websocket_server::receive(byte_view from_wire, bytes& plain, bytes& wire) {
  if (open_) return frames_.receive(from_wire, plain, wire);
  request_.insert(request_.end(), from_wire.begin(), from_wire.end());
  const auto read = read_http_head(request_);
  if (!read) return read.error();
  if (!*read) return {};
  const http_head& head = **read;
  const auto refuse = [&wire](std::string_view status) {
    append(wire, "HTTP/1.1 " + std::string(status) +
                     "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return make_error_code(transport_errc::upgrade_refused);
  };
  const bool path_is_ours = std::ranges::any_of(paths, [&](std::string_view path) {
    return head.first_line == "GET " + std::string(path) + " HTTP/1.1";
  });
  if (!path_is_ours) return refuse("404 Not Found");
  const auto key = head.only("Sec-WebSocket-Key");
  const auto nonce = key ? tl::from_base64(*key) : std::nullopt;
  if (!head.lists("Upgrade", "websocket") || !head.lists("Connection", "upgrade") ||
      head.only("Sec-WebSocket-Version") != "13" || !nonce || nonce->size() != 16 ||
      !head.lists("Sec-WebSocket-Protocol", protocol)) {
    return refuse("400 Bad Request");
  }
  append(wire,
         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
             accept_of(*key) + "\r\nSec-WebSocket-Protocol: " + std::string(protocol) + "\r\n\r\n");
  open_ = true;
  const bytes came = std::exchange(request_, {});
  return frames_.receive(byte_view(came).subspan(head.size), plain, wire);
}

}  // namespace mtfetch::transport
