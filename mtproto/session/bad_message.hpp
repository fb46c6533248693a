// SPDX-License-Identifier: BSL-1.0
// The codes of bad_msg_notification and what a client does about each: the one table.
#pragma once

#include <cstdint>

namespace mtfetch::session {

/// What the server found wrong with a message of ours. It did not process it, except where the code
/// says that it does not know. https://core.telegram.org/mtproto/service_messages_about_messages
enum class bad_message_code : std::int32_t {
  id_too_low = 16,
  id_too_high = 17,
  id_not_divisible_by_4 = 18,
  container_id_repeated = 19,
  too_old = 20,  ///< too old to know whether it was received
  seqno_too_low = 32,
  seqno_too_high = 33,
  seqno_must_be_even = 34,
  seqno_must_be_odd = 35,
  wrong_salt = 48,  ///< comes as bad_server_salt
  invalid_container = 64,
};

/// In every case but `ask` what was refused is sent again under new ids.
enum class remedy : std::uint8_t {
  fix_time,              ///< take the time from the complaint
  fix_time_and_session,  ///< the same, and a new session: ids of this one are in the future
  ask,                   ///< ask for the state; what was not received is sent again
  new_session,           ///< we lost count, or a mistake of ours: begin cleanly
  take_salt,             ///< use the salt that the complaint brings
  without_container,     ///< each message in a packet of its own
};

constexpr remedy remedy_for(std::int32_t code) {
  switch (static_cast<bad_message_code>(code)) {
    case bad_message_code::id_too_low:
      return remedy::fix_time;
    case bad_message_code::id_too_high:
      return remedy::fix_time_and_session;
    case bad_message_code::too_old:
      return remedy::ask;
    case bad_message_code::wrong_salt:
      return remedy::take_salt;
    case bad_message_code::invalid_container:
      return remedy::without_container;
    case bad_message_code::id_not_divisible_by_4:
    case bad_message_code::container_id_repeated:
    case bad_message_code::seqno_too_low:
    case bad_message_code::seqno_too_high:
    case bad_message_code::seqno_must_be_even:
    case bad_message_code::seqno_must_be_odd:
      return remedy::new_session;
  }
  return remedy::new_session;  // a code of tomorrow
}

}  // namespace mtfetch::session
