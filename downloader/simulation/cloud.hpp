// SPDX-License-Identifier: BSL-1.0
// Data centres that hold files, behind a simulated network, in virtual time: what a download sees
// of Telegram, in numbers. Requests in, answers out; the clock is whoever calls.
#pragma once

#include "mtproto/testing/network/budget.hpp"
#include "mtproto/testing/network/fault_dice.hpp"
#include "mtproto/testing/network/network_model.hpp"
#include "mtproto/testing/network/reference_clock.hpp"

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

namespace mtfetch::simulation {

using way = testing::link_id;  ///< a connection
using tag = std::uint64_t;     ///< a request, as its sender calls it; never given twice

/// The connection takes requests from now on.
struct way_opened {
  way over;
};
struct way_lost {
  way over;
};
/// Bytes of an answer came; the last of them come as `part_answered`.
struct bytes_heard {
  way over;
};
struct part_answered {
  tag request;
  std::int64_t size;
  bool corrupt;  ///< only a hash can tell
};
struct hashes_answered {
  tag request;
};
struct refused {
  tag request;
  std::int32_t code;
  std::string message;
};
using happening =
    std::variant<way_opened, way_lost, bytes_heard, part_answered, hashes_answered, refused>;

/// Round trips from opening a connection to its first request: TCP, and the key it goes by.
inline constexpr int opening_round_trips = 2;

class cloud {
 public:
  explicit cloud(const testing::network_conditions& conditions);

  way open(int dc, time_point now);
  void close(way over, time_point now);
  /// upload.getFile, for which `size` bytes are right, with the file reference that a message gave;
  /// none goes to a CDN. Counts towards the budget of the account.
  void ask_part(way over, tag request, std::int64_t size, std::optional<std::uint64_t> reference,
                time_point now);
  /// The file reference that a message gives now.
  std::uint64_t reference(time_point now) const;
  /// upload.getFileHashes. Does not count: what Telegram allows of them is not known.
  void ask_hashes(way over, tag request, time_point now);

  /// The next that a client notices up to now.
  std::optional<happening> poll(time_point now);
  time_point deadline() const;

  const testing::budget& spent() const { return budget_; }
  const testing::network_counts& counted() const { return network_.counted(); }

 private:
  struct asked {
    way over;
    std::int64_t size;  // right for the answer; -1 where hashes are asked for
    std::int64_t answer = 0;
    bool corrupt = false;
    std::string refusal;
    std::optional<std::uint64_t> reference = std::nullopt;
  };
  void serve(tag request, asked& what, time_point at);

  testing::network_model network_;
  testing::budget budget_;
  testing::fault_dice dice_;
  testing::reference_clock references_;
  duration opening_;  // beyond the one round trip of the network
  std::unordered_map<tag, asked> asked_;
  std::deque<std::pair<time_point, way>> opening_ways_;  // in order of time
};

}  // namespace mtfetch::simulation
