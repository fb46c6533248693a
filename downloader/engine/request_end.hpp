// SPDX-License-Identifier: BSL-1.0
// What became of one request for a part: told to whoever watches the engine.
#pragma once

#include "downloader/engine/ids.hpp"
#include "downloader/engine/part_rules.hpp"

#include <mtfetch/instant.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

namespace mtfetch::engine {

enum class ending {
  arrived,    ///< with the bytes asked for
  unfit,      ///< with fewer or more
  beaten,     ///< the other copy was first, or a younger one takes its place
  flood,      ///< refused: wait
  moved,      ///< refused: in another data centre
  reference,  ///< refused: the file reference has lapsed
  refused,    ///< refused otherwise
  lost,       ///< without an answer
  replaced,   ///< taken back: its connection was much slower than the others of its data centre
  dropped,    ///< not wanted any more
};

struct request_end {
  file_id file{};
  connection_id connection{};
  int dc = 0;
  part what;
  int attempts = 0;     ///< failures of these bytes before this
  bool hedge = false;   ///< the second copy of two
  bool repair = false;  ///< of bytes that did not match their hash
  ending how = ending::arrived;
  std::int64_t received = 0;
  time_point wanted;  ///< when it could have been sent first
  time_point sent;
  time_point ended;
  std::int32_t flood_seconds = 0;
  std::string_view why;  ///< good during the call only; empty where it arrived
};

using request_watcher = std::function<void(const request_end&)>;

}  // namespace mtfetch::engine
