// SPDX-License-Identifier: BSL-1.0
// The settings of other clients, as policies that do not adapt: what ours is measured against.
#pragma once

#include "downloader/simulation/run.hpp"

#include <mtfetch/network_conditions.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace mtfetch::simulation {

/// How a client divides a file and how much it asks for at once. Sizes in bytes.
///
/// What it does when something fails is the same for all, and kinder than most are: a part that is
/// refused is asked for again after the seconds named, the others go on; a connection that is lost
/// is opened again at once; a part without an answer is asked for again after `patience` (many
/// clients wait for ever).
struct fixed_policy {
  std::string_view name;
  std::int32_t (*part_size)(std::int64_t file_size);
  int connections;         ///< opened at the start
  int most_connections;    ///< beyond: one more when all have 3 x (removals + 1) successes
  int parts;               ///< outstanding on a connection, at the start
  int most_parts;          ///< one more whenever that many succeeded in a row
  std::int64_t in_flight;  ///< of all connections together; 0: no limit
  bool paced;              ///< sends 50 ms apart, each time x 0.8, not below 3 ms
  duration patience = std::chrono::seconds(10);
  int timeouts = 0;  ///< after so many the last connection is given up; 0: never
};

/// As download-engine facts of 2026 have them: tdlib-free, tdlib-premium, tdesktop, tdl, mtcute,
/// telethon.
std::span<const fixed_policy> fixed_policies();
/// One part after another over one connection: what the Bot API's clients get.
const fixed_policy& single_stream();

run run_policy(const fixed_policy& policy, const testing::network_conditions& conditions,
               std::int64_t size);

}  // namespace mtfetch::simulation
