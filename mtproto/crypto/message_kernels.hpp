// SPDX-License-Identifier: BSL-1.0
// Kernels for whole messages: one file an instruction set, each a table of what it can do with one
// or several messages side by side. Private to crypto, its tests and its benchmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mtproto/crypto/secure.hpp"

namespace mtfetch::crypto {

/// One message on its way through a kernel: all that a kernel keeps of it between two calls, so
/// that messages may join and leave a group at any time. It is wiped at its end. Plain arrays,
/// since the files of the kernels must not instantiate inline functions (see lane_loops.hpp).
struct message_lane {
  /// 15 round keys of AES-256, as begin_encryption or begin_decryption makes them.
  alignas(64) std::uint8_t keys[16 * 15];
  /// The ciphertext block and the plaintext block before `at`, as in an iv256.
  std::uint8_t chain[32];
  /// SHA-256 so far.
  std::uint32_t hash[8];
  /// Where the cipher goes on, in place.
  std::uint8_t* at = nullptr;
  /// The next 64 bytes to hash.
  const std::uint8_t* hash_from = nullptr;

  message_lane() = default;
  message_lane(const message_lane&) = delete;
  message_lane& operator=(const message_lane&) = delete;
  ~message_lane() {
    wipe(keys, sizeof keys);
    wipe(chain, sizeof chain);
    wipe(hash, sizeof hash);
  }
};

/// One loop of a kernel: `lanes` messages side by side, `steps` steps of each (at least one). A
/// step is a block of 16 bytes for the cipher alone, 64 bytes where something is hashed.
struct lane_loop {
  std::size_t lanes;
  void (*run)(message_lane* const* lanes, std::size_t steps);
};

/// The loops of each kind go from the widest to the narrowest, which is for one message. They move
/// `at` and `hash_from` on. Data need not be aligned.
struct message_kernel {
  std::string_view name;
  /// `key` has 32 bytes.
  void (*begin_encryption)(const std::uint8_t* key, message_lane& lane);
  void (*begin_decryption)(const std::uint8_t* key, message_lane& lane);
  std::span<const lane_loop> encrypt;
  std::span<const lane_loop> decrypt;
  /// Empty where OpenSSL is to hash.
  std::span<const lane_loop> hash;
  /// Decrypts 64 bytes at `at` while the 64 bytes at `hash_from` are hashed; then those just
  /// decrypted are to be hashed next. Empty where `hash` is.
  std::span<const lane_loop> open;
};

/// All that run here, the fastest first. Empty: only OpenSSL is left.
std::span<const message_kernel> usable_message_kernels();

/// The fastest one; null where there is none. Chosen at the first call.
const message_kernel* best_message_kernel();

}  // namespace mtfetch::crypto
