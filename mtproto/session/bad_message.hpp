// SPDX-License-Identifier: BSL-1.0
// What a server refuses, and what a client does about each: the one table, for transport errors and
// for the codes of bad_msg_notification alike.
#pragma once

#include <array>
#include <cstdint>
#include <mtfetch/error.hpp>
#include <string_view>
#include <system_error>

namespace mtfetch::session {

enum class remedy : std::uint8_t {
  // Of transport errors, which end a connection. The first four are up to whoever dials.
  another_key,      ///< the key is unknown: a temporary one is made anew, a permanent one comes in
                    ///< doubt and is given up when that is said twice in a row
  back_off,         ///< long pauses before this address is dialled again
  another_address,  ///< this one leads elsewhere: it is tried last from now on
  reconnect,        ///< a pause, then again
  // Of bad_msg_notification and bad_server_salt. In every case but `ask` what was refused was not
  // run, and is sent again under new ids.
  fix_time,              ///< take the time from the complaint
  fix_time_and_session,  ///< the same, and a new session: ids of this one are in the future
  ask,                   ///< ask for the state; what was not received is sent again
  new_session,           ///< we lost count, or a mistake of ours: begin cleanly
  take_salt,             ///< use the salt that the complaint brings
  without_container,     ///< each message in a packet of its own
};

struct refusal_row {
  std::int32_t code;
  std::string_view meaning;
  remedy what;
};

/// https://core.telegram.org/mtproto/mtproto-transports#transport-errors
/// https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message
inline constexpr std::array refusals{
    refusal_row{-404, "auth key unknown", remedy::another_key},
    refusal_row{-429, "too many connections", remedy::back_off},
    refusal_row{-444, "another data centre", remedy::another_address},
    refusal_row{16, "message id too low", remedy::fix_time},
    refusal_row{17, "message id too high", remedy::fix_time_and_session},
    refusal_row{18, "message id not divisible by 4", remedy::new_session},
    refusal_row{19, "container id used before", remedy::new_session},
    refusal_row{20, "too old to know whether it was received", remedy::ask},
    refusal_row{32, "sequence number too low", remedy::new_session},
    refusal_row{33, "sequence number too high", remedy::new_session},
    refusal_row{34, "sequence number must be even", remedy::new_session},
    refusal_row{35, "sequence number must be odd", remedy::new_session},
    refusal_row{48, "wrong salt", remedy::take_salt},
    refusal_row{64, "invalid container", remedy::without_container},
};

/// For a code of tomorrow: another connection, or another session.
constexpr remedy remedy_for(std::int32_t code) {
  for (const refusal_row& row : refusals) {
    if (row.code == code) return row.what;
  }
  return code < 0 ? remedy::reconnect : remedy::new_session;
}

/// For the error that a connection ended with.
inline remedy remedy_for(std::error_code ended) {
  if (ended == transport_errc::auth_key_unknown) return remedy_for(-404);
  if (ended == transport_errc::flood) return remedy_for(-429);
  if (ended == transport_errc::wrong_dc) return remedy_for(-444);
  return remedy::reconnect;
}

}  // namespace mtfetch::session
