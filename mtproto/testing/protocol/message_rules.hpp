// SPDX-License-Identifier: BSL-1.0
// The rules that a client's messages are held to, as pure functions.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <vector>

#include "mtproto/session/container.hpp"

namespace mtfetch::testing::message_rules {

/// How far a message id's time may lie behind and ahead of the server's clock, in seconds.
inline constexpr std::int64_t oldest = 300;
inline constexpr std::int64_t newest = 30;

inline constexpr std::uint32_t bind_temp_auth_key_id = 0xcdd42a05;

/// A service message of MTProto itself, that no method table knows.
bool is_service(std::uint32_t constructor);

/// The messages of a container, or nothing when it is invalid (code 64): a wrong length, none or
/// too many messages, a container inside, an id not below its own, a higher sequence number.
std::optional<std::vector<session::inner_message>> read_container(byte_view body, std::int64_t id,
                                                                  std::int32_t seqno);

}  // namespace mtfetch::testing::message_rules
