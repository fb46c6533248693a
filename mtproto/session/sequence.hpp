// SPDX-License-Identifier: BSL-1.0
// Sequence numbers: odd for messages that want an acknowledgement, and which those are.
#pragma once

#include <cstdint>
#include <optional>

namespace mtfetch::session {

/// Whether the other side has to acknowledge a message.
/// https://core.telegram.org/mtproto/description#content-related-message
enum class content : std::uint8_t { unrelated, related };

inline bool is_content_related(std::int32_t seqno) {
  return (seqno & 1) != 0;
}

/// Counts the content-related messages of one side of one session: a message's seqno is twice the
/// number of those before it, plus one when it is one itself.
class sequence {
 public:
  std::int32_t next(content kind) {
    const std::uint32_t even = 2 * related_;
    if (kind == content::unrelated) return static_cast<std::int32_t>(even);
    ++related_;
    return static_cast<std::int32_t>(even + 1);
  }

 private:
  std::uint32_t related_ = 0;
};

/// The code of bad_msg_notification that a client's message deserves for the parity of its seqno:
/// 34 (must be even: acknowledgements, containers), 35 (must be odd: every query), or none. Pings
/// and the other questions to the server itself may be either: clients differ.
std::optional<std::int32_t> parity_fault(std::uint32_t constructor, std::int32_t seqno);

}  // namespace mtfetch::session
