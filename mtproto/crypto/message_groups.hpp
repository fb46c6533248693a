// SPDX-License-Identifier: BSL-1.0
// Takes messages through a kernel, several side by side. Private to crypto, its tests and
// benchmarks.
#pragma once

#include <cstddef>
#include <span>

#include "mtproto/crypto/message_cipher.hpp"
#include "mtproto/crypto/message_kernels.hpp"

namespace mtfetch::crypto {

/// As open_batch and seal_batch, with this kernel; null is OpenSSL alone.
void open_with(const message_kernel* kernel, std::span<open_job> jobs);
void seal_with(const message_kernel* kernel, std::span<const seal_job> jobs);

}  // namespace mtfetch::crypto
