// SPDX-License-Identifier: BSL-1.0
#include "downloader/simulation/cloud.hpp"

#include <algorithm>
#include <utility>

namespace mtfetch::simulation {
namespace {

constexpr std::int64_t request_bytes = 200;
constexpr std::int64_t envelope_bytes = 100;  // of a packet around the bytes of a part
constexpr std::int64_t refusal_bytes = 120;
constexpr std::int64_t hashes_bytes = 600;
constexpr std::int64_t the_account = 1;

}  // namespace

cloud::cloud(const testing::network_conditions& conditions)
    : network_(conditions),
      budget_(conditions),
      dice_(conditions),
      references_(conditions),
      opening_((opening_round_trips - 1) * conditions.round_trip) {}

way cloud::open(int dc, time_point now) {
  return network_.open(dc, now);
}

void cloud::close(way over, time_point now) {
  network_.close(over, now);
  std::erase_if(asked_, [&](const auto& entry) { return entry.second.over == over; });
  std::erase_if(opening_ways_, [&](const auto& entry) { return entry.second == over; });
}

std::uint64_t cloud::reference(time_point now) const {
  return references_.number(the_account, now);
}

void cloud::ask_part(way over, tag request, std::int64_t size,
                     std::optional<std::uint64_t> reference, time_point now) {
  asked_.emplace(request, asked{over, size, 0, false, {}, reference});
  network_.send_up(over, request_bytes, request, now);
}

void cloud::ask_hashes(way over, tag request, time_point now) {
  asked_.emplace(request, asked{over, -1, 0, false, {}});
  network_.send_up(over, request_bytes, request, now);
}

// What the server does when the request has come to it.
void cloud::serve(tag request, asked& what, time_point at) {
  if (what.size < 0) return network_.send_down(what.over, hashes_bytes, request, at);
  if (const auto flood = budget_.on_request(the_account, what.size, at)) {
    what.refusal = flood->message();
    return network_.send_down(what.over, refusal_bytes, request, at);
  }
  if (what.reference && !references_.is_good(*what.reference, the_account, at)) {
    what.refusal = "FILE_REFERENCE_EXPIRED";
    return network_.send_down(what.over, refusal_bytes, request, at);
  }
  const testing::verdict met = dice_.on_request();
  switch (met.fault) {
    case testing::answer_fault::silence:
      return network_.silence(what.over, at);
    case testing::answer_fault::stall:
      asked_.erase(request);
      return;
    case testing::answer_fault::expired:
      what.refusal = "FILE_REFERENCE_EXPIRED";
      return network_.send_down(what.over, refusal_bytes, request, at);
    default:
      what.corrupt = met.fault == testing::answer_fault::corrupt;
      what.answer = testing::size_with(met, what.size);
      return network_.send_down(what.over, what.answer + envelope_bytes, request, at);
  }
}

std::optional<happening> cloud::poll(time_point now) {
  for (;;) {
    const bool opens = !opening_ways_.empty() && opening_ways_.front().first <= now;
    if (opens && network_.deadline() >= opening_ways_.front().first) {
      const way over = opening_ways_.front().second;
      opening_ways_.pop_front();
      return way_opened{over};
    }
    const auto event = network_.poll(now);
    if (!event) return std::nullopt;
    if (const auto* there = std::get_if<testing::link_open>(&event->what)) {
      opening_ways_.emplace_back(now + opening_, there->link);
    } else if (const auto* up = std::get_if<testing::arrived_up>(&event->what)) {
      if (const auto found = asked_.find(up->tag); found != asked_.end()) {
        serve(up->tag, found->second, now);
      }
    } else if (const auto* reset = std::get_if<testing::link_reset>(&event->what)) {
      const way over = reset->link;
      std::erase_if(asked_, [&](const auto& entry) { return entry.second.over == over; });
      std::erase_if(opening_ways_, [&](const auto& entry) { return entry.second == over; });
      return way_lost{over};
    } else if (const auto* down = std::get_if<testing::arrived_down>(&event->what)) {
      if (!down->last) return bytes_heard{down->link};
      const auto found = asked_.find(down->tag);
      if (found == asked_.end()) continue;
      const asked answered = std::move(found->second);
      asked_.erase(found);
      if (!answered.refusal.empty()) {
        const std::int32_t code = answered.refusal.starts_with("FLOOD") ? 420 : 400;
        return refused{down->tag, code, answered.refusal};
      }
      if (answered.size < 0) return hashes_answered{down->tag};
      return part_answered{down->tag, answered.answer, answered.corrupt};
    }
  }
}

time_point cloud::deadline() const {
  const time_point opens = opening_ways_.empty() ? no_deadline : opening_ways_.front().first;
  return std::min(opens, network_.deadline());
}

}  // namespace mtfetch::simulation
