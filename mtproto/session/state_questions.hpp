// SPDX-License-Identifier: BSL-1.0
// The msgs_state_req under way: which messages of ours the server was asked about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mtfetch/instant.hpp>
#include <optional>
#include <vector>

namespace mtfetch::session {

/// https://core.telegram.org/mtproto/service_messages_about_messages
class state_questions {
 public:
  /// How many messages one question names.
  static constexpr std::size_t most_ids = 1024;

  /// How many times longer an answer is waited for than a state.
  static constexpr int patience = 3;

  explicit state_questions(duration timeout) : timeout_(timeout) {}

  void add(std::int64_t message_id, std::vector<std::int64_t> about, time_point now);
  /// The messages asked about under this id, in order; the question is then done with.
  std::optional<std::vector<std::int64_t>> take(std::int64_t message_id);
  /// The same for one that had no answer in time.
  std::optional<std::vector<std::int64_t>> take_overdue(time_point now);
  /// These were received, but have no answer yet: they fall due later, to be asked about again.
  void put_off(std::vector<std::int64_t> about, time_point now) {
    open_.push_back({0, now + patience * timeout_, std::move(about)});
  }
  time_point deadline() const;
  void clear() { open_.clear(); }

 private:
  struct question {
    std::int64_t message_id = 0;
    time_point due;
    std::vector<std::int64_t> about;
  };

  duration timeout_;
  std::vector<question> open_;
};

}  // namespace mtfetch::session
