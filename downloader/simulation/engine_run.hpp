// SPDX-License-Identifier: BSL-1.0
// Our engine over the simulated cloud, as transfer drives it over sockets.
#pragma once

#include "downloader/engine/engine.hpp"
#include "downloader/simulation/cdn_server.hpp"
#include "downloader/simulation/run.hpp"

#include <mtfetch/network_conditions.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mtfetch::simulation {

/// Somebody waits to read bytes of a file, from a moment after the beginning on.
struct reading {
  std::size_t file = 0;  ///< index into the sizes
  engine::range bytes;
  duration at{0};
  duration within{0};
};

struct engine_settings {
  testing::network_conditions network;
  engine::engine_config engine;
  std::vector<std::int64_t> files;                   ///< their sizes
  std::vector<reading> readings;                     ///< by readers of their own
  bool has_hashes = true;                            ///< whether the server gives hashes of windows
  std::int64_t hash_span = 8 * engine::hash_window;  ///< what one answer with hashes covers
  cdn_conditions cdn;
};

/// Runs to the end of every file. Byte for byte: a window that ends with another content than the
/// server's is a problem, and so are bytes of a CDN that no hash vouched for, a file given up, a
/// part against the rules, a decision that names what is not there, a reader that is given wrong
/// bytes or none, and a run that stands still.
run run_engine(const engine_settings& settings);

}  // namespace mtfetch::simulation
