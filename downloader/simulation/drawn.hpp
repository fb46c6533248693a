// SPDX-License-Identifier: BSL-1.0
// Downloads over networks drawn from a number, so that the number alone repeats one.
#pragma once

#include "downloader/simulation/engine_run.hpp"

#include <cstdint>

namespace mtfetch::simulation {

inline constexpr std::uint64_t least_parts = 64;
inline constexpr int least_faults = 3;

/// Files, network and at least three kinds of fault. Kinds are stalled answers, connections gone
/// silent, corrupt, short, overlong and empty answers, references that expire, resets, a slow
/// connection, and budgets of bytes and of requests. One run in four goes by a CDN that forgets the
/// file and whose tokens lapse; in one of four the file references lapse every few seconds.
engine_settings drawn_settings(std::uint64_t seed);

/// Runs it; fewer parts than `least_parts` are a problem too.
run run_drawn(std::uint64_t seed);

}  // namespace mtfetch::simulation
