// SPDX-License-Identifier: BSL-1.0
// MTProto over HTTP as a framing: one POST for each packet, one answer for each POST.
// https://core.telegram.org/mtproto/transports#http
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/result.hpp>
#include <string>
#include <system_error>

#include "mtproto/tl/packet_buffer.hpp"
#include "mtproto/transport/frame_shape.hpp"

namespace mtfetch::transport {

/// Both sides of one HTTP/1.1 connection that is kept alive. Strictly one request is under way at a
/// time: may_send says whether a request, or on the server's side an answer, may go out now.
/// An answer comes with Content-Length or in chunks; a status that is not 200 is a transport error,
/// its number with a minus, and the end of the connection. An empty answer is no packet.
class http_codec {
 public:
  static constexpr framing kind = framing::http;

  http_codec(role side, std::size_t max_body, std::string host = {}, std::string path = {});

  /// Errors: transport_errc::bad_http, frame_too_large, and closed behind an answer that was to be
  /// the last, and for an answer to nothing (what servers and proxies say before they hang up on a
  /// connection that was silent too long).
  result<frame_shape> measure(byte_view in, role side);
  /// A frame is complete: puts its chunks together, so that the payload lies behind `offset`.
  void take(byte_span frame);
  std::error_code wrap(tl::packet_buffer& packet, bool request_quick_ack);
  /// Server side: an answer without a packet, with the status that stands for a transport error.
  void wrap_error(std::int32_t code, tl::packet_buffer& out);

  /// Client side: a request was sent and its answer has not come.
  bool awaits_answer() const { return side_ == role::client && under_way_ && !over_; }
  bool may_send() const {
    return side_ == role::client ? !over_ && !last_ && !under_way_ : under_way_ && !over_;
  }

 private:
  enum class body { of_length, in_chunks, none };

  std::error_code read_head(byte_view in);
  result<bool> walk_chunks(byte_view in);

  role side_;
  std::size_t max_body_;
  std::string host_;
  std::string path_;
  bool under_way_ = false;  // a request was sent or received and its answer was not
  bool over_ = false;       // an error was the last word; whatever comes is of its body
  // Of the message at the front, as far as it is known.
  std::size_t head_ = 0;
  body form_ = body::none;
  int status_ = 0;
  bool last_ = false;       // the server says that it hangs up after this answer
  std::size_t at_ = 0;      // where the next chunk begins
  std::size_t length_ = 0;  // of the payload, or of the chunks so far
};

}  // namespace mtfetch::transport
