// SPDX-License-Identifier: BSL-1.0
// The window of received bytes and its moves from buffer to buffer.
#include "mtproto/transport/receive_buffer.hpp"

#include <algorithm>

namespace mtfetch::transport {
namespace {

/// What is read at once when the size of the frame is not known, and what a buffer has beyond its
/// largest frame.
constexpr std::size_t small_read = 64 * 1024;
/// With less room than this a read is not worth its system call.
constexpr std::size_t least_read = 4 * 1024;

std::size_t rounded(std::size_t size) {
  return (size + small_read - 1) / small_read * small_read;
}

}  // namespace

byte_span receive_buffer::prepare() {
  const std::size_t unread = end_ - begin_;
  const std::size_t missing = expected_ > unread ? expected_ - unread : 0;
  const std::size_t free = room_.size() - end_;
  // An empty window moves early, before bytes that would have to be moved are in it.
  const std::size_t wanted =
      missing > 0 ? missing : std::max(least_read, unread == 0 ? largest_ : 0);
  if (free < wanted) move_to(std::max(unread + wanted, largest_));
  const byte_span room = room_.subspan(end_);
  return room.first(std::min(room.size(), expected_ > small_read ? missing : small_read));
}

byte_span receive_buffer::unread() {
  return room_.subspan(begin_, end_ - begin_);
}

void receive_buffer::consume(std::size_t n) {
  begin_ += n;
  expected_ = 0;
}

void receive_buffer::expect(std::size_t size) {
  expected_ = size;
  if (size > small_read) largest_ = std::max(largest_, size);
}

void receive_buffer::move_to(std::size_t capacity) {
  const std::size_t size = capacity > small_read ? rounded(capacity) + small_read : small_read;
  const byte_view kept = unread();
  // Nothing to keep: the old buffer goes first, so that the pool can give the same one again.
  if (kept.empty()) owner_.reset();
  buffer_pool::lease next = pool_.take(size);
  std::ranges::copy(kept, next.room.begin());
  copied_ += kept.size();
  end_ = kept.size();
  begin_ = 0;
  owner_ = std::move(next.owner);
  room_ = next.room;
}

}  // namespace mtfetch::transport
