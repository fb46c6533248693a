// SPDX-License-Identifier: BSL-1.0
// What faults do to an answer that was made as it should be.
#pragma once

#include <mtfetch/bytes.hpp>
#include <mtfetch/testing.hpp>

#include "mtproto/testing/protocol/message_body.hpp"
#include "mtproto/testing/world/caller.hpp"

namespace mtfetch::testing {

/// Applies corrupt_bytes, cut_bytes, extra_bytes and garbage_answer; other faults leave the answer
/// as it is. Refusals stay.
void spoil(outcome<message_body>& answer, const fault_action& fault, const random_source& random);

/// Makes it an empty vector: a server that has no hashes for the file.
void hide_hashes(outcome<message_body>& answer);

bytes noise(const random_source& random, std::size_t size);

}  // namespace mtfetch::testing
