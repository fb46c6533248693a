// SPDX-License-Identifier: BSL-1.0
// WebSocket as a layer below the framing: binary frames whose contents are one stream of bytes.
// https://core.telegram.org/mtproto/transports#websocket, https://www.rfc-editor.org/rfc/rfc6455
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <string>
#include <system_error>

#include "mtproto/transport/frame_shape.hpp"

namespace mtfetch::transport {

/// Frames of either side, after the upgrade. Fragments and sizes of frames mean nothing here, so
/// that contents are passed on as they come and nothing is kept but the head of a frame.
class websocket_frames {
 public:
  websocket_frames(role side, random_source random) : side_(side), random_(std::move(random)) {}

  /// Takes frames apart. transport_errc::bad_frame for what RFC 6455 forbids, frame_too_large, and
  /// closed when the peer closed; the answer to that is in `wire`.
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  /// One binary frame; a client's is masked.
  void send(byte_view plain, bytes& wire) { put(0x82, plain, wire); }
  /// For what else the side draws: one source, so that nothing is drawn twice.
  const random_source& random() const { return random_; }

 private:
  std::error_code read_head();
  std::error_code end_control(bytes& wire);
  void put(std::uint8_t first, byte_view payload, bytes& wire);

  role side_;
  random_source random_;
  bytes head_;               // of the frame that begins, until it is whole
  bool in_frame_ = false;    // the head is whole, `left_` bytes of payload are to come
  bool in_message_ = false;  // a fragment was not the last of its message
  std::uint64_t left_ = 0;
  std::optional<std::array<std::uint8_t, 4>> mask_;
  std::size_t mask_at_ = 0;
  std::uint8_t opcode_ = 0;
  bytes control_;  // payload of a ping, pong or close
};

/// The client's side: asks for the upgrade and the sub-protocol `binary`, and checks the answer.
class websocket_client {
 public:
  /// `host` as the field Host has it; `path` is "/apiws", or "/apiws_test" for the test servers.
  websocket_client(std::string host, std::string path, random_source random);

  void start(bytes& wire);
  /// While it opens: transport_errc::bad_http, upgrade_refused for an answer that is no upgrade to
  /// what was asked for, flood for status 429. Then as websocket_frames.
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return open_; }
  void send(byte_view plain, bytes& wire) { frames_.send(plain, wire); }

 private:
  std::string host_;
  std::string path_;
  websocket_frames frames_;
  std::string key_;
  bytes answer_;  // what came before the layer was open
  bool open_ = false;
};

/// The server's side, for the local data centre.
class websocket_server {
 public:
  explicit websocket_server(random_source random) : frames_(role::server, std::move(random)) {}

  void start(bytes&) {}
  std::error_code receive(byte_view from_wire, bytes& plain, bytes& wire);
  bool is_open() const { return open_; }
  void send(byte_view plain, bytes& wire) { frames_.send(plain, wire); }

 private:
  websocket_frames frames_;
  bytes request_;
  bool open_ = false;
};

}  // namespace mtfetch::transport
