// SPDX-License-Identifier: BSL-1.0
// A client as the source of a transfer: each open source is a channel of its own.
#pragma once

#include "downloader/transfer/source.hpp"

#include <mtfetch/client.hpp>

#include <cstdint>
#include <optional>

namespace mtfetch::transfer {

/// `refresh` is left empty: reading messages is the business of a floor above. The client must
/// outlive what is made of this. Every call is part of the takeout session, where one is given.
source client_source(client& of, std::optional<std::int64_t> takeout = {});

}  // namespace mtfetch::transfer
