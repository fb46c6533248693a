// SPDX-License-Identifier: BSL-1.0
// Which message ids were really sent, and for what: the server's answers and complaints name ids.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mtproto/session/events.hpp"

namespace mtfetch::session {

/// The requests under way by message id. Ids only grow, so new ones go to the end and all are found
/// by halving; answers mostly come in order, so the one after the last is looked at first.
class sent_requests {
 public:
  struct entry {
    std::int64_t message_id = 0;
    std::int64_t container = 0;  ///< the container it travelled in last; 0: none
    request_id request{};
    bool alive = true;
  };

  void add(std::int64_t message_id, std::int64_t container, request_id request);
  /// Null when this id was not sent or is done with.
  entry* find(std::int64_t message_id);
  void erase(std::int64_t message_id);
  void clear();
  bool empty() const { return first_ == entries_.size(); }

  /// Calls `visit(const entry&)` for each that is under way, by ascending id. `visit` may not
  /// change the log.
  template <class Visit>
  void each(Visit visit) const {
    for (std::size_t i = first_; i < entries_.size(); ++i) {
      if (entries_[i].alive) visit(entries_[i]);
    }
  }

 private:
  void tidy();

  std::vector<entry> entries_;  // by message_id; those before first_ are done with
  std::size_t first_ = 0;
  std::size_t hint_ = 0;
  std::size_t dead_ = 0;  // behind first_
};

/// A message of ours that is no request.
enum class service : std::uint8_t {
  acks,
  ping,
  future_salts,
  question,     ///< msgs_state_req
  drop_answer,  ///< about: the request's message id
  resend,       ///< msg_resend_req; about: the answer's message id
  state_info,   ///< about: the server's question
  http_wait,
  end_session,  ///< destroy_session; about: the session
  end_key,      ///< destroy_auth_key
};

/// The service messages and containers sent last.
class sent_services {
 public:
  struct entry {
    std::int64_t message_id = 0;
    std::int64_t container = 0;
    std::int64_t about = 0;
    service kind{};
  };

  void add(const entry& sent);
  /// Calls `visit(const entry&)` for those with this message id or in this container.
  template <class Visit>
  void each_named(std::int64_t id, Visit visit) const {
    if (id == 0) return;
    for (const entry& each : entries_) {
      if (each.message_id == id || each.container == id) visit(each);
    }
  }
  /// Forgets those.
  void forget(std::int64_t id);
  bool was_sent(std::int64_t message_id, service kind) const;
  void clear() { entries_ = {}; }

 private:
  std::array<entry, 128> entries_{};
  std::size_t next_ = 0;
};

}  // namespace mtfetch::session
