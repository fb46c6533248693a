// SPDX-License-Identifier: BSL-1.0
// What a CDN sends is encrypted with a key that only the master data centre gives.
#pragma once

#include "downloader/transfer/source.hpp"

#include <mtfetch/bytes.hpp>

#include <cstdint>

namespace mtfetch::transfer {

/// The bytes of a file from `offset` on, of what upload.cdnFile had there. AES-256-CTR, where the
/// last 4 bytes of the redirect's iv are replaced by the big-endian number of the block, offset /
/// 16. https://core.telegram.org/cdn#decrypting-files
shared_bytes decrypted(const cdn_redirect& by, std::int64_t offset, byte_view data);

}  // namespace mtfetch::transfer
