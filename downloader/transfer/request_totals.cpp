// SPDX-License-Identifier: BSL-1.0
#include "downloader/transfer/request_totals.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace mtfetch::transfer {
namespace {

double in_seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

part_end named(engine::ending how) {
  switch (how) {
    case engine::ending::arrived:
      return part_end::arrived;
    case engine::ending::unfit:
      return part_end::unfit;
    case engine::ending::beaten:
      return part_end::beaten;
    case engine::ending::flood:
      return part_end::flood;
    case engine::ending::moved:
      return part_end::moved;
    case engine::ending::reference:
      return part_end::reference;
    case engine::ending::refused:
      return part_end::refused;
    case engine::ending::lost:
      return part_end::lost;
    case engine::ending::replaced:
      return part_end::replaced;
    case engine::ending::dropped:
      break;
  }
  return part_end::dropped;
}

}  // namespace

void request_totals::add(const engine::request_end& one) {
  first_sent_ = std::min(first_sent_, one.sent);
  if (one.hedge) ++sum_.hedges;
  switch (one.how) {
    case engine::ending::arrived:
      return add_bytes(one);
    case engine::ending::flood:
      return add_flood(one);
    case engine::ending::unfit:
    case engine::ending::moved:
    case engine::ending::reference:
    case engine::ending::refused:
    case engine::ending::lost:
      ++sum_.retries;
      return;
    case engine::ending::beaten:
    case engine::ending::replaced:
    case engine::ending::dropped:
      return;
  }
}

void request_totals::add_bytes(const engine::request_end& one) {
  ++sum_.parts;
  sum_.bytes += one.received;
  if (one.hedge) ++sum_.hedges_won;
  connections_.insert(one.connection);
  last_answer_ = std::max(last_answer_, one.ended);
  second_began_ = std::min(second_began_, one.sent);
  second_bytes_ += one.received;
  const duration counted = one.ended - second_began_;
  if (counted < std::chrono::seconds(1)) return;
  sum_.peak_rate =
      std::max(sum_.peak_rate, static_cast<double>(second_bytes_) / in_seconds(counted));
  second_began_ = one.ended;
  second_bytes_ = 0;
}

// Requests that were under way together are refused together: their waits are one.
void request_totals::add_flood(const engine::request_end& one) {
  ++sum_.floods;
  const time_point until = one.ended + std::chrono::seconds(std::max(one.flood_seconds, 1));
  flooded_ += std::max(until - std::max(one.ended, flood_until_), duration(0));
  flood_until_ = std::max(flood_until_, until);
}

file_statistics request_totals::totals() const {
  file_statistics out = sum_;
  out.connections = connections_.size();
  out.flood_seconds = in_seconds(flooded_);
  if (last_answer_ > first_sent_) {
    out.average_rate = static_cast<double>(sum_.bytes) / in_seconds(last_answer_ - first_sent_);
  }
  out.peak_rate = std::max(out.peak_rate, out.average_rate);
  return out;
}

part_statistics statistics_of(const engine::request_end& one, std::size_t file, time_point began) {
  const auto micro = [](duration span) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::max(span, duration(0)));
  };
  part_statistics out;
  out.file = file;
  out.offset = one.what.offset;
  out.size = one.what.size;
  out.received = one.received;
  out.dc = one.dc;
  out.connection = static_cast<std::uint32_t>(one.connection);
  out.attempt = one.attempts;
  out.hedge = one.hedge;
  out.repair = one.repair;
  out.end = named(one.how);
  out.sent_at = micro(one.sent - began);
  out.queued = micro(one.sent - one.wanted);
  out.round_trip = micro(one.ended - one.sent);
  out.flood_seconds = one.flood_seconds;
  out.why = std::string(one.why);
  return out;
}

}  // namespace mtfetch::transfer

namespace mtfetch {

std::string_view to_string(part_end how) {
  switch (how) {
    case part_end::arrived:
      return "arrived";
    case part_end::unfit:
      return "unfit";
    case part_end::beaten:
      return "beaten";
    case part_end::flood:
      return "flood";
    case part_end::moved:
      return "moved";
    case part_end::reference:
      return "reference";
    case part_end::refused:
      return "refused";
    case part_end::lost:
      return "lost";
    case part_end::replaced:
      return "replaced";
    case part_end::dropped:
      break;
  }
  return "dropped";
}

}  // namespace mtfetch
