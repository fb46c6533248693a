// SPDX-License-Identifier: BSL-1.0
// What a session remembers of the client's messages: which came, and what became of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mtfetch/bytes.hpp>
#include <optional>
#include <vector>

namespace mtfetch::testing {

/// How far a message of the client has come.
enum class progress_of_message : std::uint8_t {
  received,  ///< nothing more to do: a service message, or a container
  running,   ///< a call that has no answer yet
  answered,  ///< its answer is kept until it is acknowledged
  settled,   ///< its answer was acknowledged, or dropped at the client's wish
};

struct received_message {
  std::int32_t seqno = 0;
  progress_of_message progress = progress_of_message::received;
  std::int64_t answer = 0;  ///< message id of the answer, when answered
  bool refused = false;     ///< it was answered with an error
};

/// A bounded memory of message ids, lowest forgotten first. It tells a message that came again from
/// one that is new, and one too old to tell.
class received_messages {
 public:
  static constexpr std::size_t remembered = 4096;
  /// The low bits of a state byte.
  static constexpr std::uint8_t state_unknown = 1;
  static constexpr std::uint8_t state_not_received = 2;
  static constexpr std::uint8_t state_too_high = 3;
  static constexpr std::uint8_t state_received = 4;

  received_message* find(std::int64_t id);
  const received_message* find(std::int64_t id) const;
  /// Whether an id is so low that it may have come and been forgotten.
  bool is_forgotten(std::int64_t id) const { return id <= floor_; }
  /// The session was begun with this id: of older ones nothing can be said.
  void begin(std::int64_t first) { begun_ = first; }
  void add(std::int64_t id, std::int32_t seqno, progress_of_message progress);
  /// As if it never came: its answer could not be kept, so it may be asked again.
  void forget(std::int64_t id);
  /// The same for every answered call whose answer is not held any more.
  template <class Held>
  void forget_answers_but(Held is_held) {
    std::erase_if(messages_, [&](const auto& entry) {
      return entry.second.progress == progress_of_message::answered &&
             !is_held(entry.second.answer);
    });
  }

  /// 32 when an older message has a higher sequence number, 33 when a newer one has a lower one,
  /// or the same odd one; else nothing.
  std::optional<std::int32_t> sequence_error(std::int64_t id, std::int32_t seqno) const;

  /// One byte of msgs_state_info.
  /// https://core.telegram.org/mtproto/service_messages_about_messages
  std::uint8_t state_of(std::int64_t id) const;

  /// For storing: every message, and the floor.
  const std::map<std::int64_t, received_message>& all() const { return messages_; }
  std::int64_t floor() const { return floor_; }
  void restore(std::map<std::int64_t, received_message> messages, std::int64_t floor);

 private:
  std::map<std::int64_t, received_message> messages_;
  std::int64_t floor_ = 0;
  std::int64_t begun_ = 0;
};

}  // namespace mtfetch::testing
