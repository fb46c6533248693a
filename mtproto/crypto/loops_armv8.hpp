// SPDX-License-Identifier: BSL-1.0
// What the file of the ARMv8 loops gives to message_kernels.cpp. Data and plain functions only:
// that file is compiled for instructions that a processor may not have.
#pragma once

#include "mtproto/crypto/message_kernels.hpp"

namespace mtfetch::crypto {

void armv8_begin_encryption(const std::uint8_t* key, message_lane& lane);
void armv8_begin_decryption(const std::uint8_t* key, message_lane& lane);
extern const lane_loop armv8_encrypt_loops[4];
extern const lane_loop armv8_decrypt_loops[4];
extern const lane_loop armv8_hash_loops[2];
extern const lane_loop armv8_open_loops[3];

}  // namespace mtfetch::crypto
