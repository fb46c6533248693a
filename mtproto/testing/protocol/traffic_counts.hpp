// SPDX-License-Identifier: BSL-1.0
// Counts what the cluster did, for tests; read from any thread.
#pragma once

#include <mtfetch/testing.hpp>
#include <mutex>
#include <string>
#include <string_view>

namespace mtfetch::testing {

class traffic_counts {
 public:
  void connection() {
    change([](statistics& s) { ++s.connections; });
  }
  void handshake() {
    change([](statistics& s) { ++s.handshakes; });
  }
  void temporary_key() {
    change([](statistics& s) { ++s.temporary_keys; });
  }
  void destroyed_session() {
    change([](statistics& s) { ++s.destroyed_sessions; });
  }
  void destroyed_key() {
    change([](statistics& s) { ++s.destroyed_keys; });
  }
  void silenced() {
    change([](statistics& s) { ++s.silenced; });
  }
  void file_bytes(std::uint64_t count) {
    change([&](statistics& s) { s.bytes_served += count; });
  }
  void network(const network_counts& of) {
    change([&](statistics& s) { s.network = of; });
  }
  void call(std::string_view method) {
    change([&](statistics& s) { ++s.calls[std::string(method)]; });
  }
  void takeout_call(std::string_view method) {
    change([&](statistics& s) { ++s.takeout_calls[std::string(method)]; });
  }
  void takeout_ended(bool success) {
    change([&](statistics& s) { ++(success ? s.takeouts_done : s.takeouts_given_up); });
  }
  statistics snapshot() const {
    const std::lock_guard lock(mutex_);
    return counted_;
  }

 private:
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock(mutex_);
    change(counted_);
  }
  mutable std::mutex mutex_;
  statistics counted_;
};

}  // namespace mtfetch::testing
