// SPDX-License-Identifier: BSL-1.0
// What the files of the x86 loops give to message_kernels.cpp, which makes kernels of it. Data and
// plain functions only: those files are compiled for instructions that a processor may not have.
#pragma once

#include "mtproto/crypto/message_kernels.hpp"

namespace mtfetch::crypto {

/// AES-NI.
void aesni_begin_encryption(const std::uint8_t* key, message_lane& lane);
void aesni_begin_decryption(const std::uint8_t* key, message_lane& lane);
extern const lane_loop aesni_encrypt_loops[4];
extern const lane_loop aesni_decrypt_loops[4];

/// AES-NI and SHA-NI.
extern const lane_loop shani_hash_loops[2];
extern const lane_loop shani_open_loops[3];

/// VAES (with AVX2) and SHA-NI.
extern const lane_loop vaes_open_four;

}  // namespace mtfetch::crypto
