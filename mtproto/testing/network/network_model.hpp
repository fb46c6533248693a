// SPDX-License-Identifier: BSL-1.0
// A network between clients and data centres, as a state machine: who sends what at which moment
// goes in, what arrives and when comes out. No sockets, clock or threads; no bytes either, only
// how many. The engine's tests drive it in virtual time, mtfetch-dc with the real one.
#pragma once

#include <cstdint>
#include <map>
#include <mtfetch/instant.hpp>
#include <mtfetch/network_conditions.hpp>
#include <optional>
#include <queue>
#include <variant>
#include <vector>

#include "mtproto/testing/network/ring.hpp"
#include "mtproto/testing/network/seeded_stream.hpp"
#include "mtproto/testing/network/token_bucket.hpp"

namespace mtfetch::testing {

/// A connection. Never given twice; the first is 1, so that it counts the connections opened.
using link_id = std::uint64_t;
/// What the sender calls a request or an answer, handed back when it arrives.
using message_tag = std::uint64_t;

/// The connection is there: one round trip after open().
struct link_open {
  link_id link;
  friend bool operator==(const link_open&, const link_open&) = default;
};
/// What the client sent is at the data centre.
struct arrived_up {
  link_id link;
  message_tag tag;
  std::int64_t bytes;
  friend bool operator==(const arrived_up&, const arrived_up&) = default;
};
/// The next bytes of an answer are at the client.
struct arrived_down {
  link_id link;
  message_tag tag;
  std::int64_t bytes;
  bool last;  ///< the answer is whole
  friend bool operator==(const arrived_down&, const arrived_down&) = default;
};
/// The connection is gone, with all that was on its way. It need not be closed.
struct link_reset {
  link_id link;
  friend bool operator==(const link_reset&, const link_reset&) = default;
};

struct network_event {
  time_point at;
  std::variant<link_open, arrived_up, arrived_down, link_reset> what;
  friend bool operator==(const network_event&, const network_event&) = default;
};

/// Counted since the start.
struct network_counts {
  std::uint64_t opened = 0;
  std::uint64_t resets = 0;
  std::int64_t arrived_up = 0;    ///< bytes
  std::int64_t arrived_down = 0;  ///< bytes
  std::int64_t lost = 0;          ///< bytes that were on their way when their connection ended
  friend bool operator==(const network_counts&, const network_counts&) = default;
};

/// Times handed in must never go back. Events come in the order of their moments, and however late
/// poll() is called, each has the moment at which it happened.
///
/// Upward a message is half a round trip and the jitter on its way. Downward an answer is cut into
/// chunks. Each chunk passes the bucket of its connection, of its data centre, and of all; at each
/// wait those that came first, and of one connection only one chunk at a time, so that connections
/// share chunk by chunk. Then it is half a round trip and the jitter on its way. Without any rate
/// an answer is one chunk. Memory is taken when a queue grows longer than ever before, and else
/// not.
///
/// Not modelled: TCP's slow start, loss and retransmission, headers of packets.
class network_model {
 public:
  /// Large enough to be cheap, small enough that connections share within milliseconds.
  static constexpr std::int64_t chunk = 16 << 10;

  explicit network_model(const network_conditions& conditions);

  /// Begins a connection. Both sides may send at once; it leaves when the connection is there.
  link_id open(int dc, time_point now);
  /// Ends it: what is on its way is lost. Nothing where it ended before.
  void close(link_id link, time_point now);
  /// From now on nothing arrives on it, in either direction, and nothing says so.
  void silence(link_id link, time_point now);

  /// Sends; nothing where the link is not open any more.
  void send_up(link_id link, std::int64_t bytes, message_tag tag, time_point now);
  void send_down(link_id link, std::int64_t bytes, message_tag tag, time_point now);

  /// The next that happened up to now.
  std::optional<network_event> poll(time_point now);
  /// When to poll next. There may be nothing to report then, only something to do inside.
  time_point deadline() const;

  bool is_open(link_id link) const { return links_.contains(link); }
  bool is_slow(link_id link) const { return slow_ == link; }
  /// Bytes given to send_down() that have not arrived yet.
  std::int64_t waiting_down(link_id link) const;
  const network_counts& counted() const { return counts_; }
  const network_conditions& conditions() const { return conditions_; }

 private:
  struct message {
    message_tag tag = 0;
    std::int64_t bytes = 0;
    bool last = true;
    time_point arrives;
  };
  /// One direction of a connection after all buckets: in order, whatever the jitter.
  struct delay_line {
    seeded_stream jitter;
    ring<message> on_the_way;
    time_point latest;  // arrival of the last that went in
  };
  struct link {
    int dc = 0;
    bool silent = false;
    token_bucket bucket;
    ring<message> answers;    // not yet cut
    message cut;              // the chunk between the buckets
    bool between = false;     // whether there is one
    time_point there;         // when the connection is
    delay_line up;
    delay_line down;
    std::int64_t waiting_up = 0;
    std::int64_t waiting_down = 0;
  };
  /// A bucket that connections share.
  struct shared_stage {
    token_bucket bucket;
    ring<link_id> waiting;
    bool timed = false;  // an entry of the agenda will serve it
  };
  enum class step : std::uint8_t { opened, past_own, serve_dc, serve_all, up, down, reset };
  struct entry {
    time_point at;
    std::uint64_t order;  // of those at the same moment
    step what;
    std::uint64_t whom;  // a link or a data centre
    bool operator<(const entry& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void plan(time_point at, step what, std::uint64_t whom);
  void advance(time_point now);
  void run(const entry& due);
  void cut_next(link_id id, link& from, time_point now);
  void past_own(link_id id, time_point now);
  void serve_dc(int dc, time_point now);
  void serve_all(time_point now);
  void past_all(link_id id, time_point now);
  bool head_passes(shared_stage& stage, step again, std::uint64_t whom, time_point now);
  void delay(delay_line& line, message what, time_point from, step arrival, link_id id);
  void arrive(link_id id, link& at, bool upward, time_point now);
  void reset_next(time_point now);
  void plan_reset(time_point now);
  void end(std::map<link_id, link>::iterator which);
  void share_slow();
  std::int64_t chunk_for(const link& of) const;

  network_conditions conditions_;
  std::map<link_id, link> links_;  // by age
  std::map<int, shared_stage> dcs_;
  shared_stage all_;
  std::map<int, std::uint64_t> open_by_dc_;
  std::priority_queue<entry> agenda_;
  ring<network_event> events_;
  network_counts counts_;
  std::uint64_t planned_ = 0;
  link_id slow_ = 0;
  link_id last_reset_ = 0;
  std::optional<time_point> first_open_;
  bool reset_planned_ = false;
};

}  // namespace mtfetch::testing
