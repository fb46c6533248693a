// SPDX-License-Identifier: BSL-1.0
// One connection's framing and obfuscation, for either side, without I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "mtproto/tl/packet_buffer.hpp"
#include "mtproto/transport/framing.hpp"
#include "mtproto/transport/obfuscation.hpp"
#include "mtproto/transport/receive_buffer.hpp"

namespace mtfetch::transport {

/// The largest packet that either side takes when nothing else is said.
inline constexpr std::size_t default_max_packet = 2 * 1024 * 1024;

/// How a client speaks.
struct stream_options {
  framing kind = framing::padded_intermediate;
  bool obfuscated = true;  ///< ignored for framing::full and http, which have no obfuscated form
  std::int16_t dc = 0;     ///< written into the obfuscated greeting; 0: left random
  bytes proxy_secret;      ///< the 16 bytes of an MTProxy secret, or empty
  std::string http_host;   ///< framing::http: the field Host, "149.154.167.51:80"
  std::string http_path = "/api";  ///< framing::http: "/api_test" for the test data centres
  std::size_t max_packet = default_max_packet;  ///< largest payload, in bytes, either way
  std::optional<buffer_pool> buffers;           ///< shared with other streams; else one of its own
};

/// How a server speaks; framing and obfuscation are the client's choice.
struct server_options {
  std::size_t max_packet = default_max_packet;  ///< largest payload, in bytes, either way
  /// Fills the padding of padded frames. Without it they have none.
  random_source random;
  /// At most so many bytes of padding, 0..15. Some clients cut only the size modulo 4, so that more
  /// than 3 bytes would break them.
  std::size_t max_padding = 3;
  std::optional<buffer_pool> buffers;  ///< shared with other streams; else one of its own
};

/// A plaintext or encrypted message: a slice of the receive buffer that may be decrypted in place.
/// The buffer goes back to its pool when the last copy of `owner` is gone, on whatever thread.
struct packet {
  std::shared_ptr<const void> owner;
  byte_span data;
  bool quick_ack_requested = false;  ///< server side: the client asked for a quick ack
  bool answer_due = false;  ///< server side, HTTP: exactly one frame, empty perhaps, must answer it
};

/// The server has received the packet whose token this is, and not yet looked at it.
/// https://core.telegram.org/mtproto/mtproto-transports#quick-ack
struct quick_ack {
  std::uint32_t token = 0;  ///< bit 31 is set
};

/// What came: a packet, a transport error (-404, -429, -444 ...; client side only; the server
/// closes the connection after it), or a quick ack (client side only).
/// https://core.telegram.org/mtproto/mtproto-transports#transport-errors
using received = std::variant<packet, std::int32_t, quick_ack>;

/// What a server's first bytes turn out to be: MTProto's own framings, or a layer below them that
/// is to be taken off first (first_bytes gives the bytes back, for it).
enum class opening { undecided, own, tls, websocket };

/// The framing state of one connection. Socket bytes go in by prepare and commit, packets come out
/// of next; frame makes a packet ready to be written. Move-only; one thread at a time.
/// https://core.telegram.org/mtproto/mtproto-transports
class stream {
 public:
  static stream client(stream_options options, random_source random);
  /// Recognises framing and obfuscation by the first bytes.
  static stream server(server_options options);

  /// What a client sends before its first frame: a tag, 64 bytes, or nothing for framing::full.
  /// Empty on the server's side, and when called again.
  bytes greeting();

  /// Where the next bytes of the socket belong; never empty. Valid until the next call of prepare
  /// or commit.
  byte_span prepare();

  /// The first `n` bytes of what prepare gave have been filled: they are de-obfuscated in place and
  /// frames are found. transport_errc::bad_frame, frame_too_large or unknown_framing end the
  /// connection; frames that were complete before are still given by next.
  [[nodiscard]] std::error_code commit(std::size_t n);

  /// The next of what came, in order.
  std::optional<received> next();

  /// Server side: whether a layer must come between; decided by the first four bytes. With tls and
  /// websocket nothing more may be committed before first_bytes has taken them back; then the
  /// stream is as new.
  opening begins_with() const { return opening_; }
  bytes first_bytes();

  /// Whether a frame may go out now: over HTTP one request waits for its answer at a time, and a
  /// server may only answer. It may change with each commit and frame.
  bool may_send() const;
  /// Client side, HTTP: a request waits for its answer.
  bool awaits_answer() const;

  /// Puts the frame around a packet and obfuscates it, in place. On the server's side only after
  /// something was received. transport_errc::bad_frame when the framing cannot carry the packet
  /// (abridged: sizes that are not a multiple of 4), frame_too_large when it is over the limit; the
  /// packet is then as it was and must not be sent.
  std::error_code frame(tl::packet_buffer& packet, bool request_quick_ack = false);

  /// Server side: a whole frame that holds a transport error. Replaces what `out` holds.
  void frame_error(std::int32_t code, tl::packet_buffer& out);

  /// Server side: a quick ack for the token that crypto::quick_ack_token gave. Replaces what `out`
  /// holds; nothing for framing::full, which has none.
  void frame_quick_ack(std::uint32_t token, tl::packet_buffer& out);

  /// The framing; nothing on the server's side before it is recognised.
  std::optional<framing> kind() const;
  bool obfuscated() const { return ciphers_.has_value(); }

  /// Payload bytes that had to be copied from one receive buffer to another so far, because a frame
  /// did not fit behind the one it came with.
  std::uint64_t copied_bytes() const { return input_.copied_bytes(); }

 private:
  stream(role side, std::size_t max_packet, std::size_t max_padding, random_source random,
         std::optional<buffer_pool> buffers);
  codec make_codec(framing kind, std::string host = {}, std::string path = {}) const;
  std::error_code recognise();
  std::error_code find_frames();
  std::error_code take(const frame_shape& shape);
  std::error_code take_short(byte_view payload);

  role side_;
  std::size_t max_packet_;
  std::size_t max_padding_;
  random_source random_;
  receive_buffer input_;
  opening opening_ = opening::undecided;
  std::optional<codec> codec_;
  std::optional<obfuscation> ciphers_;
  bytes greeting_;
  std::error_code failed_;
  std::vector<received> ready_;
  std::size_t taken_ = 0;
};

}  // namespace mtfetch::transport
