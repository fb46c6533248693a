// SPDX-License-Identifier: BSL-1.0
#include "examples/cli/statistics_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <mtfetch/error.hpp>
#include <nlohmann/json.hpp>
#include <system_error>

namespace mtfetch::cli {
namespace {

double milliseconds(std::chrono::microseconds span) {
  return static_cast<double>(span.count()) / 1000.0;
}

std::string line_of(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string part_line(const part_statistics& one, const std::string& name) {
  nlohmann::ordered_json line = {{"event", "part"},
                                 {"file", one.file},
                                 {"name", name},
                                 {"offset", one.offset},
                                 {"size", one.size},
                                 {"received", one.received},
                                 {"dc", one.dc},
                                 {"connection", one.connection},
                                 {"attempt", one.attempt},
                                 {"hedge", one.hedge},
                                 {"repair", one.repair},
                                 {"end", to_string(one.end)},
                                 {"sent_ms", milliseconds(one.sent_at)},
                                 {"queued_ms", milliseconds(one.queued)},
                                 {"round_trip_ms", milliseconds(one.round_trip)},
                                 {"flood_seconds", one.flood_seconds}};
  if (!one.why.empty()) line["why"] = one.why;
  return line_of(line);
}

std::string file_line(const file_report& file, std::size_t index) {
  const file_statistics& sum = file.totals;
  nlohmann::ordered_json line = {{"event", "file"},
                                 {"file", index},
                                 {"name", file.path.filename().string()},
                                 {"ok", file.ok()},
                                 {"size", file.size},
                                 {"fetched", file.fetched},
                                 {"resumed", file.resumed},
                                 {"verified", file.verified},
                                 {"seconds", static_cast<double>(file.took.count()) / 1000.0},
                                 {"parts", sum.parts},
                                 {"bytes", sum.bytes},
                                 {"retries", sum.retries},
                                 {"floods", sum.floods},
                                 {"flood_seconds", sum.flood_seconds},
                                 {"hedges", sum.hedges},
                                 {"hedges_won", sum.hedges_won},
                                 {"repaired", sum.repaired},
                                 {"connections", sum.connections},
                                 {"average_rate", sum.average_rate},
                                 {"peak_rate", sum.peak_rate}};
  if (!file.ok()) line["why"] = file.error;
  return line_of(line);
}

statistics_file::statistics_file(const std::string& path)
    : path_(path), to_(path == "-" ? stderr : std::fopen(path.c_str(), "we")) {
  if (to_) return;
  throw error(client_errc::bad_config,
              fmt::format("--stats: {} cannot be written: {}", path,
                          std::error_code(errno, std::generic_category()).message()));
}

std::optional<error> statistics_file::write(const std::string& line) {
  if (!to_) return std::nullopt;
  if (std::fputs(line.c_str(), to_.get()) == EOF || std::fputc('\n', to_.get()) == EOF) {
    return lost();
  }
  return std::nullopt;
}

std::optional<error> statistics_file::close() {
  if (!to_) return std::nullopt;
  std::FILE* const file = to_.release();
  const int ended = file == stderr ? std::fflush(file) : std::fclose(file);
  return ended == 0 ? std::nullopt : lost();
}

std::optional<error> statistics_file::lost() {
  const std::error_code why(errno, std::generic_category());
  to_.reset();
  const bool is_full = why == std::errc::no_space_on_device;
  return error(is_full ? make_error_code(storage_errc::no_space) : why,
               fmt::format("--stats: {} cannot be written: {}; the statistics are not whole", path_,
                           why.message()));
}

}  // namespace mtfetch::cli
