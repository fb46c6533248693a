// SPDX-License-Identifier: BSL-1.0
#include "downloader/engine/read_ahead.hpp"

#include <algorithm>
#include <chrono>

namespace mtfetch::engine {
namespace {

constexpr std::size_t most_streams = 256;
constexpr double least_seconds = 2;
constexpr double most_seconds = 20;

// The less there is to spare, the earlier it has to be fetched.
double seconds_ahead(double rate, double goodput) {
  if (goodput <= rate) return goodput > 0 ? most_seconds : least_seconds;
  return std::clamp(least_seconds * goodput / (goodput - rate), least_seconds, most_seconds);
}

duration from_seconds(double seconds) {
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

std::optional<read_ahead::wish> read_ahead::on_read(range bytes, double goodput, time_point now) {
  const auto goes_on =
      std::ranges::find(streams_, bytes.begin, [](const stream& each) { return each.last.end; });
  if (goes_on == streams_.end()) {
    if (streams_.size() >= most_streams) return std::nullopt;
    stream begun;
    begun.by = reader_id{next_++};
    begun.last = bytes;
    begun.read_at = now;
    streams_.push_back(begun);
    return std::nullopt;
  }
  stream& read = *goes_on;
  const duration took = std::max<duration>(now - read.read_at, std::chrono::milliseconds(1));
  const double sample =
      static_cast<double>(read.last.size()) / std::chrono::duration<double>(took).count();
  read.rate += (sample - read.rate) / (read.rate > 0 ? 4 : 1);
  read.pause += (took - read.pause) / (read.pause > duration(0) ? 4 : 1);
  read.last = bytes;
  read.read_at = now;
  const auto ahead =
      std::clamp(static_cast<std::int64_t>(std::min(read.rate * seconds_ahead(read.rate, goodput),
                                                    static_cast<double>(most))),
                 least, most);
  wish made;
  made.by = read.by;
  made.bytes = {bytes.end, bytes.end + ahead};
  made.deadline = now + from_seconds(static_cast<double>(ahead) / std::max(read.rate, 1.0));
  return made;
}

std::vector<reader_id> read_ahead::abandoned(time_point now) {
  std::vector<reader_id> left;
  std::erase_if(streams_, [&](const stream& each) {
    const duration patience = std::max<duration>(std::chrono::seconds(2), 4 * each.pause);
    if (now - each.read_at <= patience) return false;
    left.push_back(each.by);
    return true;
  });
  return left;
}

}  // namespace mtfetch::engine
