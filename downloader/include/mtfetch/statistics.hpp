// SPDX-License-Identifier: BSL-1.0
// What became of each request for a part, and of all of them together: so that "it is slow" can be
// explained.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mtfetch {

/// How a request for a part ended.
enum class part_end {
  arrived,    ///< with the bytes, which are kept
  unfit,      ///< with fewer or more bytes than were asked for; asked for again
  beaten,     ///< its other copy was first, or it was given up for a younger one
  flood,      ///< refused: Telegram asks to wait
  moved,      ///< refused: the file lies in another data centre
  reference,  ///< refused: the file reference has lapsed
  refused,    ///< refused otherwise
  lost,       ///< no answer: the connection was lost or the call ended
  replaced,   ///< taken back: its connection was much slower than others and was replaced
  dropped,    ///< not wanted any more: the file is over
};

/// "arrived", "flood", ... for JSON.
std::string_view to_string(part_end how);

/// One request for a part of a file (upload.getFile), told when it has ended. Holds no secret.
struct part_statistics {
  std::size_t file = 0;     ///< index into the media given
  std::int64_t offset = 0;  ///< in the file
  std::int32_t size = 0;    ///< bytes asked for
  std::int64_t received = 0;
  int dc = 0;
  std::uint32_t connection = 0;  ///< numbered from 1 as they are opened
  int attempt = 0;               ///< how often these bytes had failed before
  bool hedge = false;            ///< a second copy of a request that was late
  bool repair = false;           ///< fetches bytes again that did not match their hash
  part_end end = part_end::arrived;
  /// Since the download began, when it was sent.
  std::chrono::microseconds sent_at{0};
  /// From when it could have been sent first (its file was begun, or it was to be tried again)
  /// until it was.
  std::chrono::microseconds queued{0};
  /// From when it was sent until its end. It waits behind what was sent over the connection before.
  std::chrono::microseconds round_trip{0};
  std::int32_t flood_seconds = 0;  ///< that Telegram asked to wait in its answer
  std::string why;                 ///< of what ended without bytes: the error's name or sentence
};

/// All requests of one file in this run.
struct file_statistics {
  std::size_t parts = 0;        ///< requests that arrived and were kept
  std::int64_t bytes = 0;       ///< of these
  std::size_t retries = 0;      ///< requests that failed and were made again; floods are none
  std::size_t floods = 0;       ///< requests refused by a flood wait
  double flood_seconds = 0;     ///< for which the file had to wait for that, overlaps once
  std::size_t hedges = 0;       ///< second copies of late requests
  std::size_t hedges_won = 0;   ///< of these, the ones that came first
  std::size_t repaired = 0;     ///< hash windows that arrived damaged and were fetched again
  std::size_t connections = 0;  ///< that brought some of it
  double average_rate = 0;      ///< bytes a second, from the first request to the last answer
  double peak_rate = 0;         ///< the same over the best second, or all of less than that
};

}  // namespace mtfetch
