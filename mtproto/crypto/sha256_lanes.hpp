// SPDX-License-Identifier: BSL-1.0
// Several messages side by side through a kernel's loops, and SHA-256 in its lanes. Private to
// crypto, its tests and benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mtproto/crypto/message_kernels.hpp"
#include "mtproto/crypto/sha.hpp"

namespace mtfetch::crypto {

/// As many messages as the widest loop takes.
inline constexpr std::size_t group_size = 8;

/// A message and how many steps of a loop it still needs.
struct lane_work {
  message_lane* lane = nullptr;
  std::size_t steps = 0;
};

/// Runs messages of different lengths to their end, at most eight, always as many side by side as
/// there are loops for. Puts `work` in another order.
void run_lanes(std::span<const lane_loop> loops, std::span<lane_work> work);

void start_hash(message_lane& lane);
sha256_digest digest_of(const message_lane& lane);

/// Ends the hashed data, of which the last `size` bytes are in `edge`, as SHA-256 wants it: `total`
/// bytes there were. `edge` has 128 bytes. Gives the number of blocks now in it.
std::size_t pad(std::span<std::uint8_t> edge, std::size_t size, std::size_t total);

/// sha256_each with this kernel, null being OpenSSL alone; where there is one, `beside` goes along.
void sha256_each_with(const message_kernel* kernel, std::span<const byte_view> data,
                      std::span<sha256_digest> out, lane_work beside = {});

}  // namespace mtfetch::crypto
