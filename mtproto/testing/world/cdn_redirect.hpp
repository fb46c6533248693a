// SPDX-License-Identifier: BSL-1.0
// Which files the data centres send to the CDN, and how; and the hashes of any file.
#pragma once

#include <cstdint>
#include <mtfetch/api/upload.hpp>
#include <vector>

#include "mtproto/testing/world/caller.hpp"

namespace mtfetch::testing {

/// Whether cluster_options::cdn sends this file there, for a caller who supports CDNs.
bool goes_to_cdn(const caller& by, const document& file);
/// The redirect, with the hashes from `offset` on.
api::upload::fileCdnRedirect redirect_to_cdn(caller& by, const document& file, std::int64_t offset);

/// What upload.getFileHashes and upload.getCdnFileHashes answer.
std::vector<api::fileHash> hashes_from(caller& by, const document& file, std::int64_t offset);

}  // namespace mtfetch::testing
