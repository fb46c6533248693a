// SPDX-License-Identifier: BSL-1.0
// The requests that have no answer yet, in slots that are used again with their memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mtfetch/bytes.hpp>
#include <vector>

#include "mtproto/session/events.hpp"
#include "mtproto/session/session_config.hpp"

namespace mtfetch::session {

/// How far a request has come.
enum class progress : std::uint8_t {
  queued,    ///< to be sent, or to be sent again
  sent,      ///< sent on the connection there is; the answer will come
  doubtful,  ///< sent on a connection that is gone: the server is to be asked about it
  asked,     ///< the question is on its way, or was answered: received
};

/// Builds a request's body from the id of the very message that will carry it, and the session's.
using body_maker = std::function<bytes(std::int64_t message_id, std::int64_t session_id)>;

struct request {
  bytes body;
  /// invokeAfterMsg as it stood in front of the body at the last sending.
  bytes prefix;
  /// When set, makes the body anew for each new message id.
  body_maker make;
  /// Requests that the server is to have done with first.
  std::vector<request_id> after;
  request_options options;
  progress state = progress::queued;
  /// Queued to be sent again as it was: under its old message id and seqno, in a container, so that
  /// the server knows it for the same message if the first copy arrives after all.
  bool unchanged = false;
  /// Part of the packet that is being put together.
  bool planned = false;
  /// Not sent before all it comes after have ended: the server would not wait for them.
  bool held = false;
  int refusals = 0;
  std::int64_t message_id = 0;  ///< of its last sending; 0 when it has not been sent
  std::int32_t seqno = 0;
};

/// Slots are numbered from 0; a request_id names a slot and the how-many-eth use of it.
class request_table {
 public:
  request_id add(bytes body, request_options options);
  request_id add(byte_view body, request_options options);
  request_id add(body_maker make, request_options options);
  /// Null when the id is unknown or its request is gone.
  request* find(request_id id);
  void remove(request_id id);
  std::size_t size() const { return size_; }

 private:
  struct slot {
    request held;
    std::uint32_t use = 0;
    bool taken = false;
  };
  request_id take(request*& out, request_options options);

  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace mtfetch::session
