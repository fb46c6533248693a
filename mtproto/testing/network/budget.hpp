// SPDX-License-Identifier: BSL-1.0
// How much an account may ask for, and what it is told when that is spent.
#pragma once

#include <cstdint>
#include <map>
#include <mtfetch/instant.hpp>
#include <mtfetch/network_conditions.hpp>
#include <optional>
#include <string>

namespace mtfetch::testing {

/// A request refused with code 420.
struct flood_refusal {
  std::int64_t seconds = 1;
  budget_refusal kind = budget_refusal::flood_wait;

  /// FLOOD_WAIT_X or FLOOD_PREMIUM_WAIT_X.
  std::string message() const;
  friend bool operator==(const flood_refusal&, const flood_refusal&) = default;
};

/// Two token buckets for each account: bytes of answers, and requests. They fill at the budget's
/// rate up to `budget_burst`, and are full when the account comes. A request passes while both
/// have what it costs (or are full, where it costs more than they hold) and is refused otherwise,
/// at no cost. X is the seconds until it would pass, rounded up, 1 at least: so a client that
/// waits them loses at most what flows in during the rest of the last second, and nothing where
/// the burst is longer than that.
///
/// It is a model. Telegram does not publish its own; what is modelled is what clients see: limits
/// by account, not by connection; whole seconds; requests accepted earlier are answered all the
/// while; a pause is made up for by a burst; FLOOD_PREMIUM_WAIT for the transfer speed of accounts
/// without Premium. https://core.telegram.org/api/errors
class budget {
 public:
  explicit budget(const network_conditions& conditions);

  /// Counts a request whose answer has this many bytes, and lets it pass, or refuses it.
  std::optional<flood_refusal> on_request(std::int64_t account, std::int64_t bytes, time_point now);

  std::uint64_t passed() const { return passed_; }
  std::uint64_t refused() const { return refused_; }

 private:
  struct credit {
    double bytes = 0;
    double requests = 0;
    time_point counted;
  };
  credit& fill(std::int64_t account, time_point now);

  double byte_rate_;
  double request_rate_;
  double burst_;  // seconds
  budget_scope scope_;
  budget_refusal answer_;
  std::map<std::int64_t, credit> accounts_;
  std::uint64_t passed_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace mtfetch::testing
