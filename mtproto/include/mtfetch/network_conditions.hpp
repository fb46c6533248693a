// SPDX-License-Identifier: BSL-1.0
// What the network between a client and the local data centre is like, and what its servers allow
// and get wrong. The same struct rules the simulation in virtual time and mtfetch-dc.
#pragma once

#include <cstdint>
#include <mtfetch/instant.hpp>

namespace mtfetch::testing {

/// Which connections are slow.
enum class slow_connections {
  none,
  nth,            ///< the connection opened as number `slow_number`, as long as it lives
  one_at_a_time,  ///< always one: when it is closed, the next one opened takes its place
};

/// What a spent budget is answered with.
enum class budget_refusal { flood_wait, flood_premium_wait };

/// Whose requests a budget counts together.
enum class budget_scope { account, cluster };

/// A network, its servers' budgets and their faults. 0 means "none" throughout: by default nothing
/// is limited, late or wrong. Rates are bytes a second, chances are shares of 1.
struct network_conditions {
  // Time.
  duration round_trip{0};  ///< half of it each way; a connection is there after one of it
  duration jitter{0};      ///< each way is longer by 0 up to this; a connection stays in order

  // Capacity, from the data centres to the client. What goes up is small and only delayed.
  std::int64_t connection_rate = 0;  ///< of each connection
  std::int64_t dc_rate = 0;          ///< of each data centre, its connections together
  std::int64_t total_rate = 0;       ///< of everything
  std::int64_t burst = 64 << 10;     ///< bytes that pass at once after a pause; 32 KiB at least

  // Connections.
  slow_connections slow = slow_connections::none;
  std::uint64_t slow_number = 1;  ///< of slow_connections::nth, the first is 1
  /// Of what would be its own: the least of connection_rate, and of dc_rate and total_rate divided
  /// by the connections that share them.
  double slow_share = 0.05;
  duration reset_every{0};  ///< so often one connection is reset: the oldest, then the next
  /// Only its connections are reset or take their turn at being the slow one; 0: those of all.
  int troubled_dc = 0;

  // Budgets for upload.getFile and the like, a token bucket each: see testing/network/budget.hpp.
  std::int64_t budget_bytes = 0;                    ///< bytes of answers a second
  double budget_requests = 0;                       ///< requests a second
  duration budget_burst = std::chrono::seconds(3);  ///< saved up at most, and there at the start
  budget_scope budget_of = budget_scope::account;
  budget_refusal budget_answer = budget_refusal::flood_wait;

  // Answers with parts of files, each drawn apart.
  double stall_chance = 0;         ///< is never sent
  double silence_chance = 0;       ///< is never sent, nor anything after it on its connection
  double corrupt_chance = 0;       ///< some bytes are others, so that only hashes tell
  double short_chance = 0;         ///< has fewer bytes than were asked for
  double long_chance = 0;          ///< has more
  double empty_chance = 0;         ///< has none
  double expired_chance = 0;       ///< is FILE_REFERENCE_EXPIRED
  duration reference_lifetime{0};  ///< so often all file references expire

  std::uint64_t seed = 1;  ///< the same conditions, seed and requests give the same run

  /// Whether bytes are delayed or held back at all.
  bool shapes_traffic() const {
    return round_trip > duration(0) || jitter > duration(0) || connection_rate > 0 || dc_rate > 0 ||
           total_rate > 0 || slow != slow_connections::none || reset_every > duration(0) ||
           silence_chance > 0;
  }

  friend bool operator==(const network_conditions&, const network_conditions&) = default;
};

/// What a network did since it was made.
struct network_counts {
  std::uint64_t opened = 0;
  std::uint64_t resets = 0;
  std::int64_t arrived_up = 0;    ///< bytes
  std::int64_t arrived_down = 0;  ///< bytes
  std::int64_t lost = 0;          ///< bytes that were on their way when their connection ended
  friend bool operator==(const network_counts&, const network_counts&) = default;
};

}  // namespace mtfetch::testing
