// SPDX-License-Identifier: BSL-1.0
// What a message of the server carries: bytes in memory, or a file's bytes read when it is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mtfetch/bytes.hpp>
#include <string>
#include <variant>

namespace mtfetch::testing {

/// A serialized object whose last field is a long `bytes` value that is fetched at the moment of
/// sending: a part of a file. So an answer that waits, or is kept until the client acknowledges
/// it, holds no megabyte, and the bytes are read straight into the packet.
struct streamed_body {
  bytes head;            ///< everything in front of the value's length
  std::size_t size = 0;  ///< of the value
  /// Fills exactly `size` bytes; false when the source failed.
  std::function<bool(byte_span)> fill;
  /// Names the source for after a restart. Empty: the body does not outlive the process.
  bytes recipe;

  /// Bytes on the wire.
  std::size_t wire_size() const;
};

using message_body = std::variant<bytes, streamed_body>;

inline std::size_t wire_size(const message_body& body) {
  if (const auto* plain = std::get_if<bytes>(&body)) return plain->size();
  return std::get<streamed_body>(body).wire_size();
}

/// Appends the body to a buffer's end. False when a source failed; the buffer is then as it was.
bool append_body(const message_body& body, bytes& out);

}  // namespace mtfetch::testing
