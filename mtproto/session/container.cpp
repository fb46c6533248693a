// SPDX-License-Identifier: BSL-1.0
#include "mtproto/session/container.hpp"

#include <cassert>
#include <mtfetch/error.hpp>

#include "mtproto/session/wire.hpp"

namespace mtfetch::session {

container_writer::container_writer(tl::packet_buffer& out) : out_(out), begin_(out.size()) {
  store_i32(out_.append(container_head).data(), static_cast<std::int32_t>(container_id));
}

void container_writer::add(std::int64_t message_id, std::int32_t seqno, byte_view body) {
  assert(count_ < most_inner_messages && body.size() % 4 == 0);
  std::uint8_t* at = out_.append(inner_head).data();
  at = store_i64(at, message_id);
  at = store_i32(at, seqno);
  store_i32(at, static_cast<std::int32_t>(body.size()));
  out_.append_bytes(body);
  ++count_;
}

void container_writer::finish() {
  store_i32(out_.payload().data() + begin_ + 4, static_cast<std::int32_t>(count_));
}

container_reader::container_reader(byte_view body) : in_(body) {
  const std::uint32_t constructor = in_.u32();
  left_ = in_.count(inner_head + 4);
  if (constructor != container_id || left_ > most_inner_messages) {
    in_.fail(protocol_errc::bad_message);
  }
}

std::optional<inner_message> container_reader::next() {
  if (in_.error()) return std::nullopt;
  if (left_ == 0) {
    if (in_.remaining() != 0) in_.fail(protocol_errc::bad_message);
    return std::nullopt;
  }
  --left_;
  inner_message message;
  message.message_id = in_.i64();
  message.seqno = in_.i32();
  const auto length = static_cast<std::size_t>(in_.u32());
  if (length < 4 || length % 4 != 0 || length > in_.remaining()) {
    in_.fail(protocol_errc::bad_message);
    return std::nullopt;
  }
  message.body = in_.raw_view(length);
  if (is_container(message.body)) {
    in_.fail(protocol_errc::bad_message);
    return std::nullopt;
  }
  return message;
}

bool is_container(byte_view body) {
  return body.size() >= 4 && tl::reader(body).u32() == container_id;
}

}  // namespace mtfetch::session
