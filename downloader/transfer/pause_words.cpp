// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/pause_words.hpp"

#include <chrono>
#include <cstdint>

namespace mtfetch::transfer {
namespace {

std::string seconds_until(time_point then, time_point now) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(then - now).count()) + " s";
}

// With one digit behind the point.
std::string with_tenth(double value, double unit) {
  const auto tenths = static_cast<std::int64_t>(value / unit * 10 + 0.5);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

struct words {
  time_point now;

  std::string operator()(const engine::told_to_wait& why) const {
    std::string said = "Telegram asks to wait " + seconds_until(why.until, now);
    if (why.premium) said += " (with Telegram Premium it would be less)";
    return said;
  }
  std::string operator()(const engine::reads_reference&) const {
    return "reading the file reference anew";
  }
  std::string operator()(const engine::disk_is_slow& why) const {
    return "waiting for the disk to take " +
           with_tenth(static_cast<double>(why.bytes), 1024.0 * 1024.0) + " MiB";
  }
  std::string operator()(const engine::no_way& why) const {
    const std::string where = "data centre " + std::to_string(why.dc);
    if (why.last.empty()) return "connecting to " + where + " and agreeing on keys";
    if (!why.next) return "connecting to " + where + " once more: " + why.last;
    return "no way to " + where + ", next try in " + seconds_until(*why.next, now) + ": " +
           why.last;
  }
  std::string operator()(const engine::tries_again& why) const {
    return "trying again in " + seconds_until(why.when, now) + ": " + why.why;
  }
  std::string operator()(const engine::no_answer& why) const {
    const auto silent = std::chrono::floor<std::chrono::seconds>(now - why.since);
    return "data centre " + std::to_string(why.dc) + " has not answered for " +
           std::to_string(silent.count()) + " s";
  }
  std::string operator()(const engine::waits_for_hashes&) const {
    return "waiting for the server's hashes";
  }
  std::string operator()(const engine::paced& why) const {
    return "held to " + with_tenth(why.rate, 1e6) + " MB/s, which is what Telegram lets through";
  }
};

}  // namespace

std::string in_words(const engine::pause& why, time_point now) {
  return std::visit(words{now}, why);
}

}  // namespace mtfetch::transfer
