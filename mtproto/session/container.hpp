// SPDX-License-Identifier: BSL-1.0
// msg_container: several messages in one packet, written and read without copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <system_error>

#include "mtproto/tl/packet_buffer.hpp"
#include "mtproto/tl/reader.hpp"

namespace mtfetch::session {

inline constexpr std::uint32_t container_id = 0x73f1f8dc;
/// Constructor and count in front, msg_id, seqno and length before each message.
inline constexpr std::size_t container_head = 8;
inline constexpr std::size_t inner_head = 16;
/// https://core.telegram.org/mtproto/service_messages#simple-container
inline constexpr std::size_t most_inner_messages = 1024;

struct inner_message {
  std::int64_t message_id = 0;
  std::int32_t seqno = 0;
  byte_view body;
};

/// Appends a container to a packet that was begun. The container's own message id is to be larger
/// than every inner one, its seqno at least as large.
class container_writer {
 public:
  explicit container_writer(tl::packet_buffer& out);

  /// At most `most_inner_messages`; the body's size is a multiple of 4.
  void add(std::int64_t message_id, std::int32_t seqno, byte_view body);
  std::size_t count() const { return count_; }
  /// Fills in the count; nothing is added after it.
  void finish();

 private:
  tl::packet_buffer& out_;
  std::size_t begin_;
  std::size_t count_ = 0;
};

/// Reads a container one message at a time. A count over the limit, a length that is wrong, a
/// container in the container or bytes behind the last message are protocol_errc::bad_message:
/// messages given before it stand.
class container_reader {
 public:
  /// `body` begins with the constructor.
  explicit container_reader(byte_view body);

  /// The next message; nothing at the end or after an error.
  std::optional<inner_message> next();
  std::error_code error() const { return in_.error(); }

 private:
  tl::reader in_;
  std::size_t left_ = 0;
};

/// Whether a message's body is a container.
bool is_container(byte_view body);

}  // namespace mtfetch::session
