// SPDX-License-Identifier: BSL-1.0
// The ways of this room to do AES-256-IGE: OpenSSL, or the loop of a
// message kernel. Private to crypto,
// its tests and its benchmarks.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "mtproto/crypto/aes_ige.hpp"

namespace mtfetch::crypto {

/// What a block depends on besides the key: the ciphertext block and the plaintext block before it.
using ige_chain = std::span<std::uint8_t, 32>;

/// Both functions work in place on whole blocks. They leave in `chain` what the data behind needs,
/// so that a long message can be done in pieces. The key schedule is wiped before they return.
struct ige_kernel {
  std::string_view name;
  void (*encrypt)(byte_span data, key256 key, ige_chain chain);
  void (*decrypt)(byte_span data, key256 key, ige_chain chain);
};

/// OpenSSL's EVP interface, a block at a time. Runs everywhere.
const ige_kernel& portable_ige_kernel();

/// The fastest one that runs here, chosen at the first call: the loop for one message of the best
/// message kernel, or else the portable one.
const ige_kernel& best_ige_kernel();

/// All that run here, the fastest first.
std::vector<ige_kernel> usable_ige_kernels();

}  // namespace mtfetch::crypto
