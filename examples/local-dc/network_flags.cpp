// SPDX-License-Identifier: BSL-1.0
#include "examples/local-dc/network_flags.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <map>
#include <mtfetch/error.hpp>

namespace mtfetch::local_dc {

namespace {

using testing::network_conditions;

/// A number of 0 or more with one of these units behind it, times what the unit is.
double with_unit(const std::string& text, const std::map<std::string, double>& units,
                 const std::string& what) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto unit = units.find(std::string(end, text.data() + text.size()));
  if (failed != std::errc() || unit == units.end() || !(value >= 0 && value <= 1e12)) {
    throw error(client_errc::bad_config, what + ", not " + text);
  }
  return value * unit->second;
}

// A wrong value ends the program as any other wrong flag does.
template <class To, class Parse>
void add(CLI::App& app, const char* flag, To& to, Parse parse, const char* what) {
  const auto take = [&to, parse, flag](const std::string& text) {
    try {
      to = parse(text);
    } catch (const error& refused) {
      throw CLI::ValidationError(flag, refused.what());
    }
  };
  app.add_option_function<std::string>(flag, take, what)->group("Network");
}

}  // namespace

std::int64_t parse_size(const std::string& text) {
  static const std::map<std::string, double> units = {
      {"", 1},           {"KB", 1e3},       {"MB", 1e6},      {"GB", 1e9},
      {"KiB", 1 << 10U}, {"MiB", 1 << 20U}, {"GiB", 1 << 30U}};
  return std::llround(with_unit(text, units, "A size or rate is a number like 6MB or 512KiB"));
}

duration parse_time(const std::string& text) {
  static const std::map<std::string, double> units = {{"ms", 1e6}, {"s", 1e9}};
  const double nanoseconds = with_unit(text, units, "A time is a number like 50ms or 2s");
  if (nanoseconds > 1e15) throw error(client_errc::bad_config, "A time below 11 days, not " + text);
  return duration(std::llround(nanoseconds));
}

double parse_percentage(const std::string& text) {
  const double share = with_unit(text, {{"%", 0.01}}, "A chance or share is a number like 1%");
  if (share > 1) throw error(client_errc::bad_config, "At most 100%, not " + text);
  return share;
}

void add_network_flags(CLI::App& app, network_conditions& to) {
  add(app, "--round-trip", to.round_trip, parse_time, "50ms: half of it each way");
  add(app, "--jitter", to.jitter, parse_time, "5ms: each way is longer by up to this");
  add(app, "--connection-rate", to.connection_rate, parse_size,
      "6MB: bytes a second of each connection");
  add(app, "--dc-rate", to.dc_rate, parse_size, "Bytes a second of each data centre");
  add(app, "--total-rate", to.total_rate, parse_size, "Bytes a second of all");
  add(app, "--burst", to.burst, parse_size, "64KiB: what passes at once after a pause");
  const auto nth = [&to](const std::string& text) {
    to.slow_number = static_cast<std::uint64_t>(parse_size(text));
    return testing::slow_connections::nth;
  };
  add(app, "--slow-connection", to.slow, nth, "N: the N-th connection opened is slow");
  app.add_flag_function(
         "--one-slow-connection",
         [&to](std::int64_t) { to.slow = testing::slow_connections::one_at_a_time; },
         "One connection is slow; when it is closed, the next one opened")
      ->group("Network");
  add(app, "--slow-share", to.slow_share, parse_percentage, "5%: of its share, for the slow one");
  add(app, "--reset-every", to.reset_every, parse_time, "2s: one connection, in turn, is reset");
  app.add_option("--troubled-dc", to.troubled_dc,
                 "N: only connections of this data centre are reset or take a turn at being slow")
      ->group("Network");
  add(app, "--budget-bytes", to.budget_bytes, parse_size,
      "Bytes of files a second for each account; more is FLOOD_WAIT_X");
  const auto requests = [](const std::string& text) {
    return with_unit(text, {{"", 1}, {"/s", 1}}, "Requests a second are a number");
  };
  add(app, "--budget-requests", to.budget_requests, requests,
      "Parts of files a second for each account");
  add(app, "--budget-burst", to.budget_burst, parse_time, "3s: of a budget that is saved up");
  app.add_flag_function(
         "--budget-of-all", [&to](std::int64_t) { to.budget_of = testing::budget_scope::cluster; },
         "One budget for all accounts together")
      ->group("Network");
  app.add_flag_function(
         "--premium-wait",
         [&to](std::int64_t) { to.budget_answer = testing::budget_refusal::flood_premium_wait; },
         "A spent budget is FLOOD_PREMIUM_WAIT_X")
      ->group("Network");
  add(app, "--stall-chance", to.stall_chance, parse_percentage, "1%: parts that are never sent");
  add(app, "--silence-chance", to.silence_chance, parse_percentage,
      "Parts with which their connection falls silent, and stays open");
  add(app, "--corrupt-chance", to.corrupt_chance, parse_percentage, "Parts with a wrong bit");
  add(app, "--short-chance", to.short_chance, parse_percentage, "Parts that are too short");
  add(app, "--long-chance", to.long_chance, parse_percentage, "Parts that are too long");
  add(app, "--empty-chance", to.empty_chance, parse_percentage, "Parts without a byte");
  add(app, "--expired-chance", to.expired_chance, parse_percentage,
      "Parts that are FILE_REFERENCE_EXPIRED");
  add(app, "--reference-lifetime", to.reference_lifetime, parse_time,
      "30s: so often the file references of an account expire");
  app.add_option("--network-seed", to.seed, "Seed of jitter and of these chances")
      ->group("Network");
}

}  // namespace mtfetch::local_dc
