// SPDX-License-Identifier: BSL-1.0
// The one driver loop: a socket, its framing, and a protocol machine that knows nothing of either.
#pragma once

#include "mtproto/crypto/auth_key.hpp"
#include "mtproto/crypto/kdf.hpp"
#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/net/packet_sealer.hpp"
#include "mtproto/tl/packet_buffer.hpp"
#include "mtproto/transport/layers.hpp"
#include "mtproto/transport/stream.hpp"
#include "mtproto/transport/tls.hpp"

#include <mtfetch/bytes.hpp>
#include <mtfetch/instant.hpp>

#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

namespace mtfetch::net {

/// A packet to send, unframed. With a key it is in the clear still (session::close_packet): the
/// connection seals all that go out in one write together, which is faster than one by one.
struct outgoing {
  tl::packet_buffer packet;
  std::shared_ptr<const crypto::auth_key> seal_with;
  crypto::side sender = crypto::side::client;
};

/// What a connection drives: a client's session, or all that a server does on one connection. Each
/// is called on the connection's executor and must not run long. Unset ones are left out.
struct machine {
  /// Another 16 KiB of a packet came that is not whole yet. Bytes that come slower, or that mean
  /// something to a layer only, are no sign of life: a front may send them for a dead server.
  std::function<void(instant)> on_traffic;
  /// A whole packet came; it may be decrypted in place, and kept by its owner. An error closes.
  std::function<std::error_code(transport::packet&, instant)> on_packet;
  /// The peer sent a transport error (-404 ...). What is returned becomes the end of run().
  std::function<std::error_code(std::int32_t code)> on_transport_error;
  /// The peer acknowledged a packet at once; only when one was asked to.
  std::function<void(std::uint32_t token)> on_quick_ack;
  /// Fills in the next packet to send, empty until then; false when there is none.
  std::function<bool(outgoing&, instant)> next_packet;
  /// When on_deadline wants to be called.
  std::function<time_point()> deadline;
  std::function<std::error_code(instant)> on_deadline;
  /// After a batch of the above: the place to hand out what came of it.
  std::function<void()> settled;
  /// Whether more may be read now. Asked again after each wake(): this is how a server that has
  /// much to send holds back a peer that only asks.
  std::function<bool()> may_read;
  /// A peer that takes not one byte of what is written for this long is gone. (What the machine has
  /// to do at its deadline waits for the write: a slow upload is no silence.)
  duration write_stall = std::chrono::seconds(30);
  /// Where packets are sealed, together with those of others; without one the connection seals its
  /// own.
  std::shared_ptr<packet_sealer> sealer;
  /// Client side, HTTP: how long an answer may take, or its next 16 KiB.
  duration answer_within = std::chrono::seconds(15);
};

/// What a transport error means: auth_key_unknown for -404, flood for -429, wrong_dc for -444.
/// https://core.telegram.org/mtproto/mtproto-transports#transport-errors
std::error_code transport_error(std::int32_t code);

/// Which layers a server takes off when its client begins with them.
struct doors {
  std::optional<transport::tls_context> tls;  ///< without one TLS is refused
  random_source random;                       ///< for WebSocket; without one it is refused
};

/// A connection of either side. Bytes are read straight into the framing's buffer and decrypted
/// there; packets are sealed and framed in buffers that are used again, and written together. Where
/// layers (open ones) stand between socket and framing, bytes are copied through them. Held by
/// shared_ptr: the loop keeps it until it ends. One executor.
class connection : public std::enable_shared_from_this<connection> {
 public:
  connection(asio::ip::tcp::socket socket, transport::stream stream, machine driven,
             transport::layers layers = {}, doors open = {});

  /// Runs until either side closes or the machine gives an error; says why: transport_errc::closed
  /// when the peer simply closed, what close() was given, the socket's own error, or the machine's.
  /// The machine is let go at the end, so that it may own what owns this connection.
  asio::awaitable<std::error_code> run();

  /// The machine has something to send, may read again, or has another deadline.
  void wake();
  /// Ends run() with this. What was not yet written is lost.
  void close(std::error_code why);
  /// Sends what is due, then this transport error, then closes. For the server side.
  void close_with_transport_error(std::int32_t code);
  /// Sends a quick ack, ahead of all packets. For the server side.
  void acknowledge(std::uint32_t token);

  bool is_open() const { return !ended_; }
  /// Bytes handed to the socket but not yet taken by it.
  std::size_t writing() const { return writing_; }
  asio::any_io_executor get_executor() { return socket_.get_executor(); }

 private:
  asio::awaitable<void> read_loop();
  void watch_writing();
  asio::awaitable<void> write_loop();
  std::error_code take_packets();
  byte_span room_to_read();
  std::error_code take_bytes(byte_view read);
  std::error_code open_door();
  asio::awaitable<std::error_code> collect();
  void pass_through_layers();
  std::size_t take_outgoing(std::size_t first);
  void settle();

  asio::ip::tcp::socket socket_;
  transport::stream stream_;
  transport::layers layers_;
  doors doors_;
  machine machine_;
  asio::steady_timer timer_;        // armed to the machine's deadline; cancelled to wake the writer
  asio::steady_timer stall_timer_;  // armed while something is written, for several writes
  bool stall_armed_ = false;
  time_point written_at_;           // the last bytes that the peer's end of the line took
  asio::steady_timer reader_gate_;  // where the reader sleeps while may_read says no
  std::optional<std::error_code> ended_;
  std::optional<std::int32_t> last_word_;
  bool last_word_said_ = false;
  std::vector<std::uint32_t> quick_acks_;  // tokens that wait to be sent
  // What one gathered write is made of.
  std::vector<outgoing> batch_;
  std::vector<crypto::seal_job> to_seal_;
  std::vector<asio::const_buffer> pieces_;
  bytes greeting_;
  std::size_t writing_ = 0;
  time_point answer_due_ = no_deadline;  // of an HTTP request
  std::size_t unfinished_ = 0;           // came since the last packet, or since it was told
  // Only where there are layers: what is read, what they answer of themselves, what is written.
  bytes from_wire_;
  bytes plain_;
  bytes answers_;
  bytes to_wire_;
};

}  // namespace mtfetch::net
