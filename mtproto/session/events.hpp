// SPDX-License-Identifier: BSL-1.0
// What a client session tells its owner: answers, failures, updates and changes of its own state.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <mtfetch/error.hpp>
#include <mtfetch/instant.hpp>
#include <system_error>
#include <variant>

namespace mtfetch::session {

/// Names one submitted request for as long as it waits for its answer.
enum class request_id : std::uint64_t {};

/// The result of a request, as the server serialized it (gzip undone). The body is a slice of the
/// received packet wherever the server did not pack it.
struct answer {
  request_id id;
  shared_bytes body;
};

/// The server answered with rpc_error.
struct failure {
  request_id id;
  rpc_failure why;
};

/// The request has no answer and never will have one. Either it could not be sent or understood,
/// or the server may have run it and a second run was not allowed (`repeat::never`).
struct lost {
  request_id id;
  std::error_code why;
};

/// A message that no request asked for: an object of the API, mostly Updates.
struct update {
  shared_bytes body;
};

/// The server began a new session under our session id: updates before it may be lost.
/// https://core.telegram.org/mtproto/service_messages#new-session-creation-notification
struct session_created {
  std::int64_t unique_id = 0;
  std::int64_t server_salt = 0;
  std::int64_t first_msg_id = 0;
};

/// The salt in use is another one now: worth storing beside the key.
struct salts_changed {
  std::int64_t salt = 0;
};

/// The server's clock minus the local wall clock turned out to be another one: worth storing.
struct time_changed {
  duration server_offset{};
};

/// The answer to destroy_key: the server forgot the key, or never had it. Nothing more can be sent
/// under it. False: it would not. https://core.telegram.org/mtproto/service_messages
struct key_destroyed {
  bool gone = true;
};

/// The server's answer to rpc_drop_answer for a request that was cancelled.
/// https://core.telegram.org/mtproto/service_messages#cancellation-of-an-rpc-query
struct answer_dropped {
  enum class was { unknown, running, answered };
  was state{};
};

using event = std::variant<answer, failure, lost, update, session_created, salts_changed,
                           time_changed, key_destroyed, answer_dropped>;

}  // namespace mtfetch::session
