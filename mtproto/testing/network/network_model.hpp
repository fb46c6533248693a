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

#include "mtproto/session/fifo.hpp"
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
  /// One direction of a connection behind all buckets: in order, whatever the jitter.
  struct delay_line {
    seeded_stream jitter;
    session::fifo<message> under_way;
    time_point latest = time_point::min();  // when the last that went in arrives
    std::int64_t bytes = 0;                 // not arrived yet, those before the buckets too
  };
  struct wire {
    int dc = 0;
    bool silent = false;
    time_point there;  // when the connection is
    token_bucket bucket;
    session::fifo<message> answers;  // not cut yet
    message cutting;                 // what is left of the answer that is being cut
    message chunk;                   // between the buckets
    bool has_chunk = false;
    delay_line up;
    delay_line down;
  };
  /// A bucket that connections share.
  struct shared_bucket {
    token_bucket bucket;
    session::fifo<link_id> waiting;
    bool timed = false;  // it stands on the agenda
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
  void run_for(link_id id, wire& whom, const entry& due);
  void cut_next(link_id id, wire& from, time_point now);
  void serve(shared_bucket& stage, step again, std::uint64_t whom, time_point now);
  void delay(delay_line& line, message what, time_point from, duration way, step arrival,
             link_id id);
  message arrive(delay_line& line, step arrival, link_id id);
  void report(time_point at, decltype(network_event::what) what) { events_.push({at, what}); }
  bool is_troubled(int dc) const {
    return conditions_.troubled_dc == 0 || conditions_.troubled_dc == dc;
  }
  std::map<link_id, wire>::iterator next_to_reset();
  void plan_reset(time_point now);
  void reset_next(time_point now);
  /// Null where the link is gone, or silent: then the bytes are lost.
  wire* sending(link_id link, std::int64_t bytes, time_point now);
  void lose(wire& what);
  void end(std::map<link_id, wire>::iterator which);
  void share_slow();

  network_conditions conditions_;
  std::map<link_id, wire> links_;  // by age
  std::map<int, shared_bucket> dcs_;
  shared_bucket all_;
  std::map<int, std::int64_t> open_by_dc_;
  std::priority_queue<entry> agenda_;
  session::fifo<network_event> events_;
  network_counts counts_;
  std::uint64_t planned_ = 0;
  link_id slow_ = 0;
  link_id last_reset_ = 0;
  std::optional<time_point> first_open_;
  bool reset_planned_ = false;
};

}  // namespace mtfetch::testing
