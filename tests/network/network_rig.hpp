// SPDX-License-Identifier: BSL-1.0
// The model with virtual time: runs to where something happens, and keeps what did.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <variant>
#include <vector>

#include "mtproto/testing/network/network_model.hpp"

namespace mtfetch::testing {

using namespace std::chrono_literals;

inline constexpr time_point began{1000h};

struct network_rig {
  explicit network_rig(const network_conditions& conditions) : net(conditions) {}

  /// Runs up to and including this moment; `met` is told each event first, and may send more.
  void run_until(time_point end, const std::function<void(const network_event&)>& met = {}) {
    while (net.deadline() <= end) {
      now = std::max(now, net.deadline());
      while (const auto event = net.poll(now)) {
        seen.push_back(*event);
        if (const auto* down = std::get_if<arrived_down>(&event->what)) {
          received[down->link] += down->bytes;
        }
        if (met) met(*event);
      }
    }
    now = end;
  }

  /// Keeps so many answers waiting on each of these links: one more for each that arrived.
  void keep_busy(const std::vector<link_id>& links, std::int64_t answer, int waiting,
                 time_point end) {
    for (const link_id link : links) {
      for (int i = 0; i < waiting; ++i) net.send_down(link, answer, ++tag, now);
    }
    run_until(end, [&](const network_event& event) {
      const auto* down = std::get_if<arrived_down>(&event.what);
      if (down != nullptr && down->last) net.send_down(down->link, answer, ++tag, now);
    });
  }

  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> found;
    for (const network_event& event : seen) {
      if (const auto* one = std::get_if<Event>(&event.what)) found.push_back(*one);
    }
    return found;
  }
  /// When the last event of this kind was.
  template <class Event>
  time_point last_at() const {
    time_point at = time_point::min();
    for (const network_event& event : seen) {
      if (std::holds_alternative<Event>(event.what)) at = event.at;
    }
    return at;
  }
  std::int64_t received_in_all() const {
    std::int64_t sum = 0;
    for (const auto& [link, bytes] : received) sum += bytes;
    return sum;
  }

  network_model net;
  time_point now = began;
  message_tag tag = 0;
  std::vector<network_event> seen;
  std::map<link_id, std::int64_t> received;
};

}  // namespace mtfetch::testing
