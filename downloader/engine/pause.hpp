// SPDX-License-Identifier: BSL-1.0
// Why a file does not move, or no faster.
#pragma once

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace mtfetch::engine {

/// Telegram asked to wait.
struct told_to_wait {
  time_point until;
  bool premium = false;  ///< accounts with Telegram Premium would wait less
};
/// The file reference is being read anew.
struct reads_reference {};
/// So many bytes have arrived and are not written yet: nothing more is asked for.
struct disk_is_slow {
  std::int64_t bytes = 0;
};
/// No connection to the data centre is open.
struct no_way {
  int dc = 0;
  int failures = 0;                ///< tries in a row that failed
  std::string last;                ///< the sentence of the last one
  std::optional<time_point> next;  ///< when it is tried again; absent: it is being tried
};
/// What failed is to be asked for again then.
struct tries_again {
  time_point when;
  std::string why;
};
/// What was asked for is not answered, by any connection.
struct no_answer {
  int dc = 0;
  time_point since;
};
/// The bytes are there, the server's hashes of them are not.
struct waits_for_hashes {};
/// No more is asked for than Telegram's refusals have taught.
struct paced {
  double rate = 0;  ///< bytes a second
};

using pause = std::variant<told_to_wait, reads_reference, disk_is_slow, no_way, tries_again,
                           no_answer, waits_for_hashes, paced>;

}  // namespace mtfetch::engine
