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

  explicit state_questions(duration timeout) : timeout_(timeout) {}

  void add(std::int64_t message_id, std::vector<std::int64_t> about, time_point now);
  /// The messages asked about under this id, in order; the question is then done with.
  std::optional<std::vector<std::int64_t>> take(std::int64_t message_id);
  /// The same for one that had no answer in time.
  std::optional<std::vector<std::int64_t>> take_overdue(time_point now);
  time_point deadline() const;
  void clear() { open_.clear(); }

 private:
  struct question {
    std::int64_t message_id = 0;
    time_point due;
    std::vector<std::int64_t> about;
  };

  duration timeout_;
  std::vector<question> open_;  // in the order asked
};

}  // namespace mtfetch::session
