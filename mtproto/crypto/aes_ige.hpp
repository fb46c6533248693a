// SPDX-License-Identifier: BSL-1.0
// AES-256 in the infinite garble extension mode, in place.
#pragma once

#include <cstdint>
#include <mtfetch/bytes.hpp>
#include <span>
#include <string_view>

namespace mtfetch::crypto {

using key256 = std::span<const std::uint8_t, 32>;
/// First the ciphertext block, then the plaintext block, that come "before" the first one.
using iv256 = std::span<const std::uint8_t, 32>;

/// Encrypts or decrypts in place. The size must be a multiple of 16: the caller has checked it, a
/// rest of less than a block is left as it is. Thread-safe. The fastest kernel that the processor
/// has is chosen at the first call. https://core.telegram.org/mtproto/auth_key
void ige_encrypt(byte_span data, key256 key, iv256 iv);
void ige_decrypt(byte_span data, key256 key, iv256 iv);

/// The name of the kernel in use: "aes-ni", "armv8" or "portable". For benchmarks and logs.
std::string_view ige_kernel_name();

}  // namespace mtfetch::crypto
