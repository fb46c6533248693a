// SPDX-License-Identifier: BSL-1.0
// The engine driven by hand: what it decides and tells after each event.
#pragma once

#include "downloader/engine/engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mtfetch::engine {

struct told_end {
  request_end what;
  std::string why;
};

/// Keeps every decision, by kind, in the order they came, and what became of each request.
struct driven_engine {
  explicit driven_engine(engine_config config = {}) : machine(config, middling) {
    machine.watch([this](const request_end& one) { ends.push_back({one, std::string(one.why)}); });
  }
  template <class D>
  std::vector<D> all() {
    while (auto next = machine.poll_decision()) seen.push_back(std::move(*next));
    std::vector<D> found;
    for (decision& one : seen) {
      if (D* what = std::get_if<D>(&one)) found.push_back(*what);
    }
    std::erase_if(seen, [](const decision& one) { return std::holds_alternative<D>(one); });
    return found;
  }
  /// A file without hashes, unless told otherwise.
  file_id add(std::int64_t size, bool verify = false) {
    file_plan plan;
    plan.size = size;
    plan.dc = 2;
    plan.verify = verify;
    return machine.add(plan, now);
  }
  void connect() {
    for (const open_connection& wanted : all<open_connection>()) {
      machine.on_connected(wanted.connection, now);
    }
  }
  /// The same and its connections, open.
  file_id begin(std::int64_t size, bool verify = false) {
    const file_id id = add(size, verify);
    connect();
    return id;
  }
  void refuse(const send_part& sent, std::int32_t code, std::string_view message) {
    machine.on_rpc_failure(sent.request, rpc_failure::parse(code, message), now);
  }
  void arrive(const send_part& sent) { machine.on_part(sent.request, sent.what.size, now); }
  void store(const send_part& sent) {
    std::vector<window_record> windows;
    for (std::int64_t at = sent.what.offset; at < sent.what.end(); at += hash_window) {
      window_record window;
      window.offset = at;
      window.size = static_cast<std::int32_t>(std::min(hash_window, sent.what.end() - at));
      windows.push_back(window);
    }
    machine.on_stored(sent.file, sent.what, windows, now);
  }
  /// The reason, which must be this one.
  template <class P>
  P why(file_id id) {
    const auto reason = machine.why_paused(id, now);
    const P* found = reason ? std::get_if<P>(&*reason) : nullptr;
    EXPECT_NE(found, nullptr) << "another reason, or none: " << (reason ? reason->index() : 99);
    return found == nullptr ? P() : *found;
  }

  static void middling(byte_span out) { std::ranges::fill(out, std::uint8_t{128}); }
  time_point now = time_point(std::chrono::hours(1));
  engine machine;
  std::vector<decision> seen;
  std::vector<told_end> ends;  // of the requests
};

/// Answers in the order of the requests, each after `apart`; what the engine asks for meanwhile is
/// answered later. Gives the parts asked for, with those of `sent`.
inline std::vector<send_part> answer_all(driven_engine& d, std::vector<send_part> sent,
                                         duration apart) {
  for (std::size_t i = 0; i < sent.size(); ++i) {
    d.now += apart;
    const send_part one = sent[i];
    if (d.machine.on_part(one.request, one.what.size, d.now)) d.store(one);
    for (const send_part& more : d.all<send_part>()) sent.push_back(more);
  }
  return sent;
}

}  // namespace mtfetch::engine
