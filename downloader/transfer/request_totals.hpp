// SPDX-License-Identifier: BSL-1.0
// Adds up what became of one file's requests.
#pragma once

#include "downloader/engine/request_end.hpp"

#include <mtfetch/instant.hpp>
#include <mtfetch/statistics.hpp>

#include <cstdint>
#include <set>

namespace mtfetch::transfer {

class request_totals {
 public:
  void add(const engine::request_end& one);
  /// So far; without the windows that were repaired.
  file_statistics totals() const;

 private:
  void add_flood(const engine::request_end& one);
  void add_bytes(const engine::request_end& one);

  file_statistics sum_;
  std::set<engine::connection_id> connections_;
  time_point first_sent_ = no_deadline;
  time_point last_answer_ = time_point::min();
  time_point flood_until_ = time_point::min();
  duration flooded_{0};
  time_point second_began_ = no_deadline;  // the second that is being counted
  std::int64_t second_bytes_ = 0;
};

/// What the user of download() is told of one request.
part_statistics statistics_of(const engine::request_end& one, std::size_t file, time_point began);

}  // namespace mtfetch::transfer
